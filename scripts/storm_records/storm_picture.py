r"""A record as one SVG: the barograph, the levels, and the wind if it is known.

    |  barograph with a pennant where a level was raised   |
    |  level    ######  watch, warning, storm              |
    |  wind     ___/\___ ........ gale                     |

The levels are those of the live rule, each from its own time on.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from web.display.times import iso
from web.pages.chart import FRAME, LEVEL_COLOURS, SIZE, Barograph, Column, LevelMark
from web.pages.chart.svg import document, element, n, polyline, rect, text
from web.weather import StormLevel

_WIDTH, _HEIGHT = SIZE
_LEFT, _RIGHT = FRAME
_LEVELS_Y, _LEVELS_HEIGHT = _HEIGHT + 6, 26
_WIND_Y, _WIND_HEIGHT = _LEVELS_Y + _LEVELS_HEIGHT + 12, 110
_SCALE_MS = 10.0  # between two lines of the wind
_MOST_COLUMNS = 700


class Moment(NamedTuple):
    """A row: Unix seconds, hPa, the level, and the mean wind in m/s if known."""

    taken_at: float
    pressure_hpa: float
    level: StormLevel
    wind_ms: float | None = None


def storm_picture(
    moments: Sequence[Moment], title: str, gap_s: float, gale_ms: float | None = None
) -> str:
    """Draw two or more moments. gap_s: do not join neighbours that are farther apart.

    gale_ms: draw a line at this wind.
    """
    start, end = moments[0].taken_at, moments[-1].taken_at
    paper = Barograph(
        list(_columns(moments, start, end)),
        start=start,
        end=end,
        gap_s=max(gap_s, 2.1 * (end - start) / _MOST_COLUMNS),
        marks=list(_raised(moments)),
    ).svg()
    has_wind = any(moment.wind_ms is not None for moment in moments)
    height = _WIND_Y + _WIND_HEIGHT + 12 if has_wind else _LEVELS_Y + _LEVELS_HEIGHT + 8
    parts = [
        paper.replace("<svg ", f'<svg width="{_WIDTH}" height="{_HEIGHT}" ', 1),
        *_strip(moments, start, end),
        *(_wind(moments, start, end, gale_ms) if has_wind else ()),
    ]
    return document(title, _WIDTH, height, parts, font_family="sans-serif", font_size=18)


def _columns(moments: Sequence[Moment], start: float, end: float) -> Iterator[Column]:
    """Yield columns of equal length that are not empty, at most _MOST_COLUMNS."""
    length_s = (end - start) / _MOST_COLUMNS
    groups: dict[int, list[Moment]] = {}
    for moment in moments:
        groups.setdefault(int((moment.taken_at - start) / length_s), []).append(moment)
    for group in groups.values():
        values = [moment.pressure_hpa for moment in group]
        middle = sum(moment.taken_at for moment in group) / len(group)
        yield Column(middle, min(values), sum(values) / len(values), max(values))


def _raised(moments: Sequence[Moment]) -> Iterator[LevelMark]:
    level = StormLevel.CALM
    for moment in moments:
        if moment.level > level:
            yield LevelMark(moment.taken_at, moment.level.word)
        level = moment.level


def _strip(moments: Sequence[Moment], start: float, end: float) -> Iterator[str]:
    """Draw a bar for each span of one level."""
    yield _label(_LEVELS_Y + 19, "level")
    yield _frame(_LEVELS_Y, _LEVELS_HEIGHT)
    begin = 0
    for number, moment in enumerate(moments, 1):
        is_last = number == len(moments)
        if not is_last and moments[number].level is moment.level:
            continue
        until = moment.taken_at if is_last else moments[number].taken_at
        x = _x(moments[begin].taken_at, start, end)
        width = _x(until, start, end) - x
        name = moment.level.word
        if name in LEVEL_COLOURS and width > 0:
            title = text(f"{name} from {iso(moments[begin].taken_at)}", "title")
            yield rect((x, _LEVELS_Y), (width, _LEVELS_HEIGHT), title, fill=LEVEL_COLOURS[name])
        begin = number


def _wind(
    moments: Sequence[Moment], start: float, end: float, gale_ms: float | None
) -> Iterator[str]:
    """Draw the wind, a line every ten m/s, and one at a gale."""
    winds = [(moment.taken_at, moment.wind_ms) for moment in moments if moment.wind_ms is not None]
    most = max(gale_ms or 0.0, _SCALE_MS, *(wind for _, wind in winds)) * 1.08

    def y(wind_ms: float) -> float:
        return _WIND_Y + _WIND_HEIGHT * (1 - wind_ms / most)

    yield _frame(_WIND_Y, _WIND_HEIGHT)
    yield _label(_WIND_Y + _WIND_HEIGHT - 2, "m/s")
    lines = [step * _SCALE_MS for step in range(1, int(most / _SCALE_MS) + 1)]
    for wind_ms in lines:
        yield _line(y(wind_ms), "#c9c9c9")
        yield _label(y(wind_ms) + 6, f"{wind_ms:.0f}")
    if gale_ms is not None:
        yield _line(y(gale_ms), LEVEL_COLOURS["storm"], stroke_dasharray="7 5")
        yield text("gale", x=_LEFT + 6, y=y(gale_ms) - 5, fill=LEVEL_COLOURS["storm"])
    points = [(_x(at, start, end), y(wind)) for at, wind in winds]
    yield polyline(points, stroke="#33616b", stroke_width=2)


def _x(moment: float, start: float, end: float) -> float:
    return _LEFT + (moment - start) / (end - start) * (_RIGHT - _LEFT)


def _label(y: float, words: str) -> str:
    return text(words, x=_LEFT - 7, y=y, text_anchor="end", fill="#3d3427")


def _line(y: float, colour: str, **dashes: str) -> str:
    return element("path", d=f"M{_LEFT} {n(y)}H{_RIGHT}", stroke=colour, **dashes)


def _frame(y: float, height: float) -> str:
    return rect((_LEFT, y), (_RIGHT - _LEFT, height), fill="#f4f4f0", stroke="#c9c9c9")
