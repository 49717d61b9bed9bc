"""The file of an offset: nothing is lost, and nothing broken is believed."""

import json
import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import CalibrationError
from calibration.pressure.offset import PressureOffset, ReferenceKind

HORTA = PressureOffset(
    -0.83,
    datetime(2026, 10, 3, 9, 10, tzinfo=UTC),
    "Horta harbour office",
    ReferenceKind.QNH,
    2.0,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "offset.json"
    HORTA.save(path)
    return path


def changed(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


@settings(deadline=None)
@given(
    st.floats(-10, 10),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ReferenceKind),
    st.floats(-500, 9000),
)
def test_a_loaded_offset_is_the_saved_one(
    tmp_path_factory: pytest.TempPathFactory,
    hpa: float,
    taken_at: datetime,
    kind: ReferenceKind,
    height_m: float,
) -> None:
    path = tmp_path_factory.mktemp("offset") / "offset.json"
    saved = PressureOffset(hpa, taken_at, "Ponta Delgada, “the old one”", kind, height_m)
    saved.save(path)
    assert PressureOffset.load(path) == saved


def test_the_file_is_plain_to_read(file: Path) -> None:
    assert json.loads(file.read_text()) == {
        "format": "storm-petrel barometer offset",
        "version": 1,
        "offset_hpa": -0.83,
        "taken_at": "2026-10-03T09:10:00Z",
        "who": "Horta harbour office",
        "kind": "qnh",
        "height_m": 2.0,
        "sensor": "",
    }


def test_its_words() -> None:
    assert HORTA.words() == "−0.8 hPa against Horta harbour office (3 Oct 2026)"
    assert replace(HORTA, offset_hpa=1.25).words().startswith("+1.2 hPa")
    assert replace(HORTA, offset_hpa=-0.04).words().startswith("+0.0 hPa")


def test_another_zone_is_kept_in_utc(tmp_path: Path) -> None:
    zone = timezone(timedelta(hours=-3))
    local = replace(HORTA, taken_at=datetime(2026, 10, 3, 23, 30, tzinfo=zone))
    assert local.taken_at == datetime(2026, 10, 4, 2, 30, tzinfo=UTC)
    assert "4 Oct" in local.words()


@pytest.mark.parametrize(
    ("days", "is_due"), [(0, False), (364, False), (365, False), (366, True), (-300, False)]
)
def test_the_reminder_comes_after_twelve_months(days: int, is_due: bool) -> None:
    """And never by a clock that is behind the offset's own date."""
    assert HORTA.is_due(HORTA.taken_at + timedelta(days=days)) is is_due


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("offset_hpa", 10.5, "no sensor worth correcting"),
        ("offset_hpa", float("nan"), "no sensor worth correcting"),
        ("taken_at", datetime(2026, 10, 3), "does not say that it is UTC"),
        ("taken_at", datetime(1, 1, 1, tzinfo=UTC), "no barometers yet"),
        ("who", " ", "name of the reference"),
        ("who", "two\nlines", "name of the reference"),
        ("who", "x" * 81, "name of the reference"),
        ("height_m", float("inf"), "metres above the sea"),
    ],
)
def test_fields_that_cannot_be(field: str, value: Any, words: str) -> None:
    with pytest.raises(CalibrationError, match=words):
        replace(HORTA, **{field: value})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": "storm-petrel colour profile"}, "not a storm-petrel barometer offset"),
        ({"version": 2}, "of version 2"),
        ({"version": 0}, "never released"),
        ({"version": True}, "never released"),
        ({"version": "1"}, "never released"),
        ({"offset_hpa": "-0.8"}, "offset_hpa"),
        ({"offset_hpa": None}, "offset_hpa"),
        ({"offset_hpa": True}, "offset_hpa"),
        ({"offset_hpa": -80.0}, "no sensor worth correcting"),
        ({"offset_hpa": 10**400}, "offset_hpa"),
        ({"taken_at": 1759482600}, "taken_at"),
        ({"taken_at": "yesterday"}, "taken_at"),
        ({"taken_at": "2026-10-03T09:10:00"}, "does not say that it is UTC"),
        ({"taken_at": "9999-12-31T23:59:59-23:00"}, "taken_at"),
        ({"who": ""}, "name of the reference"),
        ({"who": None}, "who"),
        ({"kind": "qfe"}, "qfe"),
        ({"kind": ["qnh"]}, "kind"),
        ({"height_m": []}, "height_m"),
        ({"height_m": 12000}, "metres above the sea"),
        ({"offset_pa": -80}, "offset_pa"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(file: Path, fields: dict[str, Any], words: str) -> None:
    changed(file, **fields)
    with pytest.raises(CalibrationError, match=words) as raised:
        PressureOffset.load(file)
    assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    "missing", ["format", "version", "offset_hpa", "taken_at", "who", "kind", "height_m"]
)
def test_every_field_is_wanted(file: Path, missing: str) -> None:
    document = json.loads(file.read_text())
    del document[missing]
    file.write_text(json.dumps(document))
    with pytest.raises(CalibrationError, match="cannot be used"):
        PressureOffset.load(file)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none(file: Path, number: str) -> None:
    file.write_text(file.read_text().replace("-0.83", number))
    with pytest.raises(CalibrationError, match="not a finite number"):
        PressureOffset.load(file)


@pytest.mark.long("cuts a file at each byte")
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_cut_short_or_rotten_is_never_believed_wrongly(data: st.DataObject) -> None:
    """Every cut is refused; a byte changed is refused, or was in a text or a digit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "offset.json"
        HORTA.save(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 3))])
        with pytest.raises(CalibrationError):
            PressureOffset.load(path)
        rotten = bytearray(whole)
        rotten[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(rotten)
        try:
            assert abs(PressureOffset.load(path).offset_hpa) <= 10
        except CalibrationError as error:
            assert str(path) in str(error)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"7", b"\xff\xfe", b"[" * 100_000])
def test_other_files(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(CalibrationError, match=r"cannot be used|is not JSON"):
        PressureOffset.load(file)


def test_a_file_that_is_not_there_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"scripts/calibrate_barometer\.py"):
        PressureOffset.load(tmp_path / "none.json")


def test_what_cannot_be_written_leaves_nothing_behind(file: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "where.json", tmp_path):
        with pytest.raises(CalibrationError, match="choose a file name"):
            HORTA.save(path)
    assert list(tmp_path.iterdir()) == [file]


def test_a_pipe_is_no_file_and_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CalibrationError, match="it is no file"):
        PressureOffset.load(pipe)
