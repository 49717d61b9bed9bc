"""Polling through RPi.GPIO's interface: a pause of the processor must not lose a period silently.

The stand-in has the interface of the RPi.GPIO module (BCM, IN, OUT, setup, input, output,
cleanup), a square wave on one line, and takes a while for each call, as a Pi does.
"""

import time
from collections.abc import Iterator

import pytest

from sensors import ImplausibleReading
from sensors.backends.rpi_gpio import RPiGPIOPins
from sensors.frequency import frequency_from_edges


class SquareWave:
    """A module like RPi.GPIO with a square wave on GPIO25; time passes with each call."""

    BCM, IN, OUT, PUD_DOWN = 11, 1, 0, 21

    def __init__(self, hz: float, pause_every: int = 0) -> None:
        self.half_period_ns = 5e8 / hz
        self.now_ns = 10**12
        self.calls = 0
        self.pause_every = pause_every
        self.outputs: dict[int, int] = {}
        self.cleaned: list[int] = []

    def monotonic_ns(self) -> int:
        return self.now_ns

    def setwarnings(self, flag: bool) -> None:
        pass

    def setmode(self, mode: int) -> None:
        assert mode == self.BCM

    def setup(self, pin: int, direction: int, **settings: int) -> None:
        if pin == 2:
            raise RuntimeError("GPIO busy")
        if direction == self.OUT:
            self.outputs[pin] = settings["initial"]

    def output(self, pins: list[int], values: list[int]) -> None:
        self.outputs.update(zip(pins, values, strict=True))

    def input(self, pin: int) -> int:
        self.calls += 1
        self.now_ns += 8_000  # a Pi Zero
        if self.pause_every and self.calls % self.pause_every == 0:
            self.now_ns += 700_000
        return int(self.now_ns // self.half_period_ns % 2) if pin == 25 else 0

    def cleanup(self, pins: list[int]) -> None:
        self.cleaned += pins


@pytest.fixture
def gpio(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SquareWave]:
    wave = SquareWave(*request.param)
    monkeypatch.setattr(time, "monotonic_ns", wave.monotonic_ns)
    yield wave


@pytest.mark.parametrize("gpio", [(2_000.0,), (2_000.0, 2000), (7_500.0, 900)], indirect=True)
def test_pauses_shorten_the_run_and_do_not_bend_the_frequency(gpio: SquareWave) -> None:
    edges = RPiGPIOPins(gpio).rising_edges(25, 0.05)
    true_hz = 5e8 / gpio.half_period_ns
    assert frequency_from_edges(edges.timestamps_ns).hz == pytest.approx(true_hz, rel=0.005)
    assert edges.elapsed_s >= 0.05


@pytest.mark.parametrize("gpio", [(25_000.0,), (61_000.0,)], indirect=True)
def test_a_wave_too_fast_for_polling_is_refused_and_not_read_as_a_slow_one(
    gpio: SquareWave,
) -> None:
    with pytest.raises(ImplausibleReading, match="too fast to be polled"):
        RPiGPIOPins(gpio).rising_edges(25, 0.05)


@pytest.mark.parametrize("gpio", [(2_000.0,)], indirect=True)
def test_a_still_line_is_an_answer(gpio: SquareWave) -> None:
    assert RPiGPIOPins(gpio).rising_edges(4, 0.01).timestamps_ns == []


@pytest.mark.parametrize("gpio", [(2_000.0,)], indirect=True)
def test_lines_are_driven_and_given_back_once(gpio: SquareWave) -> None:
    pins = RPiGPIOPins(gpio)
    pins.drive({23: True, 24: False})
    pins.drive({24: True})
    assert gpio.outputs == {23: 1, 24: 1}
    pins.close()
    pins.close()
    assert gpio.cleaned == [23, 24]


@pytest.mark.parametrize("gpio", [(2_000.0,)], indirect=True)
def test_a_busy_line_is_named(gpio: SquareWave) -> None:
    with pytest.raises(OSError, match="GPIO2 could not be claimed: GPIO busy"):
        RPiGPIOPins(gpio).drive({2: True})
