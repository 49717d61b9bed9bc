"""The real program and everything that is told of it, when the readings stop: each output in time.

tests/benchmarks/alarm_faults.py has the other faults, and what comes after "lost".
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.outputs_in_faults import OUTPUTS, first_signs
from tests.support.real_servers import Mosquitto, mosquitto
from tests.support.waiting import eventually
from tests.support.watched_boat import MOMENTS, View, WatchedBoat, watched_boat
from web.history.reader import HistoryReader

pytestmark = pytest.mark.long("ten seconds without a reading, in each")

IN_TIME_S = 16.0  # of the ten, and a poll


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    with mosquitto(tmp_path / "broker") as broker:
        yield broker


@pytest.fixture
def boat(tmp_path: Path, broker: Mosquitto, level: str) -> Iterator[WatchedBoat]:
    with watched_boat(tmp_path / "boat", level, broker) as boat:
        boat.prepare()
        boat.start()
        yield boat


@pytest.fixture(params=MOMENTS)
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def up(boat: WatchedBoat) -> View:
    return boat.until(
        lambda view: (
            view.page is not None
            and view.page["freshness"] == "fresh"
            and view.page["level"] == boat.level
            and view.page["alarm"]["signal"] == (None if boat.level == "calm" else boat.level)
            and view.availability == "online"
        )
    )


def told(boat: WatchedBoat, before: View) -> View:
    return boat.until(
        lambda view: set(first_signs("data", view, before, before.at)) == set(OUTPUTS), 60.0
    )


def acknowledged(boat: WatchedBoat) -> bool:
    with HistoryReader(boat.disk / "history.sqlite") as reader:
        return reader.alarm().no_data == 2


def events(view: View) -> list[str]:
    return [notice.json["event"] for notice in view.notices]


@pytest.mark.parametrize("fault", ["dead", "stuck"])
def test_silence_is_told_by_every_output_and_so_is_its_end(boat: WatchedBoat, fault: str) -> None:
    before = up(boat)
    boat.tell(fault)
    view = told(boat, before)
    assert view.page is not None
    assert view.page["alarm"]["no_data"]
    began = next(notice for notice in view.notices if notice.json["event"] == "no_data")
    assert 9.0 < began.at - before.at < IN_TIME_S
    boat.tell("well")
    view = up(boat)
    assert events(view) == ["no_data", "no_data"]
    assert view.notices[-1].json["level"] == boat.level


def test_a_program_that_is_killed_goes_on_as_it_was_and_tells_nothing_twice(
    boat: WatchedBoat,
) -> None:
    before = up(boat)
    boat.tell("dead")
    told(boat, before)
    boat.post("/api/alarm/acknowledge")
    boat.until(lambda view: view.page is not None and view.page["alarm"]["signal"] is None)
    assert eventually(lambda: acknowledged(boat))  # on the disk, which may take its time
    boat.kill()
    sounds = len(boat.look().sounds)
    assert boat.look().availability == "offline"
    boat.machine = boat.machine._replace(fault="dead")
    boat.start()
    view = boat.until(lambda view: view.page is not None and view.availability == "online")
    assert view.page is not None
    assert view.page["alarm"]["no_data_acknowledged"]
    assert view.page["freshness"] != "fresh"
    boat.tell("well")
    view = boat.until(lambda view: view.page is not None and view.page["freshness"] == "fresh")
    assert view.page is not None
    assert not view.page["alarm"]["no_data"]
    assert view.page["alarm"]["signal"] is None
    boat.until(lambda view: events(view) == ["no_data", "no_data"])
    assert len(boat.look().sounds) == sounds
