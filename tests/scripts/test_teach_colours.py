"""Things of one's own, taught piece by piece, and sorted afterwards."""

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from colour_bench.sorting import in_words, quoted

from calibration import ColourProfile, ColourSorter, References, Sorted
from sensors.backends.platform import pi_model

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "teach_colours.py"

Start = Callable[..., Any]
PIECE = "(d done, z undo, q): "


def run(cwd: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
    )


def table(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory, quick: tuple[str, str]) -> Path:
    """A folder in which the simulated sensor was taught three of its surfaces."""
    folder = tmp_path_factory.mktemp("taught")
    result = run(folder, "--simulate", *quick)
    assert result.returncode == 0, result.stderr
    (folder / "out.csv").write_text(result.stdout)
    (folder / "words.txt").write_text(result.stderr)
    return folder


@pytest.fixture
def bench(taught: Path, tmp_path: Path) -> Path:
    """The same in a folder of its own, to change."""
    (tmp_path / "sorter.json").write_bytes((taught / "sorter.json").read_bytes())
    return tmp_path


def real_sorter(path: Path) -> None:
    """Two classes that only differ by the noise of a sensor."""
    near = np.linspace(0.7, 1.3, 10)[:, np.newaxis]
    scatter = np.random.default_rng(1).normal(1.0, 0.01, (20, 4))
    light = np.vstack([near, near]) * [9e3, 8e3, 7e3, 25e3] * scatter
    labels = ["cherry"] * 10 + ["plum"] * 10
    ColourSorter.fit(light, labels, [0.0] * 4, [100.0, 90.0, 80.0, 250.0]).save(path)


# Without a hand


def test_the_table_tells_what_each_class_is_taken_for(taught: Path) -> None:
    rows = table((taught / "out.csv").read_text())
    labels = [row["taught"] for row in rows]
    assert len(labels) >= 3
    for row in rows:
        assert row["source"] == "SIMULATED"
        assert sum(int(row[column]) for column in [*labels, "unknown"]) == 10
        assert int(row[row["taught"]]) == 10
    for line in (taught / "words.txt").read_text().splitlines():
        assert "SIMULATED" in line or line.startswith("  ColourSorter.load('sorter.json')")
    assert ColourSorter.load(taught / "sorter.json").simulated


def test_pieces_were_shown_nearer_and_farther(taught: Path) -> None:
    sorter = ColourSorter.load(taught / "sorter.json")
    clear = sorter.raw[:10, 3]
    assert clear.max() > 1.5 * clear.min()


def test_live_sorting_knows_its_classes_the_stranger_and_the_empty_place(
    taught: Path, quick: tuple[str, str]
) -> None:
    result = run(taught, "--try", "--simulate", "--count", "12", *quick)
    assert result.returncode == 0, result.stderr
    rows = table(result.stdout)
    labels = ColourSorter.load(taught / "sorter.json").labels
    assert [row["label"] for row in rows] == [*labels, *["unknown"] * 8, "nothing"]
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    assert {row["source"] for row in rows} == {"SIMULATED"}


def test_a_class_can_be_forgotten_and_a_wrong_name_forgets_none(bench: Path) -> None:
    path = bench / "sorter.json"
    before = path.read_bytes()
    wrong = run(bench, "--remove", "mauve")
    assert wrong.returncode == 1
    assert "knows no such class; there are red, orange, blue" in wrong.stderr
    assert path.read_bytes() == before
    result = run(bench, "--remove", "orange")
    assert result.returncode == 0, result.stderr
    assert [row["taught"] for row in table(result.stdout)] == ["red", "blue"]
    assert ColourSorter.load(path).labels == ("red", "blue")
    assert run(bench, "--remove", "red").returncode == 0
    last = run(bench, "--remove", "blue")
    assert last.returncode == 1
    assert "the last class" in last.stderr


def test_two_classes_too_close_are_named_with_what_helps(tmp_path: Path) -> None:
    path = tmp_path / "sorter.json"
    real_sorter(path)
    three = ColourSorter.load(path)
    raw = np.vstack([three.raw, three.raw[:10] * [1.0, 0.2, 0.1, 0.5]])
    labels = [*three.taught, *["lemon"] * 10]
    ColourSorter.fit(raw, labels, [0.0] * 4, [100.0, 90.0, 80.0, 250.0]).save(path)
    result = run(tmp_path, "--remove", "lemon")
    assert result.returncode == 0, result.stderr
    assert "cherry and plum: too close" in result.stderr
    assert "What helps" in result.stderr
    assert "SIMULATED" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--simulate", "mauve"], "the simulated sensor has black, white"),
        pytest.param(
            ["red-bean"],
            "the simulated sensor has black, white",
            marks=pytest.mark.skipif(bool(pi_model()), reason="a Pi has a real sensor"),
        ),
        (["--simulate", "nothing"], "the sorter itself"),
        (["--simulate", "x" * 40], "class name"),
        (["--remove", "red"], "nothing to remove from"),
        (["--output", "/no/where/x.json"], "no file can be written there"),
        (["--output", "."], "no file can be written there"),
        (["--simulate", "--count", "-1"], "0 (for ever) or more"),
        (["--simulate", "--profile", "gone.json"], "gone.json"),
        (["--config", "gone.toml"], "gone.toml: No such file"),
        (["--remove", "red", "--try"], "by itself"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    if words == "by itself":
        real_sorter(tmp_path / "sorter.json")
    result = run(tmp_path, *arguments)
    assert result.returncode == 1
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_spaces_around_a_class_are_not_its_name(bench: Path, quick: tuple[str, str]) -> None:
    before = ColourSorter.load(bench / "sorter.json").labels
    result = run(bench, "--simulate", f" {before[0]} ", *quick)
    assert result.returncode == 0, result.stderr
    assert ColourSorter.load(bench / "sorter.json").labels == (before[0],)


def test_simulated_and_real_pieces_never_meet(tmp_path: Path) -> None:
    path = tmp_path / "sorter.json"
    real_sorter(path)
    before = path.read_bytes()
    for arguments in (["--simulate"], ["--simulate", "--try", "--count", "1"]):
        result = run(tmp_path, *arguments)
        assert (result.returncode, result.stdout) == (1, "")
        assert "real sensor" in result.stderr
    dark, white = [50.0, 40.0, 40.0, 110.0], [24e3, 20e3, 19e3, 55e3]
    ColourProfile.default(References(dark, white)).save(tmp_path / "colours.json")
    profile = run(tmp_path, "--simulate", "--profile", "colours.json", "--output", "new.json")
    assert profile.returncode == 1
    assert "real sensor" in profile.stderr
    assert path.read_bytes() == before
    assert not (tmp_path / "new.json").exists()


def test_a_file_that_is_no_sorter_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "sorter.json"
    path.write_text("my notes")
    for arguments in (["--simulate"], ["--remove", "red"], ["--simulate", "--try"]):
        result = run(tmp_path, *arguments)
        assert result.returncode == 1
        assert "Traceback" not in result.stderr
    assert path.read_text() == "my notes"


# A person shows the pieces


def without_a_piece(terminal: Any) -> None:
    terminal.expect("Enter when it is so")
    terminal.type()
    terminal.expect("(s: as dark")
    terminal.type("s")


def show(terminal: Any, count: int) -> None:
    for _ in range(count):
        terminal.expect(PIECE)
        terminal.type()


def test_a_lesson_with_mistakes_and_a_class_added_another_day(
    at_a_terminal: Start, tmp_path: Path
) -> None:
    first = at_a_terminal("teach_colours.py", "--simulate", "--ask")
    without_a_piece(first)
    first.expect("Name of the next class")
    first.type("nothing")
    first.expect("the sorter itself")
    first.expect("Name of the next class")
    first.type("red sweet")
    show(first, 3)
    first.expect(PIECE)
    first.type("z")
    first.expect("piece 3 is forgotten")
    first.expect(PIECE)
    first.type("d")
    first.expect("3 pieces are the fewest")
    show(first, 2)
    first.expect("piece 5 of 10")
    first.type("d")
    first.expect("4 pieces will do")
    first.expect("so far red sweet")
    first.type("blue")
    show(first, 2)
    first.expect("piece 3 of 10")
    first.type("q")
    first.expect("blue: 2 pieces, and 3 are the fewest")
    code, out = first.end()
    assert code == 0
    assert [row["taught"] for row in table(out)] == ["red sweet"]

    second = at_a_terminal("teach_colours.py", "--simulate", "--ask", "blue")
    second.expect("knows red sweet")
    show(second, 3)
    second.expect("piece 4 of 10")
    second.type("d")
    code, out = second.end()
    assert code == 0
    assert [row["taught"] for row in table(out)] == ["red sweet", "blue"]
    sorter = ColourSorter.load(tmp_path / "sorter.json")
    assert sorter.taught == ("red sweet",) * 4 + ("blue",) * 3
    assert sorter.simulated


def test_ctrl_c_keeps_the_class_under_way_when_it_has_three_pieces(
    at_a_terminal: Start, tmp_path: Path
) -> None:
    terminal = at_a_terminal("teach_colours.py", "--simulate", "--ask", "red")
    without_a_piece(terminal)
    show(terminal, 3)
    terminal.expect("piece 4 of 10")
    terminal.ctrl_c()
    assert terminal.end() == (130, "")
    assert "Stopped. sorter.json knows red." in terminal.shown
    assert "Traceback" not in terminal.shown
    assert ColourSorter.load(tmp_path / "sorter.json").taught == ("red",) * 3


def test_q_in_the_first_class_keeps_its_three_pieces(at_a_terminal: Start) -> None:
    terminal = at_a_terminal("teach_colours.py", "--simulate", "--ask", "red", "blue")
    without_a_piece(terminal)
    show(terminal, 3)
    terminal.expect("piece 4 of 10")
    terminal.type("q")
    code, out = terminal.end()
    assert code == 0
    assert [row["taught"] for row in table(out)] == ["red"]


def test_a_place_without_a_piece_is_not_taught(at_a_terminal: Start, tmp_path: Path) -> None:
    terminal = at_a_terminal("teach_colours.py", "--simulate", "--ask", "air")
    without_a_piece(terminal)
    show(terminal, 1)
    assert "does a piece lie there?" in terminal.expect("(k keeps it, Enter reads again)")
    terminal.expect("piece 1 of 10")
    terminal.type("q")
    code, out = terminal.end()
    assert (code, out) == (1, "")
    assert "nothing was taught" in terminal.shown
    assert not (tmp_path / "sorter.json").exists()


def test_live_sorting_at_a_terminal_is_one_line_with_a_swatch(
    at_a_terminal: Start, bench: Path
) -> None:
    terminal = at_a_terminal("teach_colours.py", "--try", "--simulate", stdout=None)
    for words in ("red, sure to", "orange, sure to", "unknown, sure to", "nothing there"):
        line = terminal.expect(words)
        assert "\x1b[48;2;" in line
        assert "SIMULATED" in line
    terminal.ctrl_c()
    assert terminal.end()[0] == 130
    assert "Traceback" not in terminal.shown


@pytest.mark.parametrize("text", ["", "q\n", "\nq\n", "\n\n"])
def test_an_end_of_the_answers_is_no_lesson(
    tmp_path: Path, quick: tuple[str, str], text: str
) -> None:
    result = run(tmp_path, "--simulate", "--ask", *quick, text=text)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "sorter.json").exists()


# Words


def test_an_answer_in_words_says_what_else_it_could_be() -> None:
    assert in_words(Sorted("red", 0.981, "orange", 1.0)) == "red, sure to 98%; else orange"
    assert in_words(Sorted("red", 1.0, None, 1.0)) == "red, sure to 100%"
    assert in_words(Sorted("nothing", 1.0, None, 0.0)) == "nothing there"
    assert in_words(Sorted(None, 0.9, "red", 9.0)) == "unknown, sure to 90%; nearest is red"


@pytest.mark.parametrize("word", ["red", "red, sour", 'the "red" one', ","])
def test_a_label_is_one_field_of_a_line(word: str) -> None:
    assert next(csv.reader([f"a,{quoted(word)},b"])) == ["a", word, "b"]
