"""The barograph as one frozen value, and its SVG, put together from the parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from ...display.units import HPA, Unit
from .annotations import (
    LevelMark,
    UncertainSpan,
    clipped,
    hatching,
    pennants,
    room_for,
    uncertain_labels,
)
from .curve import Column, curve, extremes, newest
from .description import accessible_text
from .grid import background, grid_lines, pressure_labels, time_labels
from .scales import BOTTOM, FLOOR, LEFT, RIGHT, WIDTH, Scales, fitting_lines
from .svg import HALO, TEXT, element, n, svg, text
from .tendency_strip import Change, TendencyStrip
from .time_axis import clock_offsets, lines_and_labels

_TOP = 16.0


@dataclass(frozen=True)
class Barograph:
    """A chart of columns from `start` to `end` (Unix seconds).

    gap_s: neighbours farther apart are not joined. changes: in 3 h, in a strip that makes the
    picture higher. uncertain: spans to be hatched. unit, zone: of the labels. now: the present, for
    the right edge; None if that is `end`. note: a watermark. Raises ValueError unless the chart
    ends after it starts.
    """

    columns: Sequence[Column]
    start: float
    end: float
    gap_s: float
    marks: Sequence[LevelMark] = ()
    uncertain: Sequence[UncertainSpan] = ()
    changes: Sequence[Change] = ()
    unit: Unit = HPA
    zone: tzinfo = UTC
    now: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.end > self.start:
            raise ValueError(
                f"a chart must end after it starts, not run from {self.start} to {self.end}"
            )

    def svg(self) -> str:
        """Draw it."""
        columns, start, end = self.columns, self.start, self.end
        is_now = self.now is None or end >= self.now - 1
        marks = [mark for mark in self.marks if start <= mark.taken_at <= end]
        uncertain = clipped(self.uncertain, start, end)
        shown = [each for each in self.changes if start <= each.moment <= end + self.gap_s]
        strip = TendencyStrip.of(shown, self.unit)
        scales = self._scales(_TOP + room_for(marks), FLOOR if shown else BOTTOM)
        lines, labels = lines_and_labels(start, end, self.zone)
        moving = [
            grid_lines(scales, lines, labels, strip.lines()),
            hatching(uncertain, scales),
            curve(columns, self.gap_s, scales) if columns else "",
            strip.curve(self.gap_s, scales),
        ]
        parts = [
            accessible_text(columns, marks, uncertain, shown, scales, self.note),
            background(scales),
            pressure_labels(scales, strip.labels()),
            time_labels(scales, labels, is_now),
            _watermark(scales, self.note),
            _view(scales, "".join(moving)),
            pennants(marks, scales),
            uncertain_labels(uncertain, columns, scales),
            extremes(columns, scales) if columns else _no_readings(scales),
            newest(columns[-1], scales) if columns and is_now else "",
        ]
        box = f"0 0 {WIDTH} {n(scales.height)}"
        font = {"font_family": "sans-serif", "font_size": str(TEXT), "fill": "#3d3427"}
        kind = {"class_": "barograph", "role": "img", "viewBox": box, **font}
        data = _data(scales, end if self.now is None else max(self.now, end))
        return svg("".join(parts), **kind, **data, **strip.data())

    def _scales(self, top: float, foot: float) -> Scales:
        pressures = [hpa for each in self.columns for hpa in (each.low_hpa, each.high_hpa)]
        lines = fitting_lines(pressures, self.unit, top)
        return Scales(self.start, self.end, self.zone, self.unit, *lines, top, foot)


def _data(scales: Scales, now: float) -> dict[str, str]:
    """Return what the script of the page needs to read moments and pressures off the picture."""
    offsets = clock_offsets(scales.start, scales.end, scales.zone)
    values = {
        "start": f"{scales.start:.3f}",
        "end": f"{scales.end:.3f}",
        "now": f"{now:.3f}",
        "low": f"{scales.low_hpa:.7g}",
        "high": f"{scales.high_hpa:.7g}",
        "left": f"{LEFT}",
        "right": f"{RIGHT}",
        "top": n(scales.top),
        "bottom": f"{BOTTOM}",
        "unit": scales.unit.key,
        "unit-hpa": f"{scales.unit.hpa}",
        "places": f"{scales.unit.places}",
        "symbol": scales.unit.symbol,
        "offsets": " ".join(f"{since}:{ahead_min}" for since, ahead_min, _ in offsets),
        "zones": " ".join(name for *_, name in offsets),
    }
    return {f"data-{name}": value for name, value in values.items()}


def _view(scales: Scales, content: str) -> str:
    """Clip what moves with time in a view of its own, which the script can zoom."""
    box = f"{LEFT} 0 {RIGHT - LEFT} {n(scales.height)}"
    size = dict(zip(("x", "y", "width", "height"), box.split(), strict=True))
    ratio = {"preserveAspectRatio": "none"}
    return element("svg", content, class_="view", **size, viewBox=box, **ratio)


def _watermark(scales: Scales, note: str) -> str:
    if not note:
        return ""
    x, y = (LEFT + RIGHT) / 2, (scales.top + BOTTOM) / 2
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


def _no_readings(scales: Scales) -> str:
    x, y = (LEFT + RIGHT) / 2, (scales.top + BOTTOM) / 2
    look = {"text_anchor": "middle", **HALO}
    return text("no readings in this span yet", class_="empty", x=x, y=y, **look)
