"""The report as Markdown: goals, what others do better, all comparisons, then part by part."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from figures import Measured, number
from report.goals import Judged, Verdict, judged
from report.results import Comparison, Result, Status, Table, comparisons_of

_LONG_TABLE = 20
_SAME, _TWICE = 0.005, 1.95


class Run(NamedTuple):
    """What the report is of. pictures: file names by the part they belong to, with their words."""

    results: Sequence[Result]
    facts: Sequence[tuple[str, str]]
    pictures: Mapping[str, tuple[str, str]]
    is_quick: bool
    is_partial: bool
    took_s: float


def report(run: Run) -> str:
    """All of it."""
    goals = judged(run.results)
    parts = (
        _opening(run, goals),
        _failures(run.results),
        _goals(goals),
        _losses(list(comparisons_of(run.results))),
        _comparisons(list(comparisons_of(run.results))),
        _machine(run),
        _reading_it(),
        ["## Part by part", ""],
        *(_part(result, run.pictures.get(result.part.name)) for result in run.results),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _opening(run: Run, goals: Sequence[Judged]) -> Iterator[str]:
    reached, missed, unknown = (
        sum(each.verdict is verdict for each in goals)
        for verdict in (Verdict.REACHED, Verdict.MISSED, Verdict.UNKNOWN)
    )
    not_run = f", and {unknown} were not run" if unknown else ""
    yield "# Benchmarks"
    yield ""
    yield (
        f"What Storm Petrel reached on {dict(run.facts)['date']}, beside other people's programs on"
        f" the same machine in the same run of `scripts/benchmark`. It wrote this page; run it"
        f" yourself: it takes {max(1, run.took_s / 60):.0f} minutes and fetches the others from"
        " PyPI by name."
    )
    yield ""
    yield (
        f"Of {len(goals)} goals {reached} are reached, {missed} are not{not_run}. Nothing here was"
        " measured on a Raspberry Pi: the chips, their wires and the kernel are simulated, the"
        " weather and the surfaces are other people's data."
    )
    if run.is_quick:
        yield ""
        yield "**A rough run**: with fewer repetitions than a full one, so that figures wander."
    if run.is_partial:
        yield ""
        yield "**Only some parts were asked for.**"
    yield ""


def _failures(results: Sequence[Result]) -> Iterator[str]:
    failed = [result for result in results if result.status is Status.FAILED]
    if not failed:
        return
    yield "## What failed"
    yield ""
    for result in failed:
        yield f"- **{result.part.name}** ({result.part.title}) failed: {result.words}"
    yield ""


def _goals(goals: Sequence[Judged]) -> Iterator[str]:
    yield "## The goals"
    yield ""
    yield (
        "Set before the work was done, from what the best of the others reached. The figure is a"
        " median; in brackets where all but the lowest and the highest tenth of the repetitions"
        " lay. Where no other stands, nobody else was run beside it."
    )
    yield ""
    rows, before = [], ""
    for each in goals:
        subject = "" if each.goal.subject == before else each.goal.subject
        before = each.goal.subject
        verdict = f"{each.verdict.value}: {each.reason}" if each.reason else each.verdict.value
        rows.append([subject, each.goal.aim, each.figure or "–", each.others or "–", verdict])
    head = ["", "goal", "this run", "best of the others in it", ""]
    yield from _table(Table("", head, rows))


def _losses(comparisons: Sequence[Comparison]) -> Iterator[str]:
    yield "## Where others are better"
    yield ""
    losses = [each for each in comparisons if each.better]
    if not losses:
        yield "Nowhere in this run." if comparisons else "Nobody was compared with in this run."
        yield ""
        return
    before = ""
    for each in losses:
        better = "; ".join(f"{name}: {_shown(each.others[name])}" for name in each.better[:4])
        more = len(each.better) - 4
        better += f"; and {more} more" if more > 0 else ""
        note = "" if each.note == before else f" {each.note}"
        before = each.note
        yield f"- **{_with_unit(each)}**, ours: {_shown(each.ours)}; {better}{_doubt(each)}.{note}"
    yield ""


def _comparisons(comparisons: Sequence[Comparison]) -> Iterator[str]:
    if not comparisons:
        return
    yield "## Every comparison"
    yield ""
    yield "Ours beside the best of the others: which that is, is chosen afresh in each row."
    yield ""
    rows = [
        [
            _with_unit(each),
            _shown(each.ours),
            f"{_shown(each.others[each.best])} ({each.best})",
            str(len(each.others)),
            _gain(each) + _doubt(each),
        ]
        for each in comparisons
    ]
    head = ["", "ours", "best of the others", "others", "ours is"]
    yield from _table(Table("", head, rows))


def _machine(run: Run) -> Iterator[str]:
    yield "## The machine"
    yield ""
    facts = [*run.facts, ("the whole run took", f"{run.took_s / 60:.0f} min")]
    yield from _table(Table("", ["", ""], [[name, words] for name, words in facts]))


def _reading_it() -> Iterator[str]:
    yield "## How to read it"
    yield ""
    yield (
        "- **Trust ratios, not times.** All who are timed take turns, so that a machine that"
        " changes its pace does so for all; microseconds are this machine's. A Pi is slower."
    )
    yield (
        "- **The others** are installed by name and version from PyPI, each in an environment of"
        " its own, and are called as their own introduction shows it. What they would load for"
        " their hardware is replaced by the same simulated bus that ours gets. Methods without a"
        " package (the tutorial, sketches, rules of thumb) are written anew from their description."
    )
    yield (
        "- **We wrote the simulated chips and the benchmarks**, after the data sheets. Whoever"
        " writes the test tends to pass it: that is the largest doubt about this page. The programs"
        " are in tests/benchmarks; the command of each stands under its part."
    )
    yield (
        "- Random numbers have fixed seeds: what is computed comes out the same again, what is"
        " timed does not."
    )
    yield ""


def _part(result: Result, picture: tuple[str, str] | None) -> Iterator[str]:
    yield f"### {result.part.title}"
    yield ""
    yield result.part.question
    yield ""
    if result.status is Status.NOT_RUN:
        yield f"*Not run: {result.words}.*"
        yield ""
        return
    if result.status is Status.FAILED:
        yield f"**Failed: {result.words}**"
        yield ""
    if result.missed:
        yield f"**Its own goals are not all reached**: {result.missed}"
        yield ""
    if picture:
        name, words = picture
        yield f"![{words}]({name})"
        yield ""
    if result.figures:
        figures = (f"{name}: {_shown(value)}" for name, value in result.figures.items())
        yield f"*Single figures*: {'; '.join(figures)}."
        yield ""
    for table in result.tables:
        yield from _folded(table) if len(table.rows) > _LONG_TABLE else _titled(table)
    yield from _printed(result)
    yield f"`{result.part.by_hand}` ({result.part.name}, {result.took_s:.0f} s)"
    yield ""


def _printed(result: Result) -> Iterator[str]:
    """What a program printed, where it handed over no tables: as it is when it is Markdown."""
    if result.tables or not result.printed.strip():
        return
    if "\n|" in result.printed:
        # Its headings go below that of the part.
        yield re.sub(r"^#", "####", result.printed.strip(), flags=re.MULTILINE)
    elif result.printed.count("\n") > _LONG_TABLE:
        yield from ("<details><summary>What it printed</summary>", "")
        yield from ("```text", result.printed.rstrip(), "```", "", "</details>")
    else:
        yield from ("```text", result.printed.rstrip(), "```")
    yield ""


def _titled(table: Table) -> Iterator[str]:
    yield f"*{table.title}*"
    yield ""
    yield from _table(table)


def _folded(table: Table) -> Iterator[str]:
    yield f"<details><summary>{table.title} ({len(table.rows)} rows)</summary>"
    yield ""
    yield from _table(table)
    yield "</details>"
    yield ""


def _table(table: Table) -> Iterator[str]:
    """Markdown; numbers to the right. A table without rows says so."""
    if not table.rows:
        yield "Nothing."
        yield ""
        return
    is_number = [
        all(_looks_like_anumber(row[column]) for row in table.rows)
        for column in range(len(table.head))
    ]
    yield _line(table.head)
    yield _line("---:" if right else "---" for right in is_number)
    for row in table.rows:
        yield _line(row)
    yield ""


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _looks_like_anumber(cell: str) -> bool:
    return bool(cell) and cell.lstrip("+-−")[:1].isdigit() and not any(map(str.isalpha, cell))


def _gain(comparison: Comparison) -> str:
    gain = comparison.gain
    if comparison.ours.value == comparison.others[comparison.best].value:
        return "the same"
    if gain is None:
        return "**worse**" if comparison.better else "better"
    if abs(gain - 1) < _SAME:
        return "nearly the same"
    factor = max(gain, 1 / gain)
    words = f"{number(factor)} times" if factor >= _TWICE else f"{100 * (factor - 1):.0f} %"
    return f"{words} better" if gain > 1 else f"**{words} worse**"


def _doubt(comparison: Comparison) -> str:
    """That the difference may be chance."""
    return " (ranges touch)" if comparison.overlaps(comparison.best) else ""


def _with_unit(comparison: Comparison) -> str:
    return f"{comparison.what}, {comparison.unit}" if comparison.unit else comparison.what


def _shown(measured: Measured) -> str:
    if measured.low == measured.high:
        return number(measured.value)
    return f"{number(measured.value)} ({number(measured.low)} to {number(measured.high)})"
