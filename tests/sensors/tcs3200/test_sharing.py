"""Several sensors on one OUT line: never two outputs on at a time, whoever reads."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sensors import TCS3200, ConfigError
from sensors.readings import Edges
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring


class OneLine:
    """Three twins with OUT on GPIO25 and OE on 5, 6 and 7; every input they share."""

    fastest_hz = 25_000.0

    def __init__(self) -> None:
        self.now_s = 0.0
        self.twins = [
            SimulatedTCS3200(
                Scene(word), Wiring(25, 23, 24, oe=oe), clock_ns=self._now_ns, sleep=self._sleep
            )
            for word, oe in (("red", 5), ("green", 6), ("blue", 7))
        ]

    def _now_ns(self) -> int:
        return round(self.now_s * 1e9)

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def drive(self, levels: Mapping[int, bool], /) -> None:
        for twin in self.twins:
            twin.drive(levels)

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        (driving,) = [twin for twin in self.twins if twin.output_hz()]
        return driving.rising_edges(pin, gate_time_s)

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        (driving,) = [twin for twin in self.twins if twin.output_hz()]
        return driving.level(pin, pull_up=pull_up)

    def close(self) -> None:
        pass


def sensors_on(pins: OneLine) -> list[TCS3200]:
    return [TCS3200(25, 23, 24, oe=oe, pins=pins) for oe in (5, 6, 7)]


def test_each_of_three_sensors_sees_its_own_surface() -> None:
    pins = OneLine()
    for sensor, twin in zip(sensors_on(pins), pins.twins, strict=True):
        assert sensor.read().clear == pytest.approx(twin.scene.light.clear, rel=0.005)


def test_threads_read_them_one_after_the_other() -> None:
    pins = OneLine()
    sensors = sensors_on(pins)
    with ThreadPoolExecutor(3) as threads:
        rounds = list(threads.map(lambda k: (k, sensors[k % 3].read()), range(30)))
    for k, raw in rounds:
        assert raw.clear == pytest.approx(pins.twins[k % 3].scene.light.clear, rel=0.005)


def test_without_an_oe_line_each_they_are_refused() -> None:
    pins = OneLine()
    first = TCS3200(25, 23, 24, oe=5, pins=pins)
    for oe in (None, 5):
        with pytest.raises(ConfigError, match="OUT on GPIO25: each of them needs an OE"):
            TCS3200(25, 23, 24, oe=oe, pins=pins)
    first.close()
    TCS3200(25, 23, 24, pins=pins)


@pytest.mark.parametrize("wrong", [{"s2": 25}, {"out": 5}, {"led": 23}])
def test_a_line_has_one_meaning_for_all_of_them(wrong: dict[str, Any]) -> None:
    pins = OneLine()
    first = TCS3200(25, 23, 24, oe=5, pins=pins)
    with pytest.raises(ConfigError, match=r"GPIO\d+ is \w+ here and \w+ of another sensor"):
        TCS3200(**{"out": 26, "s2": 20, "s3": 21, **wrong}, pins=pins)
    first.close()
