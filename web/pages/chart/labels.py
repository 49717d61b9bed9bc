"""The words in the margin: pressures on the left, times below, the units in the corners."""

from collections.abc import Sequence

from ...display.times import zone_name
from .local_time import local
from .scales import LEFT, RIGHT, WIDTH, Paper
from .svg import LETTER, element, n, text
from .time_axis import Label

_WEEK_S = 7 * 86400
_BASELINE = 27  # below the paper
_BOLD = {"font_weight": "bold"}
_LONGEST_WORD = 4  # letters that the margin holds in the common size; longer ones are smaller


def pressure_labels(paper: Paper, strip: Sequence[tuple[float, str]]) -> str:
    """Numbers at the bold lines, and the unit; those of the strip come with their place."""
    labels = [
        (paper.y_of_line(line) + 7, _number(paper, line))
        for line in _labelled_lines(paper)
        if paper.y_of_line(line) > paper.top + 18  # the corners belong to the units
    ]
    labels += [(paper.top + 6, paper.unit.symbol), *strip]
    labels += [(paper.foot + _BASELINE, zone_name(paper.end, paper.zone))]
    return element("g", "".join(_margin(y, label) for y, label in labels), text_anchor="end")


def time_labels(paper: Paper, labels: Sequence[Label], is_now: bool) -> str:
    """Clock and dates below the paper, and what the right edge is."""
    edge = "now" if is_now else _edge_words(paper)
    last = RIGHT - (len(edge) + 3) * LETTER
    texts = [text(edge, x=WIDTH - 4, text_anchor="end")]
    texts += [
        text(label.word, x=paper.x(label.moment), **(_BOLD if label.is_day else {}))
        for label in labels
        # Others would run into the zone or the edge.
        if LEFT + 3 * LETTER < paper.x(label.moment) < last
    ]
    down = f"translate(0 {n(paper.foot + _BASELINE)})"
    return element("g", "".join(texts), class_="times", text_anchor="middle", transform=down)


def _labelled_lines(paper: Paper) -> range:
    every = next(
        step for most, step in ((40, 5), (150, 10), (400, 50), (10**9, 100)) if paper.lines <= most
    )
    return range(-(-(paper.low_line + 1) // every) * every, paper.high_line + 1, every)


def _number(paper: Paper, line: int) -> str:
    # One decimal less than a reading has: bold lines lie on it.
    return f"{line * paper.unit.line:.{max(0, paper.unit.places - 1)}f}"


def _margin(y: float, label: str) -> str:
    is_long = len(label) >= _LONGEST_WORD and not label[0].isdigit()
    size = {"font_size": "16"} if is_long else {}
    return text(label, x=LEFT - 7, y=y, **size)


def _edge_words(paper: Paper) -> str:
    end = local(paper.end, paper.zone)
    is_long = paper.end - paper.start > _WEEK_S
    return f"{end.day} {end:%b %Y}" if is_long else f"{end.day} {end:%b %H:%M}"
