"""The picture on a matrix of 17 x 7: a graph or a number, the level, and two marks.

    S................     S  blinks: SIMULATED, this is a played record
    .....             .   steady: the pressure, newest right, dim below it
         ...              blinks, a second each: WARNING
            ..            its reverse blinks, twice as fast: STORM
              .
    ................D     D  blinks: no data, the sample is old or there is an outage

While the graph blinks the marks stay on, so that they differ from it. In NO DATA four dashes blink
in its place. In a drill a steady D stands in the middle, and the level of the drill blinks around.
"""

from collections.abc import Sequence

from sensors.hats.scroll_phat_hd import Picture

from ...weather import StormLevel
from .columns import COLUMNS, ROWS, heights

SIMULATED, NO_DATA = (0, 0), (COLUMNS - 1, ROWS - 1)
WARNING_PERIOD_S, STORM_PERIOD_S = 1.08, 0.54

_BRIGHT, _BELOW, _REVERSE = 1.0, 0.15, 0.5

# 3 x 5 each; each line has one row of the digits 0 to 9.
_DIGITS = (
    "###  #  ### ### # # ### ### ### ### ###",
    "# # ##    #   # # # #   #     # # # # #",
    "# #  #  ### ### ### ### ###   # ### ###",
    "# #  #  #     #   #   # # #   # # #   #",
    "### ### ### ###   # ### ###   # ### ###",
)

_DASHES = [(x, ROWS // 2) for x in range(1, COLUMNS - 1) if x % 4]

_DRILL = ("     ", " ##  ", " # # ", " # # ", " # # ", " ##  ", "     ")
_DRILL_LEFT = 6

_Cells = dict[tuple[int, int], float]


def picture(
    pressures: Sequence[float | None],
    level: StormLevel,
    *,
    number: float | None = None,
    has_data: bool = True,
    no_data: bool = False,
    is_simulated: bool = False,
    is_drill: bool = False,
) -> Picture:
    """Draw the pressures of 17 columns at this level.

    number: a pressure to show instead of the graph, in whole hPa; ignored from WARNING on.
    has_data: the newest sample is fresh. no_data: the alarm's NO DATA. is_drill: level and no_data
    are those of a drill.
    """
    alarms = no_data or level >= StormLevel.WARNING
    if no_data:
        cells = dict.fromkeys(_DASHES, _BRIGHT)
    else:
        cells = _number(number) if number is not None and not alarms else _graph(pressures)
    if level is StormLevel.STORM:
        everywhere = ((x, y) for x in range(COLUMNS) for y in range(ROWS))
        cells = {cell: _REVERSE for cell in everywhere if cell not in cells}
    letter = _drill_letter() if is_drill else {}
    cells |= letter
    marks = {SIMULATED: is_simulated, NO_DATA: not has_data}
    shown = frozenset(cell for cell, is_shown in marks.items() if is_shown)
    return Picture(
        tuple(
            tuple(_BRIGHT if (x, y) in shown else cells.get((x, y), 0.0) for x in range(COLUMNS))
            for y in range(ROWS)
        ),
        frozenset(cells) - shown - frozenset(letter) if alarms else shown,
        STORM_PERIOD_S if level is StormLevel.STORM else WARNING_PERIOD_S,
    )


def _graph(pressures: Sequence[float | None]) -> _Cells:
    cells: _Cells = {}
    for x, height in enumerate(heights(pressures)):
        if height is not None:
            top = ROWS - 1 - height
            cells |= {(x, y): _BELOW for y in range(top + 1, ROWS)} | {(x, top): _BRIGHT}
    return cells


def _drill_letter() -> _Cells:
    return {
        (_DRILL_LEFT + x, y): _BRIGHT * (dot == "#")
        for y, row in enumerate(_DRILL)
        for x, dot in enumerate(row)
    }


def _number(pressure_hpa: float) -> _Cells:
    digits = str(round(pressure_hpa))
    left = (COLUMNS - (4 * len(digits) - 1)) // 2
    return {
        (left + 4 * place + x, 1 + y): _BRIGHT
        for place, digit in enumerate(digits)
        for y, row in enumerate(_DIGITS)
        for x, dot in enumerate(row[4 * int(digit) :][:3])
        if dot == "#"
    }
