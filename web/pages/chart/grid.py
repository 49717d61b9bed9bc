"""The bare paper and its lines: a fine and a bold web of pressure and time."""

from collections.abc import Sequence

from .scales import BOTTOM, LEFT, RIGHT, STRIP_TOP, Paper
from .svg import SHEET, element, n
from .time_axis import Label


def sheet(paper: Paper) -> str:
    """The bare paper; with the change in 3 h it has a second leaf."""
    leaves = _leaf(paper.top, BOTTOM)
    if paper.foot > BOTTOM:
        leaves += _leaf(STRIP_TOP, paper.foot)
    return element("path", class_="paper", d=leaves, fill=SHEET)


def ruling(
    paper: Paper, moments: Sequence[float], labels: Sequence[Label], strip: tuple[str, str]
) -> str:
    """The lines, fine and bold; those of the strip come drawn."""
    fine, bold = _pressure_lines(paper)
    fine += _time_lines(paper, moments) + strip[0]
    bold += _time_lines(paper, [label.moment for label in labels]) + strip[1]
    return element("path", class_="fine", d=fine, stroke="#e6d4aa") + element(
        "path", class_="bold", d=bold, stroke="#c39d5f", stroke_width=1.4
    )


def level(y: float) -> str:
    """A line across the paper."""
    return f"M{LEFT} {n(y)}H{RIGHT}"


def _leaf(top: float, bottom: float) -> str:
    return f"M{LEFT} {n(top)}H{RIGHT}V{n(bottom)}H{LEFT}z"


def _pressure_lines(paper: Paper) -> tuple[str, str]:
    # On a very high paper, lines of one unit would run together into grey.
    fine, bold = (1, 5) if paper.lines <= 60 else (5, 10)
    lines: dict[bool, list[str]] = {False: [], True: []}  # whether bold
    for line in range(-(-paper.low_line // fine) * fine, paper.high_line + 1, fine):
        lines[line % bold == 0].append(level(paper.y_of_line(line)))
    return "".join(lines[False]), "".join(lines[True])


def _time_lines(paper: Paper, moments: Sequence[float]) -> str:
    return "".join(f"M{n(paper.x(moment))} {n(paper.top)}V{n(paper.foot)}" for moment in moments)
