"""The reader: whoever asks never waits, and a sensor that nobody looks at is left in peace."""

import threading
from collections.abc import Callable, Iterator

import pytest

from sensors.readings import RawColour
from tests.support.colour_ports import NO_ERROR, Failing, Played
from web.pages.colour.sensor_port import Reading
from web.pages.colour.sensor_reader import Busy, ReadingJob, ReadingView, SensorReader

ONE = RawColour(1.0, 2.0, 3.0, 4.0)
Make = Callable[..., SensorReader]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[SensorReader] = []

    def make(sensor: Played, awake_s: float = 60.0) -> SensorReader:
        reader = SensorReader(sensor, awake_s=awake_s)
        made.append(reader)
        reader.start()
        return reader

    yield make
    for reader in made:
        reader.close()


@pytest.fixture
def sensor() -> Iterator[Played]:
    sensor = Played({"": ONE})
    yield sensor
    sensor.answers.set()


def until(reader: SensorReader, is_so: Callable[[ReadingView], bool]) -> ReadingView:
    for _ in range(10_000):
        view = reader.newest()
        if is_so(view):
            return view
        threading.Event().wait(0.002)
    pytest.fail(f"it never came to be so: {view}")


def test_what_lies_there_is_seen(make: Make, sensor: Played) -> None:
    view = until(make(sensor), lambda view: view.reading is not None)
    assert view.reading == Reading(ONE, NO_ERROR, 0)
    assert view.age_s < 60.0


def test_nothing_is_read_before_somebody_asks(make: Make, sensor: Played) -> None:
    make(sensor).close()
    assert sensor.looks == 0


def test_when_nobody_asks_any_more_it_rests_and_forgets(make: Make, sensor: Played) -> None:
    reader = make(sensor, awake_s=0.1)
    reader.newest()
    assert sensor.resting.wait(30.0)
    looks = sensor.looks
    assert looks > 0
    assert reader.newest().reading is None  # what lay there long ago is no news
    until(reader, lambda view: view.reading is not None)
    assert sensor.looks > looks


def test_it_rests_when_it_is_closed(make: Make, sensor: Played) -> None:
    reader = make(sensor)
    until(reader, lambda view: view.reading is not None)
    reader.close()
    assert sensor.resting.wait(30.0)


def test_readings_in_a_row_begin_after_they_were_asked_for(make: Make, sensor: Played) -> None:
    sensor.answers.clear()
    reader, came = make(sensor), threading.Event()
    reader.newest()
    while not sensor.looks:
        threading.Event().wait(0.001)
    got: list[list[Reading]] = []
    fail: list[str] = []

    def done(seen: list[Reading]) -> None:
        got.append(seen)
        came.set()

    reader.take(ReadingJob("white", 3, done, fail.append))
    before = sensor.looks
    sensor.answers.set()
    assert came.wait(30.0)
    assert (len(got[0]), fail) == (3, [])
    assert sensor.looks >= before + 3


def test_one_errand_at_a_time(make: Make, sensor: Played) -> None:
    sensor.answers.clear()
    reader = make(sensor)
    reader.take(ReadingJob("white", 3, lambda seen: None, print))
    with pytest.raises(Busy, match="white is being read"):
        reader.take(ReadingJob("dark", 3, lambda seen: None, print))
    view = reader.newest()
    assert (view.what, view.progress, view.wanted) == ("white", 0, 3)
    reader.cancel()
    assert reader.newest().what == ""


@pytest.mark.long("waits for a second")
@pytest.mark.parametrize("error", [Failing("GPIO25 is busy"), RuntimeError("a mistake of ours")])
def test_a_fault_ends_the_errand_and_is_told_until_it_is_over(
    make: Make, sensor: Played, error: Exception
) -> None:
    sensor.fault = error
    reader, callback = make(sensor), threading.Event()
    words: list[str] = []

    def failed(why: str) -> None:
        words.append(why)
        callback.set()

    reader.take(ReadingJob("white", 3, lambda seen: pytest.fail("there were none"), failed))
    assert callback.wait(30.0)
    view = until(reader, lambda view: bool(view.fault))
    assert view.reading is None
    assert words == [view.fault]
    assert ("GPIO25" in view.fault) != ("a mistake of the program" in view.fault)
    sensor.fault = None
    assert until(reader, lambda view: view.reading is not None).fault == ""


def test_a_sensor_that_never_answers_stops_nobody(
    make: Make, sensor: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.colour.sensor_reader._LONGEST_LOOK_S", 0.05)
    sensor.answers.clear()
    reader = make(sensor)
    view = until(reader, lambda view: "has not answered" in view.fault)
    assert view.reading is None
    reader.close()  # and returns


def test_what_cannot_be_used_is_told(make: Make, sensor: Played) -> None:
    reader, callback = make(sensor), threading.Event()
    words: list[str] = []

    def done(seen: list[Reading]) -> None:
        raise ValueError("that is no white")

    def failed(why: str) -> None:
        words.append(why)
        callback.set()

    reader.take(ReadingJob("white", 3, done, failed))
    assert callback.wait(30.0)
    assert words == ["that is no white"]
    until(reader, lambda view: view.what == "")
