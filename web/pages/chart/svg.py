"""SVG as text: elements, numbers and lines, as short as they can be."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise

INK, PAPER = "#1d2f6f", "#fdf7e3"
TEXT = 20  # nine pixels on a phone 360 wide
LETTER = 0.62 * TEXT  # at most: fonts differ from phone to phone

Point = tuple[float, float]
Points = Sequence[Point]
Value = str | float  # of an attribute

# Separates words from lines.
HALO = {"stroke": PAPER, "stroke_width": "5", "paint_order": "stroke"}
ROUND = {"stroke_linecap": "round", "stroke_linejoin": "round"}


def n(value: float) -> str:
    """Format a number of the viewBox, to a tenth."""
    return f"{round(value, 1):g}"


def element(tag: str, content: str = "", /, **attributes: Value) -> str:
    """Return an element; its content is markup.

    attributes: font_size is written as font-size, class_ as class; numbers to a tenth.
    """
    pairs = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{pairs}>{content}</{tag}>" if content else f"<{tag}{pairs}/>"


def text(words: str, tag: str = "text", /, **attributes: Value) -> str:
    """Return an element with plain text, escaped."""
    return element(tag, escape(words, quote=False), **attributes)


def svg(content: str, /, **attributes: Value) -> str:
    """Return the root of a picture."""
    return element("svg", content, xmlns="http://www.w3.org/2000/svg", **attributes)


def document(title: str, width: int, height: int, parts: Iterable[str], **attributes: Value) -> str:
    """Return a whole picture on white, with a title and one part a line."""
    size = {"width": str(width), "height": str(height)}
    ground = element("rect", **size, fill="#ffffff")
    lines = "\n".join(["", text(title, "title"), ground, *parts, ""])
    return svg(lines, viewBox=f"0 0 {width} {height}", **size, **attributes) + "\n"


def line(points: Points) -> str:
    """Return path data in short steps between rounded points, so that no error adds up."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in points]
    x, y = tenths[0]
    steps = [f"{_short(x2 - x1)} {_short(y2 - y1)}" for (x1, y1), (x2, y2) in pairwise(tenths)]
    return f"M{_short(x)} {_short(y)}l{' '.join(steps)}".replace(" -", "-")


def area(points: Points) -> str:
    """Return a closed outline in whole units: a shade needs no tenths."""
    return line([(round(x), round(y)) for x, y in points]) + "z"


def rect(corner: Point, size: Point, content: str = "", /, **attributes: Value) -> str:
    """Return a rectangle; corner: its left and its top."""
    (x, y), (width, height) = corner, size
    return element("rect", content, x=x, y=y, width=width, height=height, **attributes)


def circle(centre: Point, radius: float, content: str = "", /, **attributes: Value) -> str:
    """Return a circle; its content may be a title."""
    return element("circle", content, cx=centre[0], cy=centre[1], r=radius, **attributes)


def polyline(points: Points, **attributes: Value) -> str:
    """Return a line through points, without a fill."""
    path = " ".join(f"{n(x)},{n(y)}" for x, y in points)
    return element("polyline", points=path, fill="none", **attributes)


def _value(value: Value) -> str:
    return escape(value) if isinstance(value, str) else n(value)


@lru_cache(maxsize=2048)  # most steps of a curve are equal to others
def _short(tenths: int) -> str:
    return f"{tenths / 10:g}".replace("0.", ".") if abs(tenths) < 10 else f"{tenths / 10:g}"
