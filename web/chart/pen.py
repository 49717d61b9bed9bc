"""Numbers and lines as SVG writes them, as short as they can be."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

INK, SHEET = "#1d2f6f", "#fdf7e3"
TEXT = 20  # nine pixels on a phone 360 wide
LETTER = 0.62 * TEXT  # a generous guess: fonts differ from phone to phone
HALO = f'stroke="{SHEET}" stroke-width="5" paint-order="stroke"'  # keeps lines off the words

Points = Sequence[tuple[float, float]]


def n(value: float) -> str:
    """A number of the viewBox, to a tenth."""
    return f"{round(value, 1):g}"


def line(points: Points) -> str:
    """Path data in short steps between rounded points, so that no error adds up."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in points]
    x, y = tenths[0]
    steps = [f"{_short(x2 - x1)} {_short(y2 - y1)}" for (x1, y1), (x2, y2) in pairwise(tenths)]
    return f"M{_short(x)} {_short(y)}l{' '.join(steps)}".replace(" -", "-")


def area(points: Points) -> str:
    """A closed outline in whole units: a shade needs no tenths."""
    return line([(round(x), round(y)) for x, y in points]) + "z"


@lru_cache(maxsize=2048)  # most steps of a curve are like others
def _short(tenths: int) -> str:
    return f"{tenths / 10:g}".replace("0.", ".") if abs(tenths) < 10 else f"{tenths / 10:g}"
