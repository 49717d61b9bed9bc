"""Curves on two axes as one SVG, with the names of the curves below.

error |o---o
      |     '---o    Storm Petrel is drawn thick, the others thin
      '----------- Hz
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import NamedTuple

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
        powers = [(10.0**n, f"{10.0**n:g}") for n in range(first, last + 1)]
        return cls(10.0**first, 10.0**last, is_log=True, ticks=tuple(powers))

    @classmethod
    def even(cls, high: float, step: float) -> "Axis":
        """From zero in even steps."""
        count = ceil(high / step)
        ticks = [(n * step, f"{n * step:g}") for n in range(count + 1)]
        return cls(0.0, count * step, is_log=False, ticks=tuple(ticks))


def sheet(title: str, width: int, height: int) -> list[str]:
    """How a picture begins: its size, its ground, and its title."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="sans-serif" font-size="16" fill="#2b2b2b">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="28" font-size="18" font-weight="bold">{escape(title)}</text>',
    ]


def lines_picture(
    curves: Mapping[str, Points], title: str, x: tuple[Axis, str], y: tuple[Axis, str]
) -> str:
    """Draw them; the first is ours. x, y: the axes and what they are called."""
    height = TOP + HEIGHT + 66 + 24 * len(curves)
    parts = [
        *sheet(title, SIZE, height),
        f'<text x="12" y="{TOP - 16}">{escape(y[1])}</text>',
        f'<text x="{LEFT + WIDTH}" y="{TOP + HEIGHT + 42}" text-anchor="end">{escape(x[1])}</text>',
        *_axes(x[0], y[0]),
    ]
    # Ours last, so that it lies on top.
    for number, (name, points) in reversed(list(enumerate(curves.items()))):
        parts += _curve(number, name, points, x[0], y[0])
    return "\n".join([*parts, "</svg>\n"])


def _axes(x: Axis, y: Axis) -> Iterator[str]:
    bottom = TOP + HEIGHT
    for value, words in x.ticks:
        at = LEFT + WIDTH * x.share(value)
        yield f'<path d="M{at:.1f} {TOP}V{bottom}" stroke="#dddddd"/>'
        yield f'<text x="{at:.1f}" y="{bottom + 20}" text-anchor="middle">{words}</text>'
    for value, words in y.ticks:
        at = bottom - HEIGHT * y.share(value)
        yield f'<path d="M{LEFT} {at:.1f}H{LEFT + WIDTH}" stroke="#dddddd"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 5:.1f}" text-anchor="end">{words}</text>'


def _curve(number: int, name: str, points: Points, x: Axis, y: Axis) -> Iterator[str]:
    colour, width = COLOURS[number % len(COLOURS)], 3 if number == 0 else 1.5
    places = [(LEFT + WIDTH * x.share(a), TOP + HEIGHT * (1 - y.share(b))) for a, b in points]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
    for (at_x, at_y), (_, value) in zip(places, points, strict=True):
        yield (
            f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="{width + 2}" fill="{colour}">'
            f"<title>{escape(name)}: {value:.3g}</title></circle>"
        )
    row = TOP + HEIGHT + 66 + 24 * number
    yield f'<circle cx="{LEFT + 8}" cy="{row - 5}" r="6" fill="{colour}"/>'
    yield f'<text x="{LEFT + 24}" y="{row}">{escape(name)}</text>'
