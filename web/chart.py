"""The barograph: columns of pressure drawn as one SVG, like the paper of a drum barograph.

Pure text out of plain numbers, so that the page needs no script and no chart library. Colours are
presentation attributes: alone the drawing is light paper, in the page the style sheet dims it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from .times import clock_words, date_words

SIZE = _WIDTH, _HEIGHT = 720, 500
FRAME = _LEFT, _RIGHT = 62, 706  # where the paper begins and ends
_BOTTOM = 462
_TEXT = 20  # nine pixels on a phone 360 wide
_LETTER = 0.62 * _TEXT  # a generous guess: fonts differ from phone to phone
_LABEL_ROOM = 36  # left free above the highest and below the lowest point, for their labels
_FLAG_ROW = 27

# Spans up to so many hours have a line and a label every so many hours.
_RULINGS = (
    (6, 1, 1),
    (24, 2, 6),
    (48, 2, 12),
    (72, 6, 12),
    (7 * 24, 6, 24),
    (31 * 24, 24, 5 * 24),
    (366 * 24, 7 * 24, 56 * 24),
    (10**9, 364 * 24, 4 * 364 * 24),
)

_INK, _SHEET = "#1d2f6f", "#fdf7e3"
_HALO = f'stroke="{_SHEET}" stroke-width="5" paint-order="stroke"'  # keeps lines off the words
FLAGS = {"watch": "#7a5b00", "warning": "#a84300", "storm": "#b3001b"}


class Column(NamedTuple):
    """One column of the chart: Unix seconds at the middle of what it stands for, and hPa."""

    taken_at: float
    low_hpa: float
    mean_hpa: float
    high_hpa: float


class Mark(NamedTuple):
    """Where a level was raised: Unix seconds, and "watch", "warning" or "storm"."""

    taken_at: float
    level: str


class _Paper(NamedTuple):
    """The ruled sheet: which time and which pressure lie where, in units of the viewBox."""

    start: float
    end: float
    top: float
    low_hpa: float
    high_hpa: float

    def x(self, taken_at: float) -> float:
        # The middle of a column can lie just outside the span: it stays on the paper.
        share = (taken_at - self.start) / (self.end - self.start)
        return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)

    def y(self, pressure_hpa: float) -> float:
        share = (pressure_hpa - self.low_hpa) / (self.high_hpa - self.low_hpa)
        return _BOTTOM - share * (_BOTTOM - self.top)


def barograph(
    columns: Sequence[Column],
    *,
    start: float,
    end: float,
    gap_s: float,
    marks: Sequence[Mark] = (),
    note: str = "",
) -> str:
    """One `<svg>` of the columns from `start` to `end`; the right edge is now.

    Unix seconds and hPa; neighbours more than `gap_s` apart are not joined; `note` lies across
    the paper as a watermark. Raises ValueError when the chart would not end after it starts.
    """
    if not end > start:
        raise ValueError(f"a chart must end after it starts, not run from {start} to {end}")
    marks = [mark for mark in marks if start <= mark.taken_at <= end]
    top = 16.0 + _FLAG_ROW * len({mark.level for mark in marks})
    paper = _Paper(start, end, top, *_scale(columns, top))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="barograph" role="img" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="{_TEXT}" '
        f'fill="#3d3427">{_spoken(columns, marks, paper, note)}{_ruling(paper)}'
        f"{_watermark(paper, note)}{_flags(marks, paper)}"
        f"{_record(columns, gap_s, paper) if columns else _nothing(paper)}</svg>"
    )


def _scale(columns: Sequence[Column], top: float) -> tuple[float, float]:
    """Bottom and top of the paper in hPa: 20 apart, or as many tens more as the record needs."""
    lowest = min((column.low_hpa for column in columns), default=1010.0)
    highest = max((column.high_hpa for column in columns), default=1010.0)
    height = 20.0
    while True:
        bottom = 5.0 * round(((lowest + highest) / 2 - height / 2) / 5.0)
        spare = _LABEL_ROOM / (_BOTTOM - top) * height
        if bottom + spare <= lowest and highest <= bottom + height - spare:
            return bottom, bottom + height
        height += 10.0


def _spoken(columns: Sequence[Column], marks: Sequence[Mark], paper: _Paper, note: str) -> str:
    """What a screen reader says."""
    said = [f"{note}."] if note else []
    said.append(f"Station pressure from {date_words(paper.start)} to {date_words(paper.end)}.")
    if columns:
        lowest, highest = _lowest_and_highest(columns)
        said.append(f"Lowest {lowest.low_hpa:.1f} hPa at {date_words(lowest.taken_at)},")
        said.append(f"highest {highest.high_hpa:.1f} hPa at {date_words(highest.taken_at)}.")
    else:
        said.append("No readings in this span yet.")
    said += [f"Level raised to {mark.level} at {date_words(mark.taken_at)}." for mark in marks]
    return f"<title>Barograph</title><desc>{escape(' '.join(said))}</desc>"


def _lowest_and_highest(columns: Sequence[Column]) -> tuple[Column, Column]:
    return min(columns, key=attrgetter("low_hpa")), max(columns, key=attrgetter("high_hpa"))


def _ruling(paper: _Paper) -> str:
    # On a very high paper, lines of 1 hPa would run together into grey.
    fine, bold = (1, 5) if paper.high_hpa - paper.low_hpa <= 60 else (5, 10)
    span_h = (paper.end - paper.start) / 3600
    line_h, label_h = next(ruling[1:] for ruling in _RULINGS if span_h <= ruling[0])
    times = _multiples(paper.start, paper.end, line_h * 3600)
    labelled = [taken_at for taken_at in times if taken_at % (label_h * 3600) == 0]
    lines: dict[bool, list[str]] = {False: [], True: []}  # whether bold
    for pressure in range(int(paper.low_hpa), int(paper.high_hpa) + 1, fine):
        lines[pressure % bold == 0].append(f"M{_LEFT} {_n(paper.y(pressure))}H{_RIGHT}")
    for taken_at in times:
        lines[taken_at in labelled].append(f"M{_n(paper.x(taken_at))} {_n(paper.top)}V{_BOTTOM}")
    return (
        f'<path class="paper" d="M{_LEFT} {_n(paper.top)}H{_RIGHT}V{_BOTTOM}H{_LEFT}z" '
        f'fill="{_SHEET}"/><path class="fine" d="{"".join(lines[False])}" stroke="#e6d4aa"/>'
        f'<path class="bold" d="{"".join(lines[True])}" stroke="#c39d5f" stroke-width="1.4"/>'
        f"{_pressure_labels(paper)}{_time_labels(paper, labelled)}"
    )


def _multiples(start: float, end: float, step: int) -> range:
    return range(-int(-start // step) * step, int(end) + 1, step)


def _pressure_labels(paper: _Paper) -> str:
    every = 5 if paper.high_hpa - paper.low_hpa <= 40 else 10
    words = [
        (paper.y(pressure) + 7, str(pressure))
        for pressure in _multiples(paper.low_hpa + 1, paper.high_hpa, every)
        if paper.y(pressure) > paper.top + 18  # the corners belong to the units
    ]
    words += [(paper.top + 6, "hPa"), (_BOTTOM + 27, "UTC")]
    texts = "".join(f'<text x="{_LEFT - 7}" y="{_n(y)}">{word}</text>' for y, word in words)
    return f'<g text-anchor="end">{texts}</g>'


def _time_labels(paper: _Paper, times: Sequence[int]) -> str:
    texts = [f'<text x="{_WIDTH - 4}" text-anchor="end">now</text>']
    for taken_at in times:
        x = paper.x(taken_at)
        if not _LEFT + 3 * _LETTER < x < _RIGHT - 6 * _LETTER:
            continue  # it would run into "UTC" or "now"
        moment = datetime.fromtimestamp(taken_at, UTC)
        if taken_at % 86400 == 0:
            texts.append(f'<text x="{_n(x)}" font-weight="bold">{moment.day} {moment:%b}</text>')
        else:
            texts.append(f'<text x="{_n(x)}">{moment:%H:%M}</text>')
    return f'<g text-anchor="middle" transform="translate(0 {_BOTTOM + 27})">{"".join(texts)}</g>'


def _watermark(paper: _Paper, note: str) -> str:
    if not note:
        return ""
    x, y = (_LEFT + _RIGHT) / 2, (paper.top + _BOTTOM) / 2
    return (
        f'<text class="note" transform="translate({_n(x)} {_n(y)}) rotate(-18)" dy=".35em" '
        f'font-size="{_n(min(104.0, 900.0 / len(note)))}" font-weight="bold" '
        f'text-anchor="middle" fill="#4a2b8c" fill-opacity=".13">{escape(note)}</text>'
    )


def _nothing(paper: _Paper) -> str:
    x, y = (_LEFT + _RIGHT) / 2, (paper.top + _BOTTOM) / 2
    place = f'x="{x:g}" y="{_n(y)}" text-anchor="middle"'
    return f'<text class="empty" {place} {_HALO}>no readings in this span yet</text>'


def _flags(marks: Sequence[Mark], paper: _Paper) -> str:
    """A pennant over the paper where a level was raised, each level in its own row.

    Levels are raised upwards as a rule: with the watch on top no later staff cuts its word.
    """
    rows = [level for level in FLAGS if any(mark.level == level for mark in marks)]
    free_from = dict.fromkeys(rows, 0.0)
    drawn = []
    for mark in marks:
        x, y = paper.x(mark.taken_at), 10 + _FLAG_ROW * rows.index(mark.level)
        colour = FLAGS[mark.level]
        reach = 22 + 1.35 * _LETTER * len(mark.level)
        side = -1 if x + reach > _WIDTH else 1
        word = ""
        if min(x, x + side * reach) >= free_from[mark.level]:
            free_from[mark.level] = max(x, x + side * reach)
            anchor = ' text-anchor="end"' if side < 0 else ""
            word = f'<text x="{_n(x + side * 22)}" y="{y + 16}"{anchor}>{mark.level.upper()}</text>'
        drawn.append(
            f'<g class="flag {mark.level}" fill="{colour}" font-weight="bold">'
            f'<path d="M{_n(x)} {y}l{side * 18} 9 {-side * 18} 9z"/>'
            f'<path d="M{_n(x)} {y}V{_BOTTOM}" stroke="{colour}" stroke-width="1.4"/>{word}</g>'
        )
    return "".join(drawn)


def _record(columns: Sequence[Column], gap_s: float, paper: _Paper) -> str:
    runs = _runs(columns, gap_s)
    band = "".join(_band(run, paper) for run in runs)
    # A run of one has no length: the round cap of a wider pen makes it a dot.
    curve = "".join(_line([_point(c, paper) for c in run]) for run in runs if len(run) > 1)
    dots = "".join(_line([_point(run[0], paper)] * 2) for run in runs if len(run) == 1)
    lowest, highest = _lowest_and_highest(columns)
    x, y = _point(columns[-1], paper)
    # Labelled below the lowest and above the highest: the curve cannot be there.
    return (
        f'<path class="band" d="{band}" fill="{_INK}" fill-opacity=".2"/>'
        f'<g class="ink" fill="none" stroke="{_INK}" stroke-linecap="round" '
        f'stroke-linejoin="round"><path class="curve" d="{curve}" stroke-width="3.6"/>'
        f'<path class="dots" d="{dots}" stroke-width="8"/></g>'
        f"{_extreme(paper, lowest.taken_at, lowest.low_hpa, 28)}"
        f"{_extreme(paper, highest.taken_at, highest.high_hpa, -14)}"
        f'<circle class="newest" cx="{_n(x)}" cy="{_n(y)}" r="7" fill="{_INK}"/>'
    )


def _runs(columns: Sequence[Column], gap_s: float) -> list[Sequence[Column]]:
    """The stretches between gaps."""
    pairs = enumerate(pairwise(columns), 1)
    gaps = [n for n, (before, after) in pairs if after.taken_at - before.taken_at > gap_s]
    return [columns[first:end] for first, end in pairwise([0, *gaps, len(columns)])]


def _point(column: Column, paper: _Paper) -> tuple[float, float]:
    return paper.x(column.taken_at), paper.y(column.mean_hpa)


def _band(run: Sequence[Column], paper: _Paper) -> str:
    """From the lowest to the highest reading of each column, where an eye can tell them apart."""
    visible_hpa = 4 * (paper.high_hpa - paper.low_hpa) / (_BOTTOM - paper.top)
    if all(column.high_hpa - column.low_hpa < visible_hpa for column in run):
        return ""
    above = [(paper.x(column.taken_at), paper.y(column.high_hpa)) for column in run]
    below = [(paper.x(column.taken_at), paper.y(column.low_hpa)) for column in reversed(run)]
    # Whole units: it is a shade, and has twice the points of the curve.
    return _line([(round(x), round(y)) for x, y in above + below]) + "z"


def _line(points: Sequence[tuple[float, float]]) -> str:
    """Path data in short steps between rounded points, so that no error adds up."""
    tenths = [(round(10 * x), round(10 * y)) for x, y in points]
    x, y = tenths[0]
    steps = [f"{_short(x2 - x1)} {_short(y2 - y1)}" for (x1, y1), (x2, y2) in pairwise(tenths)]
    return f"M{_short(x)} {_short(y)}l{' '.join(steps)}".replace(" -", "-")


@lru_cache(maxsize=2048)  # most steps of a curve are like others
def _short(tenths: int) -> str:
    return f"{tenths / 10:g}".replace("0.", ".") if abs(tenths) < 10 else f"{tenths / 10:g}"


def _n(value: float) -> str:
    return f"{round(value, 1):g}"


def _extreme(paper: _Paper, taken_at: float, pressure_hpa: float, below: int) -> str:
    x, y = paper.x(taken_at), paper.y(pressure_hpa)
    words = f"{pressure_hpa:.1f} at {clock_words(taken_at)}"
    half = len(words) * _LETTER / 2
    middle = min(max(x, _LEFT + half), _RIGHT - half)
    return (
        f'<g class="extreme" fill="{_INK}"><circle cx="{_n(x)}" cy="{_n(y)}" r="4.5"/>'
        f'<text x="{_n(middle)}" y="{_n(y + below)}" text-anchor="middle" font-weight="bold" '
        f"{_HALO}>{words}</text></g>"
    )
