"""The TCS3200 driver on the twin: filters, scalings, darkness, and what wiring is refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from sensors import (
    TCS3200,
    ConfigError,
    EdgesTooFast,
    Filter,
    FrequencyScaling,
    PinError,
    RawColour,
    open_board,
)
from sensors.readings import Edges
from sensors.simulated.kernel import PI_4, PI_ZERO, Kernel
from sensors.simulated.scene import Scene, surfaces
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring

WIRES: dict[str, Any] = {"out": 25, "s2": 23, "s3": 24}
FULL_WIRES: dict[str, Any] = {**WIRES, "s0": 17, "s1": 27, "oe": 22}


class Bench:
    """A twin whose sleeping takes no time, and what was done to its lines."""

    def __init__(
        self, wires: Mapping[str, Any], surface: str = "white", kernel: Kernel = PI_4
    ) -> None:
        self.scene = Scene(surface)
        self.slept_s = 0.0
        self.driven: list[dict[int, bool]] = []
        self.seen: set[tuple[bool | None, bool | None]] = set()
        self.twin = SimulatedTCS3200(
            self.scene,
            Wiring(**wires),
            kernel=kernel,
            clock_ns=lambda: round(self.slept_s * 1e9),
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept_s += seconds

    @property
    def fastest_hz(self) -> float:
        return self.twin.fastest_hz

    def drive(self, levels: Mapping[int, bool], /) -> None:
        self.driven.append(dict(levels))
        self.twin.drive(levels)

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        self.seen.add((self.twin.levels.get(5), self.twin.levels.get(22)))
        return self.twin.rising_edges(pin, gate_time_s)

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        return self.twin.level(pin, pull_up=pull_up)

    def close(self) -> None:
        self.twin.close()


@pytest.mark.parametrize("surface", surfaces())
def test_each_channel_is_what_its_photodiodes_see(surface: str) -> None:
    bench = Bench(WIRES, surface)
    raw = TCS3200(**WIRES, pins=bench).read()
    for seen, true in zip(raw, bench.scene.light, strict=True):
        assert seen == pytest.approx(true + 2.0, rel=0.005)  # the dark frequency is 2 Hz


def test_the_filters_are_selected_as_table_1_says() -> None:
    """S2 S3: red L L, blue L H, clear H L, green H H; one bit changes at a time."""
    bench = Bench(WIRES)
    TCS3200(**WIRES, pins=bench).measure()
    selected = [(levels[23], levels[24]) for levels in bench.driven]
    assert selected == [(False, False), (False, True), (True, True), (True, False)]


@pytest.mark.parametrize("scaling", [FrequencyScaling.TWO_PERCENT, FrequencyScaling.TWENTY_PERCENT])
def test_readings_do_not_depend_on_the_scaling(scaling: FrequencyScaling) -> None:
    bench = Bench(FULL_WIRES)
    raw = TCS3200(**FULL_WIRES, scaling=scaling, pins=bench).read()
    assert raw.clear == pytest.approx(55_000, rel=0.01)


def test_automatic_scaling_begins_low_and_goes_up_in_dim_light() -> None:
    bench = Bench(FULL_WIRES, "brown")
    sensor = TCS3200(**FULL_WIRES, pins=bench)
    used = [sensor.scaling]
    sensor.read()
    used.append(sensor.scaling)
    bench.scene.light = bench.scene.light._replace(clear=190_000.0)
    assert sensor.read().clear == pytest.approx(190_000, rel=0.003)
    used.append(sensor.scaling)
    assert used == [
        FrequencyScaling.TWO_PERCENT,
        FrequencyScaling.TWENTY_PERCENT,
        FrequencyScaling.TWO_PERCENT,
    ]


def test_without_s0_and_s1_the_sensor_counts_as_strapped_to_20_percent() -> None:
    assert TCS3200(**WIRES, pins=Bench(WIRES)).scaling is FrequencyScaling.TWENTY_PERCENT


def test_a_simulated_board_is_strapped_as_it_is_configured() -> None:
    with open_board({"colour": {"scaling": "2%"}}, simulated=True) as board:
        assert board.colour.read().clear == pytest.approx(55_000, rel=0.01)


def test_darkness_is_a_reading_with_a_bound_and_no_hang() -> None:
    bench = Bench(WIRES)
    bench.scene.dark()
    channels = TCS3200(**WIRES, pins=bench).measure()
    assert bench.slept_s <= 4 * 1.1
    for frequency in channels.values():
        assert frequency.hz == 0.0
        # No edge in a second at 20 % proves 5 Hz at 100 %; with one edge, 10 Hz.
        assert frequency.uncertainty_hz <= 5.0 * (frequency.edges + 1) + 1e-9


def test_darkness_on_a_ranging_sensor_is_timed_at_20_percent() -> None:
    """At 2 % a second without an edge would prove no less than 50 Hz."""
    bench = Bench(FULL_WIRES)
    bench.scene.dark()
    channels = TCS3200(**FULL_WIRES, pins=bench).measure()
    assert bench.slept_s <= 4 * 1.06  # the gate in which it was ranged is a part of the second
    for frequency in channels.values():
        assert frequency.uncertainty_hz <= 5.0 / 0.95 * (frequency.edges + 1) + 1e-9


def test_light_too_bright_for_20_percent_is_timed_at_2_percent_in_the_same_reading() -> None:
    bench = Bench(FULL_WIRES, "brown")
    sensor = TCS3200(**FULL_WIRES, pins=bench)
    sensor.read()
    bench.scene.light = RawColour(150_000.0, 160_000.0, 170_000.0, 450_000.0)
    for seen, true in zip(sensor.read(), bench.scene.light, strict=True):
        assert seen == pytest.approx(true, rel=0.004)


def test_a_kernel_that_loses_edges_is_given_fewer() -> None:
    bench = Bench(FULL_WIRES, kernel=PI_ZERO)
    sensor = TCS3200(**FULL_WIRES, pins=bench)
    sensor.read()
    assert sensor.scaling is FrequencyScaling.TWO_PERCENT  # white is 11 kHz at 20 %


class PolledBench(Bench):
    """Pins that can follow 5 kHz and say so."""

    fastest_hz = 5_000.0

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        if self.twin.output_hz() > self.fastest_hz:
            raise EdgesTooFast("too fast to be polled")
        return super().rising_edges(pin, gate_time_s)


def test_what_the_pins_refuse_is_scaled_down_where_it_can_be() -> None:
    bench = PolledBench(FULL_WIRES)
    bench.scene.light = RawColour(9_000.0, 8_000.0, 9_000.0, 9_500.0)
    sensor = TCS3200(**FULL_WIRES, pins=bench)
    sensor.read()
    bench.scene.show("white")
    assert sensor.read().clear == pytest.approx(55_000, rel=0.01)
    with pytest.raises(EdgesTooFast):
        TCS3200(**WIRES, pins=PolledBench(WIRES)).read()


def test_a_light_between_the_ranges_does_not_switch_to_and_fro() -> None:
    bench = Bench(FULL_WIRES)
    sensor = TCS3200(**FULL_WIRES, pins=bench)
    for clear_hz, scaling in [
        (80_000.0, FrequencyScaling.TWO_PERCENT),
        (40_000.0, FrequencyScaling.TWENTY_PERCENT),
        (80_000.0, FrequencyScaling.TWENTY_PERCENT),
        (140_000.0, FrequencyScaling.TWO_PERCENT),
    ]:
        bench.scene.light = RawColour(10_000.0, 10_000.0, 10_000.0, clear_hz)
        sensor.read()
        sensor.read()
        assert sensor.scaling is scaling


def test_ambient_light_is_told_from_the_lamps_by_switching_it() -> None:
    bench = Bench({**FULL_WIRES, "led": 5}, "orange")
    orange = bench.scene.light
    bench.scene.ambient(RawColour(9_000.0, 7_000.0, 5_000.0, 20_000.0))
    with TCS3200(**FULL_WIRES, led=5, pins=bench) as sensor:
        channels = sensor.measure_without_ambient()
        alone = sensor.read_without_ambient()
        assert bench.twin.levels[5] is True
    for seen, true in zip(alone, orange, strict=True):
        assert seen == pytest.approx(true, abs=100)
    clear = channels[Filter.CLEAR]
    assert abs(clear.hz - orange.clear) < 4 * clear.uncertainty_hz


def test_without_an_led_line_ambient_light_cannot_be_told() -> None:
    with pytest.raises(ConfigError, match="led is not given"):
        TCS3200(**WIRES, pins=Bench(WIRES)).read_without_ambient()


def test_times_are_checked_whenever_they_are_set() -> None:
    sensor = TCS3200(**WIRES, pins=Bench(WIRES))
    sensor.gate_time_s = 0.01
    for seconds in (0.0, float("nan"), 1e9, "0.05"):
        with pytest.raises(ConfigError, match="gate_time_s"):
            sensor.gate_time_s = seconds  # type: ignore[assignment]
    with pytest.raises(ConfigError, match="timeout_s"):
        sensor.timeout_s = 0.001
    assert (sensor.gate_time_s, sensor.timeout_s) == (0.01, 1.0)


def test_each_channel_keeps_its_own_scaling() -> None:
    """A red card under a bright lamp: clear needs 2 %, green and blue are better at 20 %."""
    bench = Bench(FULL_WIRES)
    bench.scene.light = RawColour(110_000.0, 6_000.0, 4_000.0, 140_000.0)
    sensor = TCS3200(**FULL_WIRES, pins=bench)
    for _ in range(2):
        sensor.read()
    slept_s = bench.slept_s
    sensor.read()
    assert bench.slept_s - slept_s == pytest.approx(4 * 0.05)  # and none is timed twice


@pytest.mark.parametrize("gate_time_s", [0.05, 0.1, 0.2, 0.5])
def test_a_longer_gate_cancels_flicker_no_worse(gate_time_s: float) -> None:
    bench = Bench(WIRES)
    bench.scene.dark()
    bench.scene.ambient(RawColour(2e4, 2e4, 2e4, 5.5e4), flicker_hz=100.0, depth=0.5)
    clear_hz = TCS3200(**WIRES, gate_time_s=gate_time_s, pins=bench).read().clear
    assert clear_hz == pytest.approx(55_000, rel=0.006)


def test_what_went_wrong_is_not_hidden_by_switching_off() -> None:
    class Unplugged(Bench):
        gone = False

        def drive(self, levels: Mapping[int, bool], /) -> None:
            if self.gone:
                raise PinError("there is no GPIO header")
            super().drive(levels)

        def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
            self.gone = True
            raise PinError("gpiochip0 is gone")

    with pytest.raises(PinError, match="gpiochip0 is gone") as raised:
        TCS3200(**FULL_WIRES, pins=Unplugged(FULL_WIRES)).read()
    assert "could not be powered down" in raised.value.__notes__[0]


def test_the_led_goes_off_on_closing_even_if_something_else_fails() -> None:
    class Failing(Bench):
        def drive(self, levels: Mapping[int, bool], /) -> None:
            if self.closing and 17 in levels:
                raise PinError("GPIO17 failed")
            super().drive(levels)

        closing = False

    bench = Failing({**FULL_WIRES, "led": 5})
    sensor = TCS3200(**FULL_WIRES, led=5, pins=bench)
    sensor.read()
    bench.closing = True
    with pytest.raises(PinError, match="GPIO17"):
        sensor.close()
    assert bench.twin.levels[5] is False


def test_a_dim_channel_gets_a_longer_gate_and_not_the_whole_timeout() -> None:
    bench = Bench(WIRES)
    bench.scene.light = bench.scene.light._replace(red=300.0, green=300.0, blue=300.0, clear=300.0)
    channels = TCS3200(**WIRES, pins=bench).measure()
    assert all(f.hz == pytest.approx(302.0, rel=0.01) for f in channels.values())
    assert bench.slept_s < 1.0


def test_output_is_on_while_reading_alone_and_the_led_until_closing() -> None:
    bench = Bench(FULL_WIRES)
    with TCS3200(**FULL_WIRES, led=5, pins=bench) as sensor:
        sensor.read()
        assert bench.seen == {(True, False)}  # LED on, OE low: it is active low
        assert bench.twin.levels[22] is True
        assert bench.twin.levels[5] is True
    assert bench.twin.levels[22] is True
    assert bench.twin.levels[5] is False
    sensor.close()


def test_between_readings_the_sensor_is_powered_down() -> None:
    bench = Bench(FULL_WIRES)
    TCS3200(**FULL_WIRES, pins=bench).read()
    assert (bench.twin.levels[17], bench.twin.levels[27]) == (False, False)
    assert bench.twin.output_hz() == 0.0


def test_nothing_is_driven_before_a_reading() -> None:
    bench = Bench(FULL_WIRES)
    TCS3200(**FULL_WIRES, pins=bench).close()
    assert bench.driven == []


def test_a_reading_says_its_uncertainty() -> None:
    bench = Bench(WIRES)
    clear = TCS3200(**WIRES, pins=bench).measure()[Filter.CLEAR]
    assert 0 < clear.uncertainty_hz < 0.01 * clear.hz
    assert clear.edges == pytest.approx(550, abs=2)
    assert clear.lost == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"s2": 25}, "both on GPIO25"),
        ({"out": 99}, "no BCM number"),
        ({"s0": 17}, "both, or neither"),
        ({"scaling": "20"}, "FrequencyScaling"),
        ({"s2": None}, "s2 is not given"),
        ({"gate_time_s": "0.05"}, "a number of seconds"),
        ({"gate_time_s": 0.0}, "gate_time_s"),
        ({"gate_time_s": float("nan")}, "gate_time_s"),
        ({"timeout_s": 0.01}, "timeout_s"),
    ],
)
def test_wiring_and_times_that_cannot_be_meant_are_refused(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        TCS3200(**{**WIRES, **changes}, pins=Bench(WIRES))
