"""The report of scripts/benchmark leaves nothing out: no goal, no failure, no defeat."""

import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import benchmark
import pytest
from figures import Measured
from report.goals import GOALS
from report.parts import BENCHMARKS, PARTS, Part, shipped
from report.pictures import pictures
from report.results import Comparison, Result, Status
from report.running import run
from report.writing import Run, report

OTHERS = {"quick": Measured(1, 0.9, 1.1), "slow": Measured(9, 8, 10)}

Program = Callable[[str], Part]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Write a benchmark, which has `figures` at hand, and make it a part."""

    def write(name: str, code: str) -> Part:
        path = tmp_path / f"{name}.py"
        begin = f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})\nimport figures\n"
        path.write_text(begin + dedent(code))
        return Part(name, f"The part {name}", "What is asked?", str(path), 1)

    return lambda code: write(f"p{len(list(tmp_path.iterdir()))}", code)


def written(*results: Result, is_quick: bool = False) -> str:
    return report(Run(results, [("date", "2026-01-01")], {}, is_quick, False, 60.0))


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its kind."""
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def of_part(name: str, **found: float) -> Result:
    (part,) = (part for part in PARTS if part.name == name)
    figures = {figure: Measured.of(value) for figure, value in found.items()}
    return Result(part, Status.RAN, figures=figures)


def test_every_goal_is_in_the_table_even_when_nothing_ran() -> None:
    rows = [line for line in section(written(), "The goals").splitlines() if "not run" in line]
    assert len(rows) == len(GOALS) > 25
    for goal, row in zip(GOALS, rows, strict=True):
        assert goal.aim in row


def test_each_goal_is_of_a_part_and_its_figure_is_handed_over_by_the_program() -> None:
    programs = {part.name: (BENCHMARKS / part.program).read_text() for part in shipped()}
    for goal in GOALS:
        # What is put together when it runs stands in braces there.
        literals = re.findall(r'figures\.figure\(\s*f?"([^"]+)"', programs[goal.part])
        patterns = [re.sub(r"\\\{.*?\\\}", ".+", re.escape(name)) for name in literals]
        assert any(re.fullmatch(pattern, goal.figure) for pattern in patterns), goal


def test_a_goal_that_is_missed_by_a_little_is_not_reached() -> None:
    found = written(of_part("faults", **{"barometer faults survived": 7}))
    (row,) = (line for line in found.splitlines() if "all eight" in line)
    assert "| 7 |" in row
    assert "**not reached**" in row
    found = written(of_part("faults", **{"barometer faults survived": 8}))
    (row,) = (line for line in found.splitlines() if "all eight" in line)
    assert row.endswith("| reached |")


def test_without_data_the_rows_say_that_it_is_not_shipped() -> None:
    (storms,) = (part for part in PARTS if part.name == "storms")
    result = run(storms, None, is_quick=False)
    assert result.status is Status.NOT_RUN
    text = written(result)
    rows = [line for line in section(text, "The goals").splitlines() if "CSI of .35" in line]
    assert "not run: data not shipped" in rows[0]
    assert "*Not run: data not shipped" in section(text, "Part by part")


def test_a_failing_part_is_told_with_its_reason_and_stops_no_other(
    program: Program, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [
        program("figures.figure('before', 1)\nraise SystemExit('the port is taken')"),
        program("figures.figure('answer', 42)"),
        program("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    ]
    assert benchmark.main(["--output", str(tmp_path / "out")], parts) == 1
    text = (tmp_path / "out" / "benchmarks.md").read_text()
    failures = section(text, "What failed")
    assert f"**{parts[0].name}** ({parts[0].title}) failed: the port is taken" in failures
    assert "ended by SIGKILL" in failures
    assert "answer: 42" in section(text, "Part by part")
    assert f"Failed: {parts[0].name}, {parts[2].name}" in capsys.readouterr().err


def test_a_goal_of_its_own_that_is_missed_is_told_and_is_no_failure(
    program: Program, tmp_path: Path
) -> None:
    part = program("figures.goals(False, 'at most 3: 4')\nraise SystemExit(1)")
    assert benchmark.main(["--output", str(tmp_path / "out")], [part]) == 0
    text = (tmp_path / "out" / "benchmarks.md").read_text()
    assert "**Its own goals are not all reached**: at most 3: 4" in text
    assert "What failed" not in text


def test_where_others_are_better_stands_as_plainly_as_where_ours_is(program: Program) -> None:
    result = run(
        program(
            """
            others = {"quick": figures.Measured(1, 0.9, 1.1), "slow": 9}
            figures.compared("pace", "ms", 4, others, note="quick checks nothing")
            figures.compared("hits", "", 8, {"another": 2}, more_is_better=True)
            """
        ),
        None,
        is_quick=False,
    )
    text = written(result)
    losses = section(text, "Where others are better")
    assert "**pace, ms**, ours: 4; quick: 1 (0.9 to 1.1). quick checks nothing" in losses
    assert "slow" not in losses
    assert "hits" not in losses
    comparisons = section(text, "Every comparison")
    assert "| pace, ms | 4 | 1 (0.9 to 1.1) (quick) | 2 | **4 times worse** |" in comparisons
    assert "| hits | 8 | 2 (another) | 1 | 4 times better |" in comparisons


def test_ranges_that_touch_are_told() -> None:
    ours = Measured(1.05, 1.0, 1.2)
    assert Comparison("pace", "ms", ours, OTHERS, more_is_better=False).overlaps("quick")
    assert not Comparison("pace", "ms", ours, OTHERS, more_is_better=False).overlaps("slow")
    counted = {"another": Measured.of(8)}
    assert not Comparison("hits", "", Measured.of(8), counted, True).overlaps("another")


def test_tables_and_printed_tables_are_taken_as_they_are(program: Program) -> None:
    handed = program("figures.table('Times', ['name', 'ms'], [['a|b', '1.5']])\nprint('not this')")
    printed = program("print('# Paper\\n\\n| board | ms |\\n| --- | --- |\\n| Zero | 9 |')")
    text = written(*(run(part, None, is_quick=False) for part in (handed, printed)))
    assert "| name | ms |\n| --- | ---: |\n| a\\|b | 1.5 |" in text
    assert "not this" not in text
    assert "\n#### Paper\n\n| board | ms |\n| --- | --- |\n| Zero | 9 |" in text


def test_a_part_that_is_not_asked_for_does_not_run(program: Program, tmp_path: Path) -> None:
    first, second = program("print('1')"), program("raise SystemExit('never')")
    arguments = ["--only", first.name, "--output", str(tmp_path / "out")]
    assert benchmark.main(arguments, [first, second]) == 0
    text = (tmp_path / "out" / "benchmarks.md").read_text()
    assert "Only some parts were asked for" in text
    assert second.title not in text


def test_a_rough_run_says_so() -> None:
    assert "A rough run" in written(is_quick=True)
    assert "A rough run" not in written()


def test_pictures_are_drawn_of_what_was_handed_over_and_of_nothing_else() -> None:
    frequency = of_part("frequency")
    frequency.curves = {"frequency": {"Storm Petrel": [(100, 0.2)], "a <peer>": [(100, 0.0)]}}
    (picture,) = pictures({"frequency": frequency, "storms": of_part("storms")})
    drawing = ElementTree.fromstring(picture.svg)
    words = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Storm Petrel", "a <peer>"} <= set(words)
    assert picture.name.endswith(".svg")


def test_a_folder_that_takes_no_report_is_told_before_anything_is_run(
    tmp_path: Path, program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    ran, no_folder = tmp_path / "ran", tmp_path / "file"
    no_folder.write_text("")
    part = program(f"open({str(ran)!r}, 'w').close()")
    with pytest.raises(SystemExit) as ended:
        benchmark.main(["--output", str(no_folder / "report")], [part])
    assert ended.value.code == 2
    assert "cannot be written: Not a directory" in capsys.readouterr().err
    assert not ran.exists()
