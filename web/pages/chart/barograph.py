"""The whole picture, put together from its parts."""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from ...display.units import HPA, Unit
from .curve import Column, curve, extremes, newest
from .description import spoken
from .doubt import Stretch, doubt_words, hatching, on_paper
from .flags import Mark, flags, room_for
from .grid import ruling, sheet
from .labels import pressure_labels, time_labels
from .local_time import offsets
from .scales import BOTTOM, FLOOR, LEFT, RIGHT, WIDTH, Paper, fitting_lines
from .svg import HALO, TEXT, element, n, svg, text
from .tendency_strip import fitting_scale, strip_data, strip_labels, strip_lines, trace
from .time_axis import ruled_moments
from .trend import Change

_TOP = 16.0


def barograph(
    columns: Sequence[Column],
    *,
    start: float,
    end: float,
    gap_s: float,
    marks: Sequence[Mark] = (),
    doubted: Sequence[Stretch] = (),
    trend: Sequence[tuple[float, float]] = (),
    unit: Unit = HPA,
    zone: tzinfo = UTC,
    now: float | None = None,
    note: str = "",
) -> str:
    """One `<svg>` of the columns from `start` to `end`.

    Unix seconds and hPa; what is read off is in `unit` and by the clock of `zone`. Neighbours more
    than `gap_s` apart are not joined. doubted: stretches whose time is not sure, hatched. trend:
    moments and changes in 3 h (hPa), in a strip of its own, which makes the picture higher. now:
    what the right edge is called "now" at; None says that it is. note: lies across the paper as a
    watermark. Raises ValueError when the chart would not end after it starts.
    """
    if not end > start:
        raise ValueError(f"a chart must end after it starts, not run from {start} to {end}")
    is_now = now is None or end >= now - 1
    marks = [mark for mark in marks if start <= mark.taken_at <= end]
    doubted = on_paper(doubted, start, end)
    # Changes need columns from before the start: theirs are not drawn.
    changes = [Change(*change) for change in trend if start <= change[0] <= end + gap_s]
    scale = fitting_scale(changes, unit) if changes else None
    top = _TOP + room_for(marks)
    pressures = [hpa for column in columns for hpa in (column.low_hpa, column.high_hpa)]
    lines = fitting_lines(pressures, unit, top)
    paper = Paper(start, end, zone, unit, *lines, top, FLOOR if scale else BOTTOM)
    moments, labels = ruled_moments(start, end, zone)
    # Whatever moves with time lies in a view of its own: a script can zoom it, and it is clipped.
    moving = [
        ruling(paper, moments, labels, strip_lines(scale) if scale else ("", "")),
        hatching(doubted, paper),
        curve(columns, gap_s, paper) if columns else "",
        trace(changes, gap_s, scale, paper) if scale else "",
    ]
    drawn = [
        spoken(columns, marks, doubted, changes, paper, note),
        sheet(paper),
        pressure_labels(paper, strip_labels(scale) if scale else ()),
        time_labels(paper, labels, is_now),
        _watermark(paper, note),
        _view(paper, "".join(moving)),
        flags(marks, paper),
        doubt_words(doubted, columns, paper),
        extremes(columns, paper) if columns else _nothing(paper),
        newest(columns[-1], paper) if columns and is_now else "",
    ]
    data = _data(paper, end if now is None else max(now, end))
    box = f"0 0 {WIDTH} {n(paper.height)}"
    font = {"font_family": "sans-serif", "font_size": str(TEXT), "fill": "#3d3427"}
    kind = {"class_": "barograph", "role": "img", "viewBox": box, **font}
    return svg("".join(drawn), **kind, **data, **(strip_data(scale) if scale else {}))


def _data(paper: Paper, now: float) -> dict[str, str]:
    """What a script needs in order to read moments and pressures off the picture."""
    zones = offsets(paper.start, paper.end, paper.zone)
    told = {
        "start": f"{paper.start:.3f}",
        "end": f"{paper.end:.3f}",
        "now": f"{now:.3f}",
        "low": f"{paper.low_hpa:.7g}",
        "high": f"{paper.high_hpa:.7g}",
        "left": f"{LEFT}",
        "right": f"{RIGHT}",
        "top": n(paper.top),
        "bottom": f"{BOTTOM}",
        "unit": paper.unit.key,
        "unit-hpa": f"{paper.unit.hpa}",
        "places": f"{paper.unit.places}",
        "symbol": paper.unit.symbol,
        "offsets": " ".join(f"{since}:{ahead_min}" for since, ahead_min, _ in zones),
        "zones": " ".join(name for *_, name in zones),
    }
    return {f"data-{name}": value for name, value in told.items()}


def _view(paper: Paper, drawn: str) -> str:
    box = f"{LEFT} 0 {RIGHT - LEFT} {n(paper.height)}"
    size = dict(zip(("x", "y", "width", "height"), box.split(), strict=True))
    ratio = {"preserveAspectRatio": "none"}
    return element("svg", drawn, class_="view", **size, viewBox=box, **ratio)


def _watermark(paper: Paper, note: str) -> str:
    if not note:
        return ""
    x, y = (LEFT + RIGHT) / 2, (paper.top + BOTTOM) / 2
    return text(
        note,
        class_="note",
        transform=f"translate({n(x)} {n(y)}) rotate(-18)",
        dy=".35em",
        font_size=min(104.0, 900.0 / len(note)),
        font_weight="bold",
        text_anchor="middle",
        fill="#4a2b8c",
        fill_opacity=".13",
    )


def _nothing(paper: Paper) -> str:
    x, y = (LEFT + RIGHT) / 2, (paper.top + BOTTOM) / 2
    look = {"text_anchor": "middle", **HALO}
    return text("no readings in this span yet", class_="empty", x=x, y=y, **look)
