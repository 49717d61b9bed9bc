"""The ruled sheet: which time and which pressure lie where, in units of the viewBox.

    |  flags                           |
    |  pressure, from top to BOTTOM    |
    |  the change in 3 h, if it is     |  FLOOR is its lowest edge
    |  times                           |

Pressures lie on lines of the shown unit, so that the paper is counted in whole lines.
"""

from collections.abc import Iterable
from datetime import tzinfo
from typing import NamedTuple

from ...display.units import Unit

SIZE = WIDTH, _HEIGHT = 720, 500  # of a paper without the change in 3 h
FRAME = LEFT, RIGHT = 62, 706  # where the paper begins and ends
BOTTOM = 462
STRIP_TOP, FLOOR = 474, 566

_LABEL_ROOM = 36  # left free above the highest and below the lowest point, for their labels
_LOWEST_PAPER_HPA = 20.0
_BOLD = 5  # lines


class Paper(NamedTuple):
    """A sheet from `start` to `end` (Unix seconds), and between two lines of the unit.

    top: the upper edge. foot: the lower edge of all that is ruled.
    """

    start: float
    end: float
    zone: tzinfo
    unit: Unit
    low_line: int
    high_line: int
    top: float
    foot: float

    @property
    def low_hpa(self) -> float:
        """The pressure at the bottom."""
        return self.low_line * self.unit.line * self.unit.hpa

    @property
    def high_hpa(self) -> float:
        """The pressure at the top."""
        return self.high_line * self.unit.line * self.unit.hpa

    @property
    def lines(self) -> int:
        """How many lines of the unit it is high."""
        return self.high_line - self.low_line

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return _HEIGHT + self.foot - BOTTOM

    def x(self, moment: float) -> float:
        """Where a moment lies."""
        # The middle of a column can lie just outside the span: it stays on the paper.
        share = (moment - self.start) / (self.end - self.start)
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)

    def y(self, pressure_hpa: float) -> float:
        """Where a pressure lies."""
        return self.y_of_line(pressure_hpa / (self.unit.line * self.unit.hpa))

    def y_of_line(self, line: float) -> float:
        """Where a line of the unit lies."""
        return BOTTOM - (line - self.low_line) / self.lines * (BOTTOM - self.top)


def fitting_lines(pressures_hpa: Iterable[float], unit: Unit, top: float) -> tuple[int, int]:
    """Bottom and top of the paper in lines of the unit: on bold lines, and as high as is needed.

    About 20 hPa, or as many tens of lines more until all pressures and their labels have room.
    """
    line_hpa = unit.line * unit.hpa
    shown = [pressure_hpa / line_hpa for pressure_hpa in pressures_hpa] or [1010.0 / line_hpa]
    lowest, highest = min(shown), max(shown)
    height = _BOLD * round(_LOWEST_PAPER_HPA / line_hpa / _BOLD)
    while True:
        bottom = _BOLD * round(((lowest + highest) / 2 - height / 2) / _BOLD)
        spare = _LABEL_ROOM / (BOTTOM - top) * height
        if bottom + spare <= lowest and highest <= bottom + height - spare:
            return bottom, bottom + height
        height += 2 * _BOLD
