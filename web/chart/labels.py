"""The words in the margin: pressures on the left, times below, the units in the corners."""

from collections.abc import Sequence
from html import escape

from ..times import zone_name
from .local_time import local
from .moments import Label
from .paper import LEFT, RIGHT, WIDTH, Paper
from .pen import LETTER, n

_WEEK_S = 7 * 86400
_BASELINE = 27  # below the paper
_LONGEST_WORD = 4  # letters that the margin holds in the common size; longer ones are smaller


def pressure_labels(paper: Paper, strip: Sequence[tuple[float, str]]) -> str:
    """Numbers at the bold lines, and the unit; those of the strip come with their place."""
    words = [
        (paper.y_of_line(line) + 7, _number(paper, line))
        for line in _labelled_lines(paper)
        if paper.y_of_line(line) > paper.top + 18  # the corners belong to the units
    ]
    words += [(paper.top + 6, paper.unit.symbol), *strip]
    words += [(paper.foot + _BASELINE, zone_name(paper.end, paper.zone))]
    return f'<g text-anchor="end">{"".join(_margin(y, word) for y, word in words)}</g>'


def time_labels(paper: Paper, labels: Sequence[Label], is_now: bool) -> str:
    """Clock and dates below the paper, and what the right edge is."""
    edge = "now" if is_now else _edge_words(paper)
    last = RIGHT - (len(edge) + 3) * LETTER
    texts = [f'<text x="{WIDTH - 4}" text-anchor="end">{edge}</text>']
    texts += [
        f'<text x="{n(paper.x(label.moment))}"{_weight(label)}>{label.word}</text>'
        for label in labels
        # Others would run into the zone or the edge.
        if LEFT + 3 * LETTER < paper.x(label.moment) < last
    ]
    place = f'text-anchor="middle" transform="translate(0 {n(paper.foot + _BASELINE)})"'
    return f'<g class="times" {place}>{"".join(texts)}</g>'


def _labelled_lines(paper: Paper) -> range:
    every = next(
        step for most, step in ((40, 5), (150, 10), (400, 50), (10**9, 100)) if paper.lines <= most
    )
    return range(-(-(paper.low_line + 1) // every) * every, paper.high_line + 1, every)


def _number(paper: Paper, line: int) -> str:
    # One decimal less than a reading has: bold lines lie on it.
    return f"{line * paper.unit.line:.{max(0, paper.unit.places - 1)}f}"


def _margin(y: float, word: str) -> str:
    size = ' font-size="16"' if len(word) >= _LONGEST_WORD and not word[0].isdigit() else ""
    return f'<text x="{LEFT - 7}" y="{n(y)}"{size}>{escape(word)}</text>'


def _weight(label: Label) -> str:
    return ' font-weight="bold"' if label.is_day else ""


def _edge_words(paper: Paper) -> str:
    end = local(paper.end, paper.zone)
    is_long = paper.end - paper.start > _WEEK_S
    return f"{end.day} {end:%b %Y}" if is_long else f"{end.day} {end:%b %H:%M}"
