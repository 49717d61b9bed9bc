"""Curves on two axes as one SVG, with the names of the curves below.

error |o---o
      |     '---o    Storm Petrel is drawn thick, the others thin
      '----------- Hz
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from web.pages.chart.svg import circle, document, element, n, polyline, text

SIZE, LEFT, TOP, WIDTH, HEIGHT = 620, 82, 74, 500, 320
COLOURS = ("#b3001b", "#1d2f6f", "#a87b00", "#2f7d4f")

Points = Sequence[tuple[float, float]]


class Axis(NamedTuple):
    """From low to high over so many pixels; by decades when is_log. ticks: values and labels."""

    low: float
    high: float
    is_log: bool
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """How far along it a value lies; what is off it lies at its end."""
        kept = min(max(value, self.low), self.high)
        if self.is_log:
            return (log10(kept) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (kept - self.low) / (self.high - self.low)

    @classmethod
    def decades(cls, low: float, high: float) -> "Axis":
        """Whole decades around these, a tick each."""
        first, last = floor(log10(low)), ceil(log10(high))
        powers = [(10.0**power, f"{10.0**power:g}") for power in range(first, last + 1)]
        return cls(10.0**first, 10.0**last, is_log=True, ticks=tuple(powers))

    @classmethod
    def even(cls, high: float, step: float) -> "Axis":
        """From zero in even steps."""
        count = ceil(high / step)
        ticks = [(i * step, f"{i * step:g}") for i in range(count + 1)]
        return cls(0.0, count * step, is_log=False, ticks=tuple(ticks))


def titled(title: str, width: int, height: int, parts: Sequence[str]) -> str:
    """A picture of these parts under its title."""
    heading = text(title, x=12, y=28, font_size=18, font_weight="bold")
    font = {"font_family": "sans-serif", "font_size": "16", "fill": "#2b2b2b"}
    return document(title, width, height, [heading, *parts], **font)


def lines_picture(
    curves: Mapping[str, Points], title: str, x: tuple[Axis, str], y: tuple[Axis, str]
) -> str:
    """Draw them; the first is ours. x, y: the axes and what they are called."""
    height = TOP + HEIGHT + 66 + 24 * len(curves)
    parts = [
        text(y[1], x=12, y=TOP - 16),
        text(x[1], x=LEFT + WIDTH, y=TOP + HEIGHT + 42, text_anchor="end"),
        *_axes(x[0], y[0]),
    ]
    # Ours last, so that it lies on top.
    for number, (name, points) in reversed(list(enumerate(curves.items()))):
        parts += _curve(number, name, points, x[0], y[0])
    return titled(title, SIZE, height, parts)


def _axes(x: Axis, y: Axis) -> Iterator[str]:
    bottom = TOP + HEIGHT
    for value, words in x.ticks:
        at = LEFT + WIDTH * x.share(value)
        yield element("path", d=f"M{n(at)} {TOP}V{bottom}", stroke="#dddddd")
        yield text(words, x=at, y=bottom + 20, text_anchor="middle")
    for value, words in y.ticks:
        at = bottom - HEIGHT * y.share(value)
        yield element("path", d=f"M{LEFT} {n(at)}H{LEFT + WIDTH}", stroke="#dddddd")
        yield text(words, x=LEFT - 8, y=at + 5, text_anchor="end")


def _curve(number: int, name: str, points: Points, x: Axis, y: Axis) -> Iterator[str]:
    colour, width = COLOURS[number % len(COLOURS)], 3 if number == 0 else 1.5
    places = [(LEFT + WIDTH * x.share(a), TOP + HEIGHT * (1 - y.share(b))) for a, b in points]
    yield polyline(places, stroke=colour, stroke_width=width)
    for place, (_, value) in zip(places, points, strict=True):
        yield circle(place, width + 2, text(f"{name}: {value:.3g}", "title"), fill=colour)
    row = TOP + HEIGHT + 66 + 24 * number
    yield circle((LEFT + 8, row - 5), 6, fill=colour)
    yield text(name, x=LEFT + 24, y=row)
