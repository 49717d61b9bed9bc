"""The grid and its labels: lines of pressure and time, numbers on the left, times below."""

from collections.abc import Sequence

from ...display.times import zone_name
from .scales import BOTTOM, LEFT, RIGHT, STRIP_TOP, WIDTH, Scales
from .svg import LETTER, PAPER, element, n, text
from .time_axis import Label, local

_BASELINE = 27  # below the paper
_BOLD = {"font_weight": "bold"}
# Papers of up to this number of lines have a label every so often.
_LABEL_STEPS = ((40, 5), (150, 10), (400, 50))
_LONGEST_WORD = 4  # letters that the margin holds in the common size; longer ones are smaller


def background(scales: Scales) -> str:
    """Draw the paper of the pressure, and that of the tendency strip if there is one."""
    paper = _rectangle(scales.top, BOTTOM)
    if scales.foot > BOTTOM:
        paper += _rectangle(STRIP_TOP, scales.foot)
    return element("path", class_="paper", d=paper, fill=PAPER)


def grid_lines(
    scales: Scales, moments: Sequence[float], labels: Sequence[Label], strip: tuple[str, str]
) -> str:
    """Draw the fine and the bold lines, those of the strip included."""
    fine, bold = _pressure_lines(scales)
    fine += _time_lines(scales, moments) + strip[0]
    bold += _time_lines(scales, [label.moment for label in labels]) + strip[1]
    return element("path", class_="fine", d=fine, stroke="#e6d4aa") + element(
        "path", class_="bold", d=bold, stroke="#c39d5f", stroke_width=1.4
    )


def horizontal(y: float) -> str:
    """Return a line across the paper."""
    return f"M{LEFT} {n(y)}H{RIGHT}"


def _rectangle(top: float, bottom: float) -> str:
    return f"M{LEFT} {n(top)}H{RIGHT}V{n(bottom)}H{LEFT}z"


def _pressure_lines(scales: Scales) -> tuple[str, str]:
    # Over a large range, lines of one unit would run together into grey.
    fine, bold = (1, 5) if scales.lines <= 60 else (5, 10)
    lines: dict[bool, list[str]] = {False: [], True: []}  # whether bold
    for line in range(-(-scales.low_line // fine) * fine, scales.high_line + 1, fine):
        lines[line % bold == 0].append(horizontal(scales.y_of_line(line)))
    return "".join(lines[False]), "".join(lines[True])


def _time_lines(scales: Scales, moments: Sequence[float]) -> str:
    return "".join(f"M{n(scales.x(moment))} {n(scales.top)}V{n(scales.foot)}" for moment in moments)


def pressure_labels(scales: Scales, strip: Sequence[tuple[float, str]]) -> str:
    """Draw numbers at the bold lines, the unit, the zone, and the labels of the strip."""
    places = max(0, scales.unit.places - 1)  # bold lines need one decimal less than a reading
    labels = [
        (scales.y_of_line(line) + 7, f"{line * scales.unit.line:.{places}f}")
        for line in _labelled_lines(scales)
        if scales.y_of_line(line) > scales.top + 18  # the unit is in the corner
    ]
    labels += [(scales.top + 6, scales.unit.symbol), *strip]
    labels += [(scales.foot + _BASELINE, zone_name(scales.end, scales.zone))]
    return element("g", "".join(_margin(y, label) for y, label in labels), text_anchor="end")


def time_labels(scales: Scales, labels: Sequence[Label], is_now: bool) -> str:
    """Draw times below the paper, and the label of the right edge."""
    end = local(scales.end, scales.zone)
    date = f"{end.day} {end:%b %Y}" if scales.is_long else f"{end.day} {end:%b %H:%M}"
    edge = "now" if is_now else date
    last = RIGHT - (len(edge) + 3) * LETTER
    texts = [text(edge, x=WIDTH - 4, text_anchor="end")]
    texts += [
        text(label.word, x=scales.x(label.moment), **(_BOLD if label.is_day else {}))
        for label in labels
        # Not over the zone or the label of the edge.
        if LEFT + 3 * LETTER < scales.x(label.moment) < last
    ]
    down = f"translate(0 {n(scales.foot + _BASELINE)})"
    return element("g", "".join(texts), class_="times", text_anchor="middle", transform=down)


def _labelled_lines(scales: Scales) -> range:
    every = next((step for most, step in _LABEL_STEPS if scales.lines <= most), 100)
    return range(-(-(scales.low_line + 1) // every) * every, scales.high_line + 1, every)


def _margin(y: float, label: str) -> str:
    is_long = len(label) >= _LONGEST_WORD and not label[0].isdigit()
    size = {"font_size": "16"} if is_long else {}
    return text(label, x=LEFT - 7, y=y, **size)
