"""The reliability diagram: chances as they were stated, and how often it came true.

came true |        o .'      on the dotted line a chance is what it says;
|     o.'          under it too much was promised, over it too little
|  o.'
'--------- stated
"""

from collections.abc import Iterator, Sequence
from html import escape

from warning_chances import Bin

_SIZE, _LEFT, _TOP, _SIDE = 560, 74, 66, 420
_COLOURS = ("#1d2f6f", "#b3001b", "#a87b00", "#2f7d4f")
_FEWEST_HOURS = 30  # of fewer a share says little, and its dot is left hollow


def reliability_picture(curves: Sequence[tuple[str, Sequence[Bin]]], title: str) -> str:
    """Draw each curve's bins; the more hours a bin has, the larger its dot."""
    height = _TOP + _SIDE + 62 + 24 * len(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {height}" width="{_SIZE}"'
        f' height="{height}" font-family="sans-serif" font-size="16" fill="#2b2b2b">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_SIZE}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="28" font-size="18" font-weight="bold">{escape(title)}</text>',
        *_axes(),
    ]
    for number, (name, bins) in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        parts += _curve(bins, colour)
        y = _TOP + _SIDE + 66 + 24 * number
        parts.append(f'<circle cx="{_LEFT + 8}" cy="{y - 5}" r="6" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + 24}" y="{y}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _axes() -> Iterator[str]:
    bottom = _TOP + _SIDE
    for tenths in range(0, 11, 2):
        share = tenths / 10
        x, y = _x(share), _y(share)
        lines = f"M{x:.0f} {_TOP}V{bottom}M{_LEFT} {y:.0f}H{_LEFT + _SIDE}"
        yield f'<path d="{lines}" stroke="#dddddd"/>'
        yield f'<text x="{x:.0f}" y="{bottom + 20}" text-anchor="middle">{10 * tenths}</text>'
        yield f'<text x="{_LEFT - 8}" y="{y + 5:.0f}" text-anchor="end">{10 * tenths}</text>'
    yield (
        f'<path d="M{_LEFT} {bottom}L{_LEFT + _SIDE} {_TOP}" stroke="#777777"'
        ' stroke-dasharray="3 6"/>'
    )
    yield f'<text x="{_LEFT + _SIDE}" y="{bottom + 40}" text-anchor="end">stated, %</text>'
    yield f'<text x="{_LEFT - 60}" y="{_TOP - 14}">came true, %</text>'


def _curve(bins: Sequence[Bin], colour: str) -> Iterator[str]:
    sure = [bin_ for bin_ in bins if bin_.hours >= _FEWEST_HOURS]
    points = " ".join(f"{_x(b.stated):.1f},{_y(b.happened):.1f}" for b in sure)
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for bin_ in bins:
        fill = colour if bin_.hours >= _FEWEST_HOURS else "#ffffff"
        radius = 3 + min(6.0, bin_.hours**0.25)
        yield (
            f'<circle cx="{_x(bin_.stated):.1f}" cy="{_y(bin_.happened):.1f}" r="{radius:.1f}"'
            f' fill="{fill}" stroke="{colour}" stroke-width="2"><title>stated'
            f" {bin_.stated:.0%}, came true {bin_.happened:.0%} of {bin_.hours} h</title></circle>"
        )


def _x(share: float) -> float:
    return _LEFT + _SIDE * share


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)
