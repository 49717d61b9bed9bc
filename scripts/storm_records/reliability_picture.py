"""The reliability diagram: stated chances, and how often the event followed.

came true |        o .'      on the dotted line a chance is exact;
|     o.'          below it too high, above it too low
|  o.'
'--------- stated
"""

from collections.abc import Iterator, Sequence

from storm_records.warning_chances import Bin

from web.pages.chart.svg import circle, document, element, polyline, text

_SIZE, _LEFT, _TOP, _SIDE = 560, 74, 66, 420
_COLOURS = ("#1d2f6f", "#b3001b", "#a87b00", "#2f7d4f")
_FEWEST_HOURS = 30  # a share of fewer hours is uncertain: a hollow dot


def reliability_picture(curves: Sequence[tuple[str, Sequence[Bin]]], title: str) -> str:
    """Draw the bins of each curve; a bin of more hours has a larger dot."""
    height = _TOP + _SIDE + 62 + 24 * len(curves)
    parts = [text(title, x=_LEFT, y=28, font_size=18, font_weight="bold"), *_axes()]
    for number, (name, bins) in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        parts += _curve(bins, colour)
        y = _TOP + _SIDE + 66 + 24 * number
        parts += [circle((_LEFT + 8, y - 5), 6, fill=colour), text(name, x=_LEFT + 24, y=y)]
    font = {"font_family": "sans-serif", "font_size": "16", "fill": "#2b2b2b"}
    return document(title, _SIZE, height, parts, **font)


def _axes() -> Iterator[str]:
    bottom = _TOP + _SIDE
    for tenths in range(0, 11, 2):
        share = tenths / 10
        x, y = _x(share), _y(share)
        lines = f"M{x:.0f} {_TOP}V{bottom}M{_LEFT} {y:.0f}H{_LEFT + _SIDE}"
        yield element("path", d=lines, stroke="#dddddd")
        yield text(f"{10 * tenths}", x=x, y=bottom + 20, text_anchor="middle")
        yield text(f"{10 * tenths}", x=_LEFT - 8, y=y + 5, text_anchor="end")
    ideal = f"M{_LEFT} {bottom}L{_LEFT + _SIDE} {_TOP}"
    yield element("path", d=ideal, stroke="#777777", stroke_dasharray="3 6")
    yield text("stated, %", x=_LEFT + _SIDE, y=bottom + 40, text_anchor="end")
    yield text("came true, %", x=_LEFT - 60, y=_TOP - 14)


def _curve(bins: Sequence[Bin], colour: str) -> Iterator[str]:
    sure = [bin_ for bin_ in bins if bin_.hours >= _FEWEST_HOURS]
    points = [(_x(b.stated), _y(b.happened)) for b in sure]
    yield polyline(points, stroke=colour, stroke_width=2)
    for bin_ in bins:
        fill = colour if bin_.hours >= _FEWEST_HOURS else "#ffffff"
        radius = 3 + min(6.0, bin_.hours**0.25)
        title = f"stated {bin_.stated:.0%}, came true {bin_.happened:.0%} of {bin_.hours} h"
        at, look = (_x(bin_.stated), _y(bin_.happened)), {"stroke": colour, "stroke_width": "2"}
        yield circle(at, radius, text(title, "title"), fill=fill, **look)


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)
