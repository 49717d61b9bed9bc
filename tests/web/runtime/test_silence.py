"""The real program and everything that is told of it, when the readings stop: each output in time.

tests/benchmarks/alarm_faults.py has the other faults, and what comes after "lost".
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.outputs_in_faults import OUTPUTS, first_signs
from tests.support.real_servers import mosquitto
from tests.support.waiting import eventually
from tests.support.watched_boat import MOMENTS, View, WatchedBoat, watched_boat
from web.history.reader import HistoryReader

pytestmark = pytest.mark.long("ten seconds without a reading, in each")

IN_TIME_S = 16.0  # of the ten, and a poll


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


def silence_is_told_by_every_output_and_so_is_its_end(boat: WatchedBoat, fault: str) -> None:
    before, broken_at = up(boat), time.time()
    boat.tell(fault)
    view = told(boat, before)
    assert view.page is not None
    assert view.page["alarm"]["no_data"]
    began = next(notice for notice in view.notices if notice.json["event"] == "no_data")
    assert 9.0 < began.at - broken_at < IN_TIME_S
    boat.tell("well")
    view = up(boat)
    assert events(view) == ["no_data", "no_data"]
    assert view.notices[-1].json["level"] == boat.level


def dead(boat: WatchedBoat) -> None:
    silence_is_told_by_every_output_and_so_is_its_end(boat, "dead")


def stuck(boat: WatchedBoat) -> None:
    silence_is_told_by_every_output_and_so_is_its_end(boat, "stuck")


def killed(boat: WatchedBoat) -> None:
    """A program that is killed goes on as it was, and tells nothing twice."""
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


@pytest.mark.parametrize("level", MOMENTS)
def test_what_every_output_tells_of_an_outage(tmp_path: Path, level: str) -> None:
    """Each fault has a boat and a broker of its own; they are at sea at once."""
    faults: tuple[Callable[[WatchedBoat], None], ...] = dead, stuck, killed
    with ExitStack() as opened:
        boats = []
        for fault in faults:
            folder = tmp_path / fault.__name__
            folder.mkdir()
            broker = opened.enter_context(mosquitto(folder))
            boats.append(opened.enter_context(watched_boat(folder / "boat", level, broker)))
            boats[-1].prepare()
            boats[-1].start()
        with ThreadPoolExecutor() as pool:
            voyages = [pool.submit(fault, b) for fault, b in zip(faults, boats, strict=True)]
    mistakes = [error for voyage in voyages if (error := voyage.exception())]
    if mistakes:
        raise BaseExceptionGroup("outages", mistakes)
