"""The barometer against a trusted number, as a person does it: before, during and after."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.barometer_samples import Clock, measure, recorded

from calibration import CalibrationError
from calibration.pressure.offset import PressureOffset, ReferenceKind
from sensors import BusError
from web.history.reader import check_age
from web.history.writer import History
from web.weather import Sample

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "calibrate_barometer.py"


@pytest.fixture
def boat(tmp_path: Path) -> Path:
    """The settings of a boat whose real sensor, on a bus that is not there, nobody asks."""
    config = tmp_path / "boat.toml"
    config.write_text(
        "[board]\nsimulated = false\n[barometer]\nbus = 77\n[station]\naltitude_m = 2.0\n"
        f"[history]\npath = '{tmp_path / 'history.sqlite'}'\n"
    )
    return config


@pytest.fixture
def offset(tmp_path: Path) -> Path:
    return tmp_path / "barometer-offset.json"


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env={**os.environ, "XDG_DATA_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def record(path: Path, until: float, hpa: Callable[[int], float], minutes: int = 30) -> None:
    """A sample a minute up to a moment; n minutes before it the pressure is hpa(n)."""
    with History(path) as history:
        for n in range(minutes, -1, -1):
            history.add(Sample(until - 60.0 * n, hpa(n), 20.0), None)


def quiet(n: int) -> float:
    """1012.00 hPa over the last ten minutes, and something else before."""
    return 1012.0 + (0.03 if n % 2 else -0.03) if n <= 10 else 1000.0


class Bench:
    """A clock that passes while somebody waits, and a sensor that takes its time."""

    def __init__(self, failing: Callable[[int], bool] = lambda n: False) -> None:
        self.now, self.readings = 1e9, 0
        self.clock = Clock(lambda: self.now, self._sleep)
        self._failing = failing

    def read(self) -> float:
        self.now += 0.008
        self.readings += 1
        if self._failing(self.readings):
            raise BusError("nobody answered")
        return 1012.0

    def _sleep(self, seconds: float) -> None:
        self.now += seconds


def test_ten_minutes_are_a_sample_a_second_and_told_by_the_minute(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bench = Bench()
    samples = measure(bench.read, bench.clock, 600.0)
    assert len(samples) == pytest.approx(601, abs=1)
    assert samples[-1][0] - samples[0][0] == pytest.approx(600, abs=1)
    assert samples[-1][0] - samples[0][0] >= 600
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 10
    assert "5 min: 1012.00 hPa" in output.err


def test_a_reading_that_fails_now_and_then_is_told_and_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bench = Bench(lambda n: n % 100 < 4)
    samples = measure(bench.read, bench.clock, 600.0)
    assert bench.readings - len(samples) == pytest.approx(24, abs=4)
    assert "a reading is left out: nobody answered" in capsys.readouterr().err


def test_a_sensor_that_is_gone_ends_it_in_seconds() -> None:
    bench = Bench(lambda n: n > 50)
    with pytest.raises(BusError, match="nobody answered"):
        measure(bench.read, bench.clock, 600.0)
    assert bench.readings == 55


def test_the_last_ten_minutes_of_a_history_begin_with_a_sample(tmp_path: Path) -> None:
    record(tmp_path / "history.sqlite", 1e9, quiet)
    samples = recorded(tmp_path / "history.sqlite", 600.0)
    assert [taken_at for taken_at, _ in samples] == [1e9 - 60.0 * n for n in range(10, -1, -1)]
    assert min(hpa for _, hpa in samples) == 1011.97


def test_recorded_samples_are_of_this_hour() -> None:
    check_age([(1000.0, 1012.0)], 1000.0 + 14 * 60)
    with pytest.raises(CalibrationError, match="is the dashboard running"):
        check_age([(1000.0, 1012.0)], 1000.0 + 16 * 60)
    with pytest.raises(CalibrationError, match="set the clock"):
        check_age([(1e9, 1012.0)], 0.0)


def test_recorded_it_takes_no_time_and_stores_who_when_and_what(
    boat: Path, offset: Path, tmp_path: Path
) -> None:
    now = time.time()
    record(tmp_path / "history.sqlite", now, quiet)
    before = (tmp_path / "history.sqlite").read_bytes()
    call = ("1011.44", "--kind", "qnh", "--who", "Horta harbour office", "--config", str(boat))
    result = run(*call, "--recorded", home=tmp_path)
    assert result.returncode == 0, result.stderr
    rows = {row["quantity"]: row["value"] for row in csv.DictReader(io.StringIO(result.stdout))}
    assert "measured,samples,11\n" in result.stdout
    assert rows["samples"] == "11"
    assert float(rows["measured_hpa"]) == pytest.approx(1012.0, abs=0.01)
    # 1011.44 at the sea is 0.24 less at 2 m.
    assert float(rows["reference_at_the_sensor_hpa"]) == pytest.approx(1011.20, abs=0.01)
    assert float(rows["offset_hpa"]) == pytest.approx(-0.8, abs=0.01)
    assert "−0.8 hPa against Horta harbour office" in result.stderr
    assert str(offset) in result.stderr
    assert "stays as measured" in result.stderr
    stored = PressureOffset.load(offset)
    assert stored.offset_hpa == pytest.approx(-0.8, abs=0.01)
    assert (stored.who, stored.kind) == ("Horta harbour office", ReferenceKind.QNH)
    assert stored.height_m == 2.0
    assert abs(stored.taken_at.timestamp() - now) <= 1
    assert (tmp_path / "history.sqlite").read_bytes() == before


def test_a_recorded_barometer_that_is_suspect_stores_nothing(
    boat: Path, offset: Path, tmp_path: Path
) -> None:
    now = time.time()
    record(tmp_path / "history.sqlite", now - 30.0, lambda n: 1012.0)
    with History(tmp_path / "history.sqlite") as history:
        history.add(Sample(now, 1012.0), None, "the last 30 readings are the same to the last bit")
    call = ("1012.8", "--kind", "station", "--who", "me", "--config", str(boat), "--recorded")
    result = run(*call, home=tmp_path)
    assert result.returncode == 1
    assert "not to be relied on: the last 30 readings are the same" in result.stderr
    assert not offset.exists()


def test_while_the_dashboard_reads_the_sensor_it_says_to_take_what_is_recorded(
    boat: Path, tmp_path: Path
) -> None:
    call = ("1012.8", "--kind", "station", "--who", "me", "--config", str(boat))
    with History(tmp_path / "history.sqlite"):
        result = run(*call, home=tmp_path)
    assert result.returncode == 1
    assert "the dashboard is reading this sensor: give --recorded" in result.stderr


def test_a_damaged_offset_is_replaced_and_said(boat: Path, offset: Path, tmp_path: Path) -> None:
    record(tmp_path / "history.sqlite", time.time(), quiet)
    offset.write_text("{")
    call = ("1012.8", "--kind", "station", "--who", "me", "--config", str(boat), "--recorded")
    result = run(*call, home=tmp_path)
    assert result.returncode == 0
    assert "replaces a file that cannot be used" in result.stderr
    assert PressureOffset.load(offset).offset_hpa == pytest.approx(0.8, abs=0.01)


def test_moving_weather_stores_nothing(boat: Path, offset: Path, tmp_path: Path) -> None:
    record(tmp_path / "history.sqlite", time.time(), lambda n: 1012.0 + n * 4.0 / 180)
    call = ("1011.4", "--kind", "qnh", "--who", "Horta", "--config", str(boat), "--recorded")
    result = run(*call, home=tmp_path)
    assert result.returncode == 1
    assert "the pressure moves by -4.0 hPa in 3 h" in result.stderr
    assert not offset.exists()


def test_a_simulated_board_says_so_and_keeps_to_its_own_file(tmp_path: Path) -> None:
    """The storm's steadiest hour is the afternoon of the day before: 975.88 and 975.86 hPa."""
    call = ("976.7", "--kind", "station", "--height", "0", "--who", "me", "--simulate")
    result = run(*call, home=tmp_path)
    assert result.returncode == 0, result.stderr
    header, *rows = result.stdout.splitlines()
    assert header == "source,quantity,value"
    assert all("SIMULATED" in line for line in rows + result.stderr.splitlines())
    (path,) = (tmp_path / "storm-petrel").iterdir()
    assert path.name.startswith("barometer-offset-simulated-")
    stored = json.loads(path.read_text())
    assert stored["offset_hpa"] == pytest.approx(0.83, abs=0.04)
    assert stored["taken_at"].startswith("2014-02-11T14:")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["101340", "--kind", "qnh"], "these are pascals"),
        (["29.92", "--kind", "qnh"], "these are inches of mercury"),
        (["1013,4", "--kind", "qnh"], "write it as 1013.4"),
        (["nan", "--kind", "qnh"], "write it as 1013.4"),
        (["1013", "--kind", "qfe"], "invalid choice"),
        (["1013", "--kind", "qff"], "give it too"),
        (["1013", "--kind", "qnh", "--outdoor", "15"], "is for a QFF"),
        (["1013", "--kind", "qnh", "--minutes", "9"], "--minutes 9: choose 10"),
        (["1013", "--kind", "qnh", "--minutes", "inf"], "not a number"),
        (["1013", "--kind", "qnh", "--height", "20000"], "metres above the sea"),
        (["1013", "--kind", "qnh", "--who", " "], "name of the reference"),
        (["1013", "--kind", "qnh", "--config", "gone.toml"], "gone.toml: No such file"),
        (["1013", "--kind", "qnh", "--recorded"], "nothing is recorded yet"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_sensor_is_asked(
    boat: Path, offset: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    given = ["--who", "me", "--config", str(boat), *arguments]
    result = run(*given, home=tmp_path)
    assert result.returncode in (1, 2)
    assert words in result.stderr
    assert "/dev/i2c" not in result.stderr
    assert "Traceback" not in result.stderr
    assert not offset.exists()


def test_a_mistaken_kind_is_seen_at_the_first_reading(tmp_path: Path) -> None:
    """988.0 is what 976 hPa are at the sea, seen from 100 m."""
    call = ("988", "--kind", "station", "--height", "100", "--who", "me", "--simulate")
    result = run(*call, home=tmp_path)
    assert result.returncode == 1
    assert "it is a pressure at sea level, as it seems: give it as QNH" in result.stderr
    assert "reading for" not in result.stderr


def test_without_a_height_it_asks_for_one(tmp_path: Path) -> None:
    result = run("1013", "--kind", "qnh", "--who", "me", "--simulate", home=tmp_path)
    assert result.returncode == 1
    assert "--height is needed" in result.stderr


def test_a_file_that_cannot_be_written_is_seen_before(boat: Path, tmp_path: Path) -> None:
    (tmp_path / "barometer-offset.json").mkdir()
    call = ("1013", "--kind", "qnh", "--who", "me", "--config", str(boat))
    result = run(*call, home=tmp_path)
    assert result.returncode == 1
    assert "no file can be written there" in result.stderr


def test_a_bus_that_is_not_there_is_one_sentence(boat: Path, tmp_path: Path) -> None:
    call = ("1013", "--kind", "qnh", "--who", "me", "--config", str(boat))
    result = run(*call, home=tmp_path)
    assert result.returncode == 1
    assert "there is no /dev/i2c-77" in result.stderr


def test_help_teaches(tmp_path: Path) -> None:
    result = run("--help", home=tmp_path)
    assert result.returncode == 0
    for words in ("scripts/calibrate_barometer.py 1013.4 --kind qnh", "--recorded", "METAR"):
        assert words in result.stdout
