"""Dark, white and cards, as a person shows them: with mistakes, with a break, on another day."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from colour_bench.card_picture import Patch, picture
from colour_bench.swatch import fitted, has_colours, swatch

from calibration import ColourProfile, References
from sensors.simulated.scene import Scene, surfaces

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "calibrate_colours.py"
SVG = "{http://www.w3.org/2000/svg}"

Start = Callable[..., Any]


def run(cwd: Path, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory, quick: tuple[str, str]) -> Path:
    """A folder in which the simulated sensor was calibrated, without a question."""
    folder = tmp_path_factory.mktemp("calibrated")
    result = run(folder, "--simulate", *quick)
    assert result.returncode == 0, result.stderr
    (folder / "out.csv").write_text(result.stdout)
    (folder / "words.txt").write_text(result.stderr)
    return folder


@pytest.fixture
def bench(calibrated: Path, tmp_path: Path) -> Path:
    """The same in a folder of its own, to change."""
    for name in ("colours.json", "colours.svg"):
        (tmp_path / name).write_bytes((calibrated / name).read_bytes())
    return tmp_path


def real_profile(path: Path) -> None:
    dark, white = [50.0, 40.0, 40.0, 110.0], [24e3, 20e3, 19e3, 55e3]
    ColourProfile.default(References(dark, white)).save(path)


# A row that nobody shows


def test_the_words_name_the_worst_card_and_every_line_with_a_reading_says_simulated(
    calibrated: Path,
) -> None:
    rows = list(csv.DictReader((calibrated / "out.csv").read_text().splitlines()))
    assert {row["source"] for row in rows} == {"SIMULATED"}
    unseen = {row["card"]: float(row["delta_e_left_out"]) for row in rows}
    words = (calibrated / "words.txt").read_text()
    errors = re.search(r"off by ([\d.]+) on the average .* the worst by ([\d.]+): (\w+)\.", words)
    assert errors is not None
    assert float(errors[1]) == pytest.approx(sum(unseen.values()) / len(unseen), abs=0.06)
    assert float(errors[2]) == pytest.approx(max(unseen.values()), abs=0.06)
    assert unseen[errors[3]] == max(unseen.values())
    for line in words.splitlines():
        assert "SIMULATED" in line or line == "  ColourProfile.load('colours.json')"
    assert "\x1b" not in words
    assert not (calibrated / "colours-unfinished.json").exists()


def test_the_picture_shows_each_card_true_and_measured(calibrated: Path) -> None:
    rows = list(csv.DictReader((calibrated / "out.csv").read_text().splitlines()))
    root = ElementTree.parse(calibrated / "colours.svg").getroot()
    words = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert "SIMULATED" in words[0]
    cards = [group for group in root.iter(f"{SVG}g") if group.get("role") == "img"]
    assert len(cards) == len(rows)
    for card, row in zip(cards, rows, strict=True):
        assert [patch.get("fill") for patch in card.findall(f"{SVG}rect")[:2]] == [
            row["true"],
            row["measured"],
        ]
        label = card.get("aria-label") or ""
        assert label.startswith(f"{row['card']}: true {row['true']}, measured {row['measured']}")
        differences = [float(number) for number in re.findall(r"(?:ΔE|unseen) ([\d.]+)", label)]
        errors = [float(row["delta_e"]), float(row["delta_e_left_out"])]
        assert differences == pytest.approx(errors, abs=0.06)
    assert sum("worst" in (card.get("aria-label") or "") for card in cards) == 1


def test_a_picture_stays_well_formed_whatever_a_card_is_called() -> None:
    name = "a <b> & 'c' \" \x00\x07\ud800 ]]> of a very long name"
    drawn = picture([Patch(name, "#ff0000", "#ee0000", 1.0, None)], "<&>", "TCS3200")
    root = ElementTree.fromstring(drawn)
    assert "<b> & 'c'" in (root.find(f".//{SVG}g/{SVG}title").text or "")  # type: ignore[union-attr]


def test_a_simulated_row_never_replaces_a_real_profile_nor_what_is_none(tmp_path: Path) -> None:
    real_profile(tmp_path / "real.json")
    (tmp_path / "notes.txt").write_text("not to be lost")
    (tmp_path / "drawing.svg").write_text("<svg>not to be lost</svg>")
    (tmp_path / "link.svg").symlink_to("c.json")
    for arguments, words in (
        (["--output", "real.json"], "profile of a real sensor"),
        (["--output", "notes.txt"], "no profile that can be read"),
        (["--picture", "drawing.svg"], "another picture"),
        (["--output", "c.json", "--picture", str(tmp_path / "c.json")], "would replace"),
        (["--output", "c.json", "--picture", "link.svg"], "would replace"),
    ):
        before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.exists()}
        result = run(tmp_path, "--simulate", *arguments)
        assert result.returncode == 1
        assert words in result.stderr
        assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.exists()} == before


# White again, and a refit


def test_white_again_changes_white_alone(bench: Path, quick: tuple[str, str]) -> None:
    before = ColourProfile.load(bench / "colours.json")
    result = run(bench, "--white", "--simulate", *quick)
    assert result.returncode == 0, result.stderr
    after = ColourProfile.load(bench / "colours.json")
    assert after.references.dark == before.references.dark
    assert after.references.white == pytest.approx(before.references.white, rel=1e-3)
    assert after.correction == before.correction
    assert (after.cards, after.simulated) == (before.cards, True)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["channel"] for row in rows] == ["red", "green", "blue", "clear"]
    assert "than before" in result.stderr


def test_white_again_is_refused_for_another_sensor_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "colours.json"
    real_profile(path)
    before = path.read_bytes()
    result = run(tmp_path, "--white", "--simulate")
    assert result.returncode == 1
    assert "real sensor" in result.stderr
    assert path.read_bytes() == before


def test_a_refit_keeps_what_a_person_noted(bench: Path) -> None:
    path = bench / "colours.json"
    replace(ColourProfile.load(path), note="LED 5 mA, 12 mm").save(path)
    assert run(bench, "--refit").returncode == 0
    assert ColourProfile.load(path).note == "LED 5 mA, 12 mm"


def test_a_refit_of_cards_exchanged_names_them(bench: Path) -> None:
    path = bench / "colours.json"
    old = ColourProfile.load(path)
    assert old.cards is not None
    cards = [surface.xyz for surface in surfaces().values()]
    of_card = dict(zip(old.cards.xyz, old.cards.raw, strict=True))
    shown = list(surfaces())
    one, other = shown.index("orange"), shown.index("purple")
    shown[one], shown[other] = shown[other], shown[one]
    raw = [of_card[surfaces()[name].xyz] for name in shown]
    ColourProfile.fit(old.references, raw, cards, simulated=True).save(path)
    result = run(bench, "--refit")
    assert result.returncode == 0, result.stderr
    worst = result.stderr.split("the worst by")[1].partition(": ")[2]
    assert worst.startswith(("orange", "purple"))


def test_a_refit_needs_no_sensor_and_gives_what_it_gave(bench: Path, calibrated: Path) -> None:
    (bench / "colours.svg").unlink()
    real = bench / "real.toml"  # a board that is not there
    real.write_text("[board]\nsimulated = false\n")
    before = ColourProfile.load(bench / "colours.json")
    result = run(bench, "--refit", "--config", str(real))
    assert result.returncode == 0, result.stderr
    assert result.stdout == (calibrated / "out.csv").read_text()
    assert ColourProfile.load(bench / "colours.json") == before
    assert (bench / "colours.svg").exists()


def test_there_is_nothing_to_refit_without_cards_and_nothing_without_a_file(tmp_path: Path) -> None:
    for task in ("--refit", "--white"):
        missing = run(tmp_path, task, "--simulate")
        assert (missing.returncode, missing.stdout) == (1, "")
        assert "colours.json is not there" in missing.stderr
    real_profile(tmp_path / "colours.json")
    assert "no cards" in run(tmp_path, "--refit").stderr
    (tmp_path / "colours.json").write_text("")
    empty = run(tmp_path, "--refit")
    assert empty.returncode == 1
    assert "Traceback" not in empty.stderr


# A person shows the cards


def references(terminal: Any) -> None:
    terminal.expect("Enter when it is so")
    terminal.type()
    terminal.expect("Enter when it lies there")
    terminal.type()


def test_ctrl_c_keeps_what_was_read_and_the_next_run_goes_on(
    at_a_terminal: Start, tmp_path: Path
) -> None:
    real_profile(tmp_path / "colours-before.json")  # an older one, which is not touched
    first = at_a_terminal("calibrate_colours.py", "--simulate", "--ask")
    references(first)
    for answer in ("", "s", ""):  # black, no white card, grey
        first.expect("(s, q): ")
        first.type(answer)
    first.expect("Card 4 of 11, red")
    first.ctrl_c()
    assert first.end() == (130, "")
    assert "What was read is kept in colours-unfinished.json" in first.shown
    assert "Traceback" not in first.shown
    assert not (tmp_path / "colours.json").exists()
    kept = ColourProfile.load(tmp_path / "colours-unfinished.json")
    assert kept.cards is not None
    assert len(kept.cards) == 2

    second = at_a_terminal("calibrate_colours.py", "--simulate", "--ask")
    assert "2 cards" in second.expect("Enter continues")
    second.type()
    second.expect("Card 2 of 11, white")
    second.type("s")
    second.expect("Card 4 of 11, red")  # grey was shown before
    second.expect("(s, q): ")
    second.type()
    second.expect("Card 5 of 11")
    second.type("q")
    code, out = second.end()
    assert code == 0
    assert [row["card"] for row in csv.DictReader(io.StringIO(out))] == ["black", "grey", "red"]
    assert not (tmp_path / "colours-unfinished.json").exists()
    done = ColourProfile.load(tmp_path / "colours.json")
    assert done.simulated
    assert done.cards is not None
    assert done.cards.raw[:2] == kept.cards.raw


def test_a_person_at_a_terminal_sees_a_swatch_while_the_card_is_laid(at_a_terminal: Start) -> None:
    terminal = at_a_terminal("calibrate_colours.py", "--simulate", "--ask")
    references(terminal)
    for _ in range(3):
        terminal.expect("(s, q): ")
        terminal.type("s")
    terminal.expect("Card 4 of 11, red")
    live = terminal.expect("red, sure to")  # nothing was typed
    assert re.search(r"\x1b\[48;2;\d+;\d+;\d+m +\x1b\[0m #[0-9a-f]{6} [a-z ]+red", live)
    assert "now SIMULATED" in live
    terminal.type("what?")
    terminal.expect("Enter when it lies there, or s or q.")
    terminal.type("q")
    assert terminal.end() == (0, "")
    assert "No cards: the shipped correction" in terminal.shown


def test_a_card_that_was_not_changed_is_asked_for_again(
    at_a_terminal: Start, tmp_path: Path
) -> None:
    terminal = at_a_terminal("calibrate_colours.py", "--simulate", "--ask")
    references(terminal)
    terminal.expect("Card 1 of 11")
    os.kill(terminal.process.pid, signal.SIGINT)
    assert terminal.end()[0] == 130
    path = tmp_path / "colours-unfinished.json"
    profile = ColourProfile.load(path)
    # The last card in the file is another red one, which is still there.
    red = [[hz + 2 for hz in Scene("red").light]]
    xyz = [[1.01 * share for share in surfaces()["red"].xyz]]
    ColourProfile.fit(profile.references, red, xyz, simulated=True).save(path)
    again = at_a_terminal("calibrate_colours.py", "--simulate", "--ask")
    again.expect("Enter continues")
    again.type()
    for _ in range(3):
        again.expect("(s, q): ")
        again.type("s")
    again.expect("Card 4 of 11, red")
    again.type()
    assert "was the card changed?" in again.expect("(k keeps it, Enter reads again)")
    again.expect("Card 4 of 11, red")
    again.type("k")
    again.expect("Card 5 of 11")
    again.type("q")
    code, out = again.end()
    assert code == 0
    assert [row["card"] for row in csv.DictReader(io.StringIO(out))] == ["card 1", "red"]


def test_answers_through_a_pipe_are_plain_words(tmp_path: Path, quick: tuple[str, str]) -> None:
    result = run(tmp_path, "--simulate", "--ask", *quick, text="\n\n\n\nq\n")
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stderr
    assert re.search(r"SIMULATED black: #[0-9a-f]{6} black", result.stderr)
    assert len(result.stdout.splitlines()) == 3


@pytest.mark.parametrize(("text", "returncode"), [("", 1), ("\n", 1), ("q\n", 1), ("\n\n", 0)])
def test_dark_and_white_are_the_least(
    tmp_path: Path, quick: tuple[str, str], text: str, returncode: int
) -> None:
    result = run(tmp_path, "--simulate", "--ask", *quick, text=text)
    assert result.returncode == returncode
    assert result.stdout == ""
    assert (tmp_path / "colours.json").exists() == (returncode == 0)
    assert ("dark and white are needed" in result.stderr) == (returncode == 1)


def test_without_a_library_for_the_wires_no_question_is_asked(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("[board]\nsimulated = false\n[colour]\nout = 999\n")
    result = run(tmp_path, "--config", "real.toml")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_reader_that_has_seen_enough_leaves_the_profile_whole(bench: Path) -> None:
    command = f"'{sys.executable}' '{SCRIPT}' --refit | head -1; echo ${{PIPESTATUS[0]}}"
    shell = subprocess.run(
        ["bash", "-c", command], cwd=bench, capture_output=True, text=True, timeout=60
    )
    assert shell.stdout.splitlines()[-1] == "0"
    assert "Traceback" not in shell.stderr
    assert json.loads((bench / "colours.json").read_text())


# Swatches


class Stream(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_blocks_of_colour_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert has_colours(Stream())
    assert not has_colours(io.StringIO())
    assert not has_colours(None)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colours(Stream())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colours(Stream())


def test_a_swatch_is_its_colour_and_its_code() -> None:
    assert swatch([1.0, 0.5, 0.0], colours=True) == "\x1b[48;2;255;128;0m      \x1b[0m #ff8000"
    assert swatch([1.0, 0.5, 0.0], colours=False) == "#ff8000"


def test_a_live_line_fits_its_terminal_and_ends_its_colour() -> None:
    line = fitted(f"{swatch([1, 0, 0], colours=True)} a name that is far too long", 20)
    assert re.sub(r"\x1b\[[0-9;]*m", "", line) == "       #ff0000 a na"
    assert line.count("\x1b[0m") == 1
