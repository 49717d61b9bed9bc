"""The doctor on this machine, as a person runs it."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from sensors.backends.platform import pi_model
from web.history.writer import History

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
PATIENCE_S = 60.0
ON_A_LAPTOP = pytest.mark.skipif(bool(pi_model()), reason="on a Pi the board is real")


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPTS / "doctor.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, **settings},
    )


def test_help_teaches() -> None:
    result = run("--help")
    assert result.returncode == 0
    assert "scripts/doctor.py --simulate" in result.stdout
    assert "--without" in result.stdout


@ON_A_LAPTOP
def test_on_a_laptop_the_board_is_simulated_and_nothing_is_wrong(tmp_path: Path) -> None:
    result = run(STATE_DIRECTORY=str(tmp_path))
    assert result.returncode == 0, result.stdout
    lines = result.stdout.splitlines()
    assert "no Raspberry Pi" in lines[0]
    assert "SIMULATED" in lines[0]
    for title in ("kernel", "power", "battery", "gpio", "i2c"):
        assert any(row.split()[:3] == ["not", "checked", title] for row in lines), title
    for title in ("barometer", "wiring", "diagnosis", "colour"):
        (row,) = (row for row in lines if f"  {title} " in row)
        assert row.startswith("ok ")
        assert "SIMULATED: " in row
    assert "OUT on GPIO25, S2 on GPIO23, S3 on GPIO24; scaling taken as 20%" in result.stdout
    assert lines[-1].startswith("Verdict, board SIMULATED: nothing is wrong")
    assert "Traceback" not in result.stderr


@ON_A_LAPTOP
def test_a_real_board_that_is_not_there_is_told_check_by_check(tmp_path: Path) -> None:
    """Told to look for real wires on a machine without any: faults with cures, and all lines."""
    config = tmp_path / "real.toml"
    config.write_text("[board]\nsimulated = false\n[barometer]\nbus = 250\n")
    result = run("--config", str(config), STATE_DIRECTORY=str(tmp_path))
    assert result.returncode == 1
    assert "there is no /dev/i2c-250" in result.stdout
    assert "sudo raspi-config nonint do_i2c 0" in result.stdout
    assert "SIMULATED" not in result.stdout
    lines = result.stdout.splitlines()
    for title in ("kernel", "gpio", "i2c", "barometer", "wiring", "diagnosis", "colour"):
        assert any(f"  {title} " in row for row in lines), title
    for row, cure in pairwise(lines):
        if row.startswith("fault"):
            assert cure.startswith(" " * 24), f"no cure after {row}"
    assert "Traceback" not in result.stdout + result.stderr


@ON_A_LAPTOP
def test_a_barometer_that_the_dashboard_reads_is_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "real.toml"
    config.write_text("[board]\nsimulated = false\n[barometer]\nbus = 250\n")
    with History(tmp_path / "history.sqlite"):
        result = run("--config", str(config), "--without", "colour", STATE_DIRECTORY=str(tmp_path))
    assert "not checked  barometer  the dashboard is reading it: see its page" in result.stdout


@ON_A_LAPTOP
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "gone.toml"], "gone.toml: No such file"),
        (["--s2", "25"], "out and s2 are both on GPIO25"),
        (["--s0", "17"], "give s0 and s1 both"),
    ],
)
def test_settings_that_cannot_be_meant_are_one_fault_and_the_machine_is_still_looked_at(
    arguments: list[str], words: str
) -> None:
    result = run(*arguments)
    assert result.returncode == 1
    assert words in result.stdout
    assert result.stdout.count("\nfault ") == 1
    assert "  library " in result.stdout


@ON_A_LAPTOP
def test_a_record_that_cannot_be_played_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "played.toml"
    config.write_text("[simulated]\nrecord = '/no/where.csv'\n")
    result = run("--config", str(config))
    assert result.returncode == 1
    assert "/no/where.csv" in result.stdout
    assert "Verdict: 1 fault to cure" in result.stdout


@ON_A_LAPTOP
def test_a_sensor_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    result = run("--without", "colour", STATE_DIRECTORY=str(tmp_path))
    assert result.returncode == 0
    assert "no colour sensor" in result.stdout
    assert "OUT on" not in result.stdout
    assert "hPa" in result.stdout


@ON_A_LAPTOP
def test_the_command_line_has_the_last_word_on_the_wires_of_a_file(tmp_path: Path) -> None:
    config = tmp_path / "robot.toml"
    config.write_text("[colour]\nout = 5\ns2 = 6\n")
    given = ["--config", str(config), "--s2", "12", "--s0", "17", "--s1", "27"]
    result = run(*given, STATE_DIRECTORY=str(tmp_path))
    assert "OUT on GPIO5, S2 on GPIO12, S3 on GPIO24, S0 on GPIO17, S1 on GPIO27" in result.stdout
    assert "scaling chosen by itself" in result.stdout


def test_air_that_stands_still_and_a_twin_without_noise_are_nothing_to_warn_of(
    tmp_path: Path,
) -> None:
    config = tmp_path / "still.toml"
    config.write_text("[simulated]\nnoise = false\nspeed = 0\n")
    result = run("--simulate", "--config", str(config), STATE_DIRECTORY=str(tmp_path))
    marks = [row.split()[0] for row in result.stdout.splitlines() if "  SIMULATED: " in row]
    assert marks == ["ok"] * 4  # barometer, wiring, diagnosis, colour


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"'{sys.executable}' scripts/doctor.py --simulate --without colour | head -1"
    shell = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert shell.stdout.splitlines()[-1] == "0"
    assert "Error" not in shell.stderr
