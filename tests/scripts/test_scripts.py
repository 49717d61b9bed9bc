"""The bench scripts as a person runs them: pipes, ctrl-C, words on stderr and CSV on stdout."""

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sensors.backends.platform import pi_model
from sensors.board import open_board

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
PATIENCE_S = 60.0


def run(*arguments: str, cwd: Path = ROOT, text: str = "") -> subprocess.CompletedProcess[str]:
    script, *rest = arguments
    return subprocess.run(
        [sys.executable, str(SCRIPTS / script), *rest],
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@pytest.mark.parametrize(
    "script",
    ["raw_rgb.py", "calibrate_colours.py", "teach_colours.py", "doctor.py", "replay_storm.py"],
)
def test_help_teaches(script: str) -> None:
    result = run(script, "--help")
    assert result.returncode == 0
    assert f"scripts/{script}" in result.stdout
    assert "--simulate" in result.stdout


def test_raw_rgb_is_csv_on_stdout_and_words_on_stderr() -> None:
    result = run("raw_rgb.py", "--simulate", "--patch", "orange", "--count", "2")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 2
    for row in rows:
        assert row["source"] == "SIMULATED"
        assert float(row["red_hz"]) > 2 * float(row["blue_hz"])
        assert 0 < float(row["clear_uncertainty_hz"]) < 0.01 * float(row["clear_hz"])
        assert int(row["clear_edges"]) > 200
        assert int(row["clear_lost"]) >= 0  # the simulated kernel merges an edge now and then
        assert (row["gate_time_s"], row["scaling"]) == ("0.05", "20%")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["time_utc"])
    assert "SIMULATED: OUT on GPIO25" in result.stderr


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"'{sys.executable}' scripts/raw_rgb.py --simulate --patch orange | head -3"
    shell = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    *lines, status = shell.stdout.splitlines()
    assert (len(lines), status) == (3, "0")
    assert "Error" not in shell.stderr
    assert "Traceback" not in shell.stderr


def start_raw_rgb() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPTS / "raw_rgb.py"), "--simulate"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.21, 0.43, 0.9])
def test_ctrl_c_at_any_moment_leaves_no_traceback_and_no_half_line(delay_s: float) -> None:
    script = start_raw_rgb()
    assert script.stderr is not None
    assert script.stderr.readline().startswith("SIMULATED")
    time.sleep(delay_s)  # the moment is what is tested
    script.send_signal(signal.SIGINT)
    out, err = script.communicate(timeout=PATIENCE_S)
    assert err == ""
    assert script.returncode == 130
    assert out == "" or out.endswith("\n")
    assert len({line.count(",") for line in out.splitlines()}) <= 1


def test_ctrl_c_while_it_starts_leaves_no_half_line() -> None:
    """Python's own start is not ours to tidy up; what is written is."""
    for delay_s in (0.02, 0.1, 0.2):
        script = start_raw_rgb()
        time.sleep(delay_s)
        script.send_signal(signal.SIGINT)
        out, _ = script.communicate(timeout=PATIENCE_S)
        assert script.returncode != 0
        assert out == "" or out.endswith("\n")


@pytest.mark.parametrize(
    "script",
    ["raw_rgb.py", "replay_storm.py", "calibrate_colours.py", "teach_colours.py", "doctor.py"],
)
def test_closed_streams_are_one_sentence_and_words_never_get_among_results(script: str) -> None:
    command = f"'{sys.executable}' scripts/{script} --simulate"
    closed = subprocess.run(
        ["bash", "-c", f"{command} >&-"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert closed.returncode == 1
    assert "standard output is closed" in closed.stderr
    if script == "raw_rgb.py":
        quiet = subprocess.run(
            ["bash", "-c", f"{command} --count 1 2>&-"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert quiet.stdout.startswith("time_utc,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["raw_rgb.py", "--simulate", "--patch", "turquoise"], "no surface is called 'turquoise'"),
        (["raw_rgb.py", "--simulate", "--s2", "25"], "both on GPIO25"),
        (["raw_rgb.py", "--simulate", "--gate", "0"], "gate_time_s"),
        (["raw_rgb.py", "--count", "-1"], "choose 0 (for ever) or more"),
        (["calibrate_colours.py", "--config", "gone.toml"], "gone.toml: No such file"),
        (["calibrate_colours.py", "--simulate", "--white-reflectance", "90"], "reflectance"),
        (["calibrate_colours.py", "--output", "/no/where/x.json"], "no file can be written there"),
        (["calibrate_colours.py", "--simulate", "--cards", "x.csv"], "eleven cards of its own"),
        (["replay_storm.py", "gone.csv"], "gone.csv: No such file"),
        (["replay_storm.py", ""], "the name of the record is empty"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(arguments: list[str], words: str) -> None:
    result = run(*arguments)
    assert result.returncode not in (0, 130)
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("", "line 1: .* should hold name,x,y,z"),
        ("name,x,y,z\n", "holds no cards"),
        ("name,x,y,z\nred,0.2,0.1,O.05\n", "line 2: x, y and z should be numbers"),
        ("name,x,y,z\nred,20,10,5\n", r"line 2: .* divided by 100"),
        ("name,x,y,z\nred,nan,0.1,0.05\n", "line 2"),
        ("name,x,y,z\nred,.2,.1,.05\nruby,.2,.1,.05\n", "line 3: ruby has the colour of red"),
    ],
)
def test_a_file_of_cards_is_refused_before_a_card_is_shown(
    tmp_path: Path, lines: str, words: str
) -> None:
    cards, config = tmp_path / "cards.csv", tmp_path / "real.toml"
    cards.write_text(lines)
    config.write_text("[board]\nsimulated = false\n")
    result = run("calibrate_colours.py", "--config", str(config), "--cards", str(cards))
    assert result.returncode == 1
    assert re.search(words, result.stderr)
    assert "show" not in result.stderr


def test_replay_names_the_line_of_a_bad_number(tmp_path: Path) -> None:
    record = tmp_path / "bad.csv"
    record.write_text("time_utc,pressure_hpa\n2014-02-12T16:00:00Z,94g.7\n")
    result = run("replay_storm.py", str(record))
    assert result.returncode == 1
    assert "line 2, column pressure_hpa: '94g.7' is not a number" in result.stderr


@pytest.mark.parametrize("through", [[], ["--simulate"]])
def test_replay_prints_when_the_level_changed_and_why(through: list[str]) -> None:
    result = run("replay_storm.py", *through)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    levels = {row["time_utc"]: row["level"] for row in rows}
    assert levels["2014-02-12T06:00:00Z"] == "watch"
    assert levels["2014-02-12T07:00:00Z"] == "warning"
    assert levels["2014-02-12T08:00:00Z"] == "storm"
    assert any("m/s (force 7) followed such signs" in row["reasons"] for row in rows)


def examples_of(guide: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / guide).read_text(), re.S)


def test_the_other_examples_of_the_robot_run_as_they_stand() -> None:
    _, belt, *others = examples_of("docs/robot.md")
    with open_board(simulated=True) as board:
        for example in others:
            exec(example, {"board": board})
    if not pi_model():
        seen = subprocess.run([sys.executable, "-c", belt], capture_output=True, text=True)
        assert seen.stdout.split() == ["red", "blue", "unknown", "green"], seen.stderr


@pytest.mark.skipif(bool(pi_model()), reason="on a Pi the robot has the real sensor")
def test_calibrate_then_the_robot_of_the_docs_as_it_stands(tmp_path: Path) -> None:
    calibrated = run("calibrate_colours.py", "--simulate", cwd=tmp_path)
    assert calibrated.returncode == 0, calibrated.stderr
    rows = list(csv.DictReader(io.StringIO(calibrated.stdout)))
    assert len(rows) == 11
    assert all(row["word"] == row["card"] for row in rows)
    assert "the worst by" in calibrated.stderr

    guide = examples_of("docs/robot.md")[0]
    assert guide in examples_of("README.md")
    robot = subprocess.run(
        [sys.executable, "-c", guide], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert robot.returncode == 0, robot.stderr
    bins = re.findall(r"drop into bin (\d)", robot.stdout)
    assert bins == ["1", "4", "2", "0", "3"]  # red, green, orange, blue (no bin), yellow
    assert "vivid orange" in robot.stdout


def test_without_an_environment_one_sentence_says_how_to_make_it(tmp_path: Path) -> None:
    """A fresh checkout, a bare Python: no traceback of a missing module."""
    shutil.copytree(SCRIPTS / "support", tmp_path / "scripts" / "support")
    shutil.copy(SCRIPTS / "raw_rgb.py", tmp_path / "scripts")
    bare = Path(sys.base_prefix) / "bin" / "python3"
    result = subprocess.run(
        [str(bare), "-S", str(tmp_path / "scripts" / "raw_rgb.py")],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert result.returncode == 1
    assert result.stderr.strip() == (
        "Storm Petrel is not set up yet: run scripts/dashboard --setup first."
    )
