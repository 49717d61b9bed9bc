"""Pennants over the paper, where a level was raised."""

from collections.abc import Sequence
from typing import NamedTuple

from ...weather import StormLevel
from .scales import WIDTH, Paper
from .svg import LETTER, element, n, text

FLAGS = {
    StormLevel.WATCH.word: "#7a5b00",
    StormLevel.WARNING.word: "#a84300",
    StormLevel.STORM.word: "#b3001b",
}

_ROW = 27


class Mark(NamedTuple):
    """Where a level was raised: Unix seconds, and "watch", "warning" or "storm"."""

    taken_at: float
    level: str


def room_for(marks: Sequence[Mark]) -> float:
    """What the pennants need above the paper: a row for each level."""
    return _ROW * len({mark.level for mark in marks})


def flags(marks: Sequence[Mark], paper: Paper) -> str:
    """A pennant where a level was raised, each level in its own row.

    Levels are raised upwards as a rule: with the watch on top no later staff cuts its word.
    """
    rows = [level for level in FLAGS if any(mark.level == level for mark in marks)]
    free_from = dict.fromkeys(rows, 0.0)
    drawn = []
    for mark in marks:
        x, y = paper.x(mark.taken_at), 10 + _ROW * rows.index(mark.level)
        colour = FLAGS[mark.level]
        reach = 22 + 1.35 * LETTER * len(mark.level)
        side = -1 if x + reach > WIDTH else 1
        word = ""
        if min(x, x + side * reach) >= free_from[mark.level]:
            free_from[mark.level] = max(x, x + side * reach)
            anchor = {"text_anchor": "end"} if side < 0 else {}
            word = text(mark.level.upper(), x=x + side * 22, y=y + 16, **anchor)
        pennant = element("path", d=f"M{n(x)} {y}l{side * 18} 9 {-side * 18} 9z")
        staff = f"M{n(x)} {y}V{n(paper.foot)}"
        pennant += element("path", d=staff, stroke=colour, stroke_width=1.4)
        kind = {"class_": f"flag {mark.level}", "fill": colour}
        drawn.append(element("g", pennant + word, **kind, font_weight="bold"))
    return "".join(drawn)
