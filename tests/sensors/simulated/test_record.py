"""Pressure records: what is read, and how each fault is named by line and column."""

from pathlib import Path

import pytest

from sensors import RecordError
from sensors.simulated.record import PressureRecord

GOOD = "time_utc,pressure_hpa,wind_ms\n2014-02-12T16:00:00Z,949.67,11.9\n"


def read(tmp_path: Path, text: str | bytes) -> PressureRecord:
    path = tmp_path / "record.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return PressureRecord.read(path)


def test_times_are_utc_and_other_columns_are_ignored(tmp_path: Path) -> None:
    record = read(tmp_path, GOOD)
    assert record.rows == ((1392220800.0, 949.67),)
    assert record.title == "record.csv"


@pytest.mark.parametrize(
    "line", ["2014-02-12T16:00:00", "2014-02-12 16:00:00+00:00", "2014-02-12T18:00:00+02:00"]
)
def test_the_same_moment_in_other_spellings(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, f"time_utc,pressure_hpa\n{line},949.67\n").start == 1392220800.0


def test_spreadsheets_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbfpressure_hpa,time_utc\r\n949.67,2014-02-12T16:00:00Z\r\n"
    assert read(tmp_path, text).start == 1392220800.0


def test_an_empty_pressure_is_a_gap(tmp_path: Path) -> None:
    record = read(tmp_path, GOOD + "2014-02-12T17:00:00Z,,5\n2014-02-12T18:00:00Z,950.16,9\n")
    assert [row.pressure_hpa for row in record.rows] == [949.67, 950.16]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1.*time_utc.*pressure_hpa"),
        ("time_utc,pressure\n", "line 1: no column pressure_hpa"),
        ("time_utc;pressure_hpa\n2014-02-12T16:00:00Z;949\n", "with commas"),
        ("time_utc,pressure_hpa\n", "no row"),
        (GOOD + "2014-02-12T17:00:00Z,94x.9,1\n", "line 3, column pressure_hpa: '94x.9'"),
        (GOOD + "2014-02-12T17:00:00Z,nan,1\n", "line 3, column pressure_hpa"),
        (GOOD + "2014-02-12T17:00:00Z,94883,1\n", "line 3, column pressure_hpa.*pascals"),
        (GOOD + "2014-02-12T17:00:00Z,28.02,1\n", "line 3, column pressure_hpa.*mercury"),
        (GOOD + "yesterday,948.8,1\n", "line 3, column time_utc: 'yesterday'"),
        (GOOD + "2014-02-12T15:00:00Z,948.8,1\n", "line 3, column time_utc.*sort"),
        (GOOD + "2014-02-12T16:00:00Z,948.8,1\n", "line 3, column time_utc.*repeated"),
        (GOOD + "\n\n2014-02-12T17:00:00Z\n", "line 5 ends before"),
        (GOOD + '"2014-02-12T17:00:00Z,948.8\n', "not a CSV file"),
        (b"\xff\xfe\x00\x01", "not a text file"),
        (GOOD + "2014-02-12T17:00:00Z,948,83,5\n", "line 3 has more fields.*decimal comma"),
        (GOOD + "2014-02-12T16:00:00.0001Z,948.8,1\n", "line 3, column time_utc"),
        ("time_utc,pressure_hpa\n0001-01-01T00:00:00+05:00,1000\n", "line 2, column time_utc"),
        ("time_utc,pressure_hpa\n9999-12-31T23:00:00-05:00,1000\n", "line 2, column time_utc"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(RecordError, match=words):
        read(tmp_path, text)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="No such file"):
        PressureRecord.read(tmp_path / "nothing.csv")
    with pytest.raises(RecordError, match="directory"):
        PressureRecord.read(tmp_path)
