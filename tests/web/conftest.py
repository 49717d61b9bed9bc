"""A history with a storm in it, and the pages over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import sensors
from sensors.simulated.record import PressureRecord, parse_time_utc
from web.app import create_app
from web.glance import About
from web.history import History
from web.pace import RecordPace
from web.weather import Sample, StormWatch

STORM = Path(sensors.__file__).parent / "simulated" / "data" / "storm_2014_02_12.csv"


@pytest.fixture(scope="session")
def storm() -> list[Sample]:
    """The storm of 2014, hour by hour."""
    return [Sample(*row, 16.0) for row in PressureRecord.read(STORM).rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History(path) as history:
        yield history


@pytest.fixture
def half_past_four() -> float:
    """12 February 2014, 16:30 UTC: the low is near, the fall still very rapid."""
    return parse_time_utc("2014-02-12T16:30:00Z")


@pytest.fixture
def client(history: History, storm: list[Sample], half_past_four: float) -> FlaskClient:
    """The pages at half past four in the storm, simulated."""
    watch = StormWatch()
    for sample in storm:
        if sample.taken_at < half_past_four:
            history.add(sample, watch.update(sample))
    pace = RecordPace([sample.taken_at for sample in storm], half_past_four, 0.0)
    about = About("the storm of 2014, played", 3600.0, 2, "1.2.3")
    return create_app(history.path, pace, about).test_client()
