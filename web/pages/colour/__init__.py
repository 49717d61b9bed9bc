"""The colour page: references, cards and classes taught by tapping, with a live swatch.

Its parts reach the sensor only through `ColourSensorPort`. numpy is loaded at the first visit.
"""
