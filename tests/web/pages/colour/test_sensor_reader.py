"""The desk: whoever asks never waits, and a sensor that nobody looks at is left in peace."""

import threading
from collections.abc import Callable, Iterator

import pytest

from sensors.readings import RawColour
from tests.support.colour_ports import NO_ERROR, Failing, Played
from web.pages.colour.sensor_port import Reading
from web.pages.colour.sensor_reader import Busy, Desk, Errand, ReadingView

ONE = RawColour(1.0, 2.0, 3.0, 4.0)
Make = Callable[..., Desk]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Desk] = []

    def make(sight: Played, awake_s: float = 60.0) -> Desk:
        desk = Desk(sight, awake_s=awake_s)
        made.append(desk)
        desk.start()
        return desk

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def sight() -> Iterator[Played]:
    sight = Played({"": ONE})
    yield sight
    sight.answers.set()


def until(desk: Desk, is_so: Callable[[ReadingView], bool]) -> ReadingView:
    for _ in range(10_000):
        view = desk.newest()
        if is_so(view):
            return view
        threading.Event().wait(0.002)
    pytest.fail(f"it never came to be so: {view}")


def test_what_lies_there_is_seen(make: Make, sight: Played) -> None:
    view = until(make(sight), lambda view: view.reading is not None)
    assert view.reading == Reading(ONE, NO_ERROR, 0)
    assert view.age_s < 60.0


def test_nothing_is_read_before_somebody_asks(make: Make, sight: Played) -> None:
    make(sight).close()
    assert sight.looks == 0


def test_when_nobody_asks_any_more_it_rests_and_forgets(make: Make, sight: Played) -> None:
    desk = make(sight, awake_s=0.1)
    desk.newest()
    assert sight.resting.wait(30.0)
    looks = sight.looks
    assert looks > 0
    assert desk.newest().reading is None  # what lay there long ago is no news
    until(desk, lambda view: view.reading is not None)
    assert sight.looks > looks


def test_it_rests_when_it_is_closed(make: Make, sight: Played) -> None:
    desk = make(sight)
    until(desk, lambda view: view.reading is not None)
    desk.close()
    assert sight.resting.wait(30.0)


def test_readings_in_a_row_begin_after_they_were_asked_for(make: Make, sight: Played) -> None:
    sight.answers.clear()
    desk, came = make(sight), threading.Event()
    desk.newest()
    while not sight.looks:
        threading.Event().wait(0.001)
    got: list[list[Reading]] = []
    fail: list[str] = []

    def done(seen: list[Reading]) -> None:
        got.append(seen)
        came.set()

    desk.take(Errand("white", 3, done, fail.append))
    before = sight.looks
    sight.answers.set()
    assert came.wait(30.0)
    assert (len(got[0]), fail) == (3, [])
    assert sight.looks >= before + 3


def test_one_errand_at_a_time(make: Make, sight: Played) -> None:
    sight.answers.clear()
    desk = make(sight)
    desk.take(Errand("white", 3, lambda seen: None, print))
    with pytest.raises(Busy, match="white is being read"):
        desk.take(Errand("dark", 3, lambda seen: None, print))
    view = desk.newest()
    assert (view.what, view.taken, view.wanted) == ("white", 0, 3)
    desk.cancel()
    assert desk.newest().what == ""


@pytest.mark.parametrize("error", [Failing("GPIO25 is busy"), RuntimeError("a mistake of ours")])
def test_a_fault_ends_the_errand_and_is_told_until_it_is_over(
    make: Make, sight: Played, error: Exception
) -> None:
    sight.fault = error
    desk, told = make(sight), threading.Event()
    words: list[str] = []

    def failed(why: str) -> None:
        words.append(why)
        told.set()

    desk.take(Errand("white", 3, lambda seen: pytest.fail("there were none"), failed))
    assert told.wait(30.0)
    view = until(desk, lambda view: bool(view.fault))
    assert view.reading is None
    assert words == [view.fault]
    assert ("GPIO25" in view.fault) != ("a mistake of the program" in view.fault)
    sight.fault = None
    assert until(desk, lambda view: view.reading is not None).fault == ""


def test_a_sensor_that_never_answers_stops_nobody(
    make: Make, sight: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.colour.sensor_reader._LONGEST_LOOK_S", 0.05)
    sight.answers.clear()
    desk = make(sight)
    view = until(desk, lambda view: "has not answered" in view.fault)
    assert view.reading is None
    desk.close()  # and returns


def test_what_cannot_be_used_is_told(make: Make, sight: Played) -> None:
    desk, told = make(sight), threading.Event()
    words: list[str] = []

    def done(seen: list[Reading]) -> None:
        raise ValueError("that is no white")

    def failed(why: str) -> None:
        words.append(why)
        told.set()

    desk.take(Errand("white", 3, done, failed))
    assert told.wait(30.0)
    assert words == ["that is no white"]
    until(desk, lambda view: view.what == "")
