"""Reading in the background: started, asked, told and stopped at any moment."""

import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from sensors import TCS3200, ConfigError, PinError, RawColour
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring


class Twin(SimulatedTCS3200):
    """A twin whose gates take a millisecond of the world's time."""

    def __init__(self, scene: Scene) -> None:
        self.now_s = 0.0
        super().__init__(
            scene,
            Wiring(25, 23, 24),
            clock_ns=lambda: round(self.now_s * 1e9),
            sleep=self._wait,
        )

    def _wait(self, seconds: float) -> None:
        self.now_s += seconds
        threading.Event().wait(0.001)


@pytest.fixture
def scene() -> Scene:
    return Scene("white")


@pytest.fixture
def sensor(scene: Scene) -> Iterator[TCS3200]:
    with TCS3200(25, 23, 24, pins=Twin(scene)) as sensor:
        yield sensor


def test_latest_waits_for_the_first_reading_and_is_a_true_one(sensor: TCS3200) -> None:
    sensor.start()
    assert sensor.latest.clear == pytest.approx(55_000, rel=0.005)


def test_a_change_of_colour_calls_back_once_and_the_same_colour_does_not(
    sensor: TCS3200, scene: Scene
) -> None:
    seen: list[RawColour] = []
    changed = Event()

    def tell(teller: TCS3200) -> None:
        assert teller is sensor
        seen.append(teller.latest)
        changed.set()

    sensor.when_colour_changed = tell
    sensor.start()
    assert sensor.latest.clear == pytest.approx(55_000, rel=0.005)
    assert seen == []
    scene.show("blue")
    assert changed.wait(10)
    sensor.start()  # again: the colour is blue still
    assert sensor.latest.clear == pytest.approx(scene.light.clear, rel=0.01)
    sensor.stop()
    # The first may have been read while the surface was changed; then there are two.
    assert 1 <= len(seen) <= 2
    assert seen[-1].blue == pytest.approx(scene.light.blue, rel=0.05)


def test_a_callback_may_take_nothing_and_stop_the_background(sensor: TCS3200, scene: Scene) -> None:
    stopped = Event()

    def stop() -> None:
        sensor.stop()
        stopped.set()

    sensor.when_colour_changed = stop
    assert sensor.when_colour_changed is stop
    sensor.start()
    assert sensor.latest is not None
    scene.show("black")
    assert stopped.wait(10)


def test_a_callback_that_cannot_be_called_is_refused_at_once(sensor: TCS3200) -> None:
    def wants_two(one: object, other: object) -> None: ...

    with pytest.raises(ConfigError, match="only the sensor"):
        sensor.when_colour_changed = wants_two
    with pytest.raises(ConfigError, match="assign a function"):
        sensor.when_colour_changed = 5  # type: ignore[assignment]
    sensor.when_colour_changed = None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failing_callback_ends_the_background_and_latest_says_so(
    sensor: TCS3200, scene: Scene
) -> None:
    failed = Event()

    def fail() -> None:
        failed.set()
        raise ZeroDivisionError("the robot's own bug")

    sensor.when_colour_changed = fail
    sensor.start()
    assert sensor.latest is not None
    scene.show("black")
    assert failed.wait(10)
    sensor.stop()
    with pytest.raises(ZeroDivisionError, match="own bug"):
        _ = sensor.latest
    sensor.start()
    assert sensor.latest is not None


def test_started_again_latest_is_a_reading_of_now(sensor: TCS3200, scene: Scene) -> None:
    sensor.start()
    assert sensor.latest.clear == pytest.approx(55_000, rel=0.005)
    sensor.stop()
    scene.show("black")
    sensor.start()
    assert sensor.latest.clear == pytest.approx(scene.light.clear, rel=0.02)


def test_started_by_several_threads_at_once_it_runs_once_and_stops(sensor: TCS3200) -> None:
    threads = threading.active_count()
    for _ in range(5):
        starters = [threading.Thread(target=sensor.start) for _ in range(4)]
        for starter in starters:
            starter.start()
        for starter in starters:
            starter.join()
        assert sensor.latest is not None
        sensor.stop()
        assert threading.active_count() == threads


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_callback_that_asks_to_exit_is_told_by_latest(sensor: TCS3200, scene: Scene) -> None:
    called = Event()

    def leave() -> None:
        called.set()
        raise SystemExit

    sensor.when_colour_changed = leave
    sensor.start()
    assert sensor.latest is not None
    scene.show("black")
    assert called.wait(10)
    sensor.stop()
    with pytest.raises(SystemExit):
        _ = sensor.latest


def test_latest_before_start_says_what_to_do(sensor: TCS3200) -> None:
    with pytest.raises(PinError, match=r"call start\(\) first"):
        _ = sensor.latest


def test_a_closed_sensor_does_not_start(sensor: TCS3200) -> None:
    sensor.start()
    sensor.close()
    with pytest.raises(PinError, match="closed"):
        sensor.start()


@pytest.mark.parametrize("interval_s", [-1.0, float("nan"), 1e9])
def test_an_impossible_interval_is_refused(sensor: TCS3200, interval_s: float) -> None:
    with pytest.raises(ConfigError, match="interval_s"):
        sensor.start(interval_s)


def test_a_long_interval_does_not_delay_the_stop(sensor: TCS3200) -> None:
    sensor.start(3600.0)
    assert sensor.latest is not None
    sensor.stop()
    sensor.stop()


def test_readings_may_be_asked_for_beside_the_background(sensor: TCS3200) -> None:
    sensor.start()
    for _ in range(5):
        assert sensor.read().clear == pytest.approx(55_000, rel=0.005)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.long("starts and stops many times")
def test_starting_and_stopping_leaks_no_thread_and_no_descriptor(sensor: TCS3200) -> None:
    threads, descriptors = threading.active_count(), open_descriptors()
    for _ in range(300):
        sensor.start()
        sensor.stop()
    assert threading.active_count() == threads
    assert open_descriptors() == descriptors
