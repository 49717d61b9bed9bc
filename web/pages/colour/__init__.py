"""The colour page: references, cards and classes taught by tapping, with a live swatch.

Its parts know no sensor: they ask a `Sight`. Numbers are worked with once the page is opened.
"""
