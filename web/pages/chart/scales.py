"""The scales: the place of a time and of a pressure, in units of the viewBox.

    |  pennants                        |
    |  pressure, from top to BOTTOM    |
    |  the change in 3 h, if it is     |  FLOOR is its lowest edge
    |  times                           |

The height is a whole number of lines of the unit.
"""

from collections.abc import Iterable
from datetime import tzinfo
from typing import NamedTuple

from ...display.units import Unit

SIZE = WIDTH, _HEIGHT = 720, 500  # without the change in 3 h
FRAME = LEFT, RIGHT = 62, 706  # the edges of the paper
BOTTOM = 462
STRIP_TOP, FLOOR = 474, 566

_LABEL_ROOM = 36  # above the highest and below the lowest point, for their labels
_LEAST_HPA = 20.0
_BOLD = 5  # lines
_WEEK_S = 7 * 86400


class Scales(NamedTuple):
    """Scales from `start` to `end` (Unix seconds), and between two lines of the unit.

    top: the upper edge. foot: the lower edge, the strip included.
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
        """The height in lines of the unit."""
        return self.high_line - self.low_line

    @property
    def height(self) -> float:
        """The height of the whole picture."""
        return _HEIGHT + self.foot - BOTTOM

    @property
    def is_long(self) -> bool:
        """Whether dates say more than the time of day."""
        return self.end - self.start > _WEEK_S

    def x(self, moment: float) -> float:
        """Return the place of a moment; the middle of a column may be just outside the span."""
        share = (moment - self.start) / (self.end - self.start)
        return LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT)

    def y(self, pressure_hpa: float) -> float:
        """Return the place of a pressure."""
        return self.y_of_line(pressure_hpa / (self.unit.line * self.unit.hpa))

    def y_of_line(self, line: float) -> float:
        """Return the place of a line of the unit."""
        return BOTTOM - (line - self.low_line) / self.lines * (BOTTOM - self.top)


def fitting_lines(pressures_hpa: Iterable[float], unit: Unit, top: float) -> tuple[int, int]:
    """Return the lowest and the highest line of the unit, both bold.

    About 20 hPa, and tens of lines more until all pressures and their labels have room.
    """
    line_hpa = unit.line * unit.hpa
    shown = [pressure_hpa / line_hpa for pressure_hpa in pressures_hpa] or [1010.0 / line_hpa]
    lowest, highest = min(shown), max(shown)
    height = _BOLD * round(_LEAST_HPA / line_hpa / _BOLD)
    while True:
        bottom = _BOLD * round(((lowest + highest) / 2 - height / 2) / _BOLD)
        spare = _LABEL_ROOM / (BOTTOM - top) * height
        if bottom + spare <= lowest and highest <= bottom + height - spare:
            return bottom, bottom + height
        height += 2 * _BOLD
