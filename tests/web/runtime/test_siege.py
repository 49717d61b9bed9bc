"""A marina's strangers at the port of the real program, without its token; seconds of each flood.

tests/benchmarks/siege.py has them all, for minutes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.besieged_boat import PHONE, BesiegedBoat, fair_weather
from tests.support.floods import EVERYWHERE
from tests.support.program_usage import Usage, Watch
from tests.support.waiting import eventually

ALARM_S = 15.0


@contextmanager
def besieged(
    folder: Path,
    descriptors: int = 4096,
    *,
    storm_after_s: float = 600.0,
    past: Path | None = None,
    open_files: int = 0,
) -> Iterator[BesiegedBoat]:
    boat = BesiegedBoat(folder, storm_after_s, descriptors, past, open_files)
    try:
        boat.start()
        phone = boat.phone()
        phone.post("/api/token")
        phone.get("/")  # what the first visit loads is loaded
        yield boat
    finally:
        boat.end()


def flooded(boat: BesiegedBoat, kind: str, lasts_s: float) -> Usage:
    """The most that it uses in such a flood."""
    with Watch(boat.usage) as watch, boat.flooded(kind, 60.0):
        time.sleep(lasts_s)
    return watch.most


def test_a_connection_beyond_descriptor_1024_ends_nothing(tmp_path: Path) -> None:
    with besieged(tmp_path / "boat", open_files=1100) as boat:
        flooded(boat, "idle:50", 1.0)
        assert boat.phone().get("/now.txt")
        assert boat.is_running, boat.log()


@pytest.mark.parametrize(
    ("descriptors", "addresses"),
    [(256, EVERYWHERE), (1024, (PHONE,))],
    ids=["256, from a hundred addresses", "1024, from the phone's own address"],
)
def test_strangers_who_use_up_the_descriptors_do_not_silence_a_storm(
    tmp_path: Path, descriptors: int, addresses: tuple[str, ...]
) -> None:
    # What publishers and sensors have open makes it 1,024 with a thousand connections.
    with besieged(tmp_path / "boat", descriptors, storm_after_s=7.0, open_files=30) as boat:
        phone = boat.phone()
        with boat.flooded("idle", 60.0, addresses):
            time.sleep(max(0.0, boat.storm_at - time.time()))
            assert eventually(lambda: boat.sound_at() and boat.notice_at(), ALARM_S), boat.log()
            fields = phone.post("/api/alarm/acknowledge", 5.0)
            ended = time.time()
        assert fields["acknowledged"] == "storm"
        assert boat.missed(boat.storm_at - 3.0, ended - 1.0) == 0


def test_requests_that_are_sent_ahead_take_neither_memory_nor_log(tmp_path: Path) -> None:
    with besieged(tmp_path / "boat") as boat:
        before, lines = boat.usage(), len(boat.log().splitlines())
        assert flooded(boat, "pipelining:600", 6.0).pss < before.pss + 20.0
        assert len(boat.log().splitlines()) < lines + 5, boat.log()


def test_exports_that_are_not_read_take_no_disk(tmp_path: Path) -> None:
    with besieged(tmp_path / "boat", past=fair_weather(tmp_path / "past.sqlite", 90)) as boat:
        most = flooded(boat, "unread:20", 6.0)
        assert most.temporary < 5.0
        assert boat.phone().get("/export.csv")
