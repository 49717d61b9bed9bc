"""Polling through RPi.GPIO's interface: a right edge, a wave refused, and never a wrong one.

The stand-in has the interface of the RPi.GPIO module (BCM, IN, OUT, setup, input, output,
cleanup) and a square wave on one line. Its processor takes a while for each look and for each
reading of the clock, and is taken away now and then. The truth is the wave's own arithmetic.
"""

import random
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import floor

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from sensors.backends.rpi_gpio import RPiGPIOPins
from sensors.errors import EdgesTooFast, PinError
from sensors.readings import Edges

_OUT = 25


class Machine:
    """A module like RPi.GPIO on a machine of its own time; a square wave comes in on GPIO25.

    pauses: an endless row of (work_ns, away_ns), how long the processor stays and is then away.
    """

    BCM, IN, OUT, PUD_DOWN, PUD_UP, VERSION = 11, 1, 0, 21, 22, "0.7.1"

    def __init__(
        self,
        hz: float,
        look_ns: float = 8_000.0,  # a Pi Zero
        clock_ns: float = 700.0,
        pauses: Iterator[tuple[float, float]] | None = None,
        duty: float = 0.5,
        phase: float = 0.0,
    ) -> None:
        self.hz, self.duty, self.phase = hz, duty, phase
        self.look_ns, self.clock_ns = look_ns, clock_ns
        self.pauses = pauses
        self.now_ns = 1e12
        self.work_ns, self.away_ns = next(pauses) if pauses else (float("inf"), 0.0)
        self.outputs: dict[int, int] = {}
        self.pulls: dict[int, int] = {}
        self.cleaned: list[int] = []
        self.modes: list[int] = []

    def periods(self, at_ns: float) -> float:
        """How many periods the wave has made; a whole number is a rising edge."""
        return (at_ns - 1e12) * self.hz / 1e9 + self.phase

    def spend(self, ns: float) -> None:
        while self.pauses and ns >= self.work_ns:
            ns -= self.work_ns
            self.now_ns += self.work_ns + self.away_ns
            self.work_ns, self.away_ns = next(self.pauses)
        self.work_ns -= ns
        self.now_ns += ns

    def monotonic_ns(self) -> int:
        self.spend(self.clock_ns)
        return int(self.now_ns)

    def setwarnings(self, flag: bool) -> None:
        pass

    def setmode(self, mode: int) -> None:
        self.modes.append(mode)

    def setup(self, pin: int, direction: int, **settings: int) -> None:
        if pin == 2:
            raise RuntimeError("GPIO busy")
        if direction == self.OUT:
            self.outputs[pin] = settings["initial"]
        else:
            self.pulls[pin] = settings["pull_up_down"]

    def output(self, pins: list[int], values: list[int]) -> None:
        self.outputs.update(zip(pins, values, strict=True))

    def input(self, pin: int) -> int:
        self.spend(0.6 * self.look_ns)
        level = int(self.periods(self.now_ns) % 1 < self.duty)
        self.spend(0.4 * self.look_ns)
        return level if pin == _OUT else int(self.pulls[pin] == self.PUD_UP)

    def cleanup(self, pins: list[int]) -> None:
        self.cleaned += pins
        for pin in pins:
            self.outputs.pop(pin, None)
            self.pulls.pop(pin, None)


Boot = Callable[..., tuple[RPiGPIOPins, Machine]]


@pytest.fixture
def boot(monkeypatch: pytest.MonkeyPatch) -> Boot:
    def on(*args: object, **kwargs: object) -> tuple[RPiGPIOPins, Machine]:
        machine = Machine(*args, **kwargs)  # type: ignore[arg-type]
        monkeypatch.setattr(time, "monotonic_ns", machine.monotonic_ns)
        return RPiGPIOPins(machine), machine

    return on


def at_random(a_second: float, away_ns: float, seed: int) -> Iterator[tuple[float, float]]:
    """Pauses as a scheduler makes them."""
    rng = random.Random(seed)
    while True:
        yield rng.expovariate(a_second / 1e9), rng.uniform(0.2, 1.8) * away_ns


def slices(ours_ns: float, theirs_ns: float) -> Iterator[tuple[float, float]]:
    """A thread that burns the processor: Python gives each its turn."""
    while True:
        yield ours_ns, theirs_ns


def check(edges: Edges, machine: Machine) -> str:
    """Every edge is one of the wave's, in order; numbers count periods; bounds hold."""
    # Two looks that just are not late, and a third of a look for where in its call it looks.
    slack = 2.9 * (machine.look_ns + machine.clock_ns) * machine.hz / 1e9
    places = [machine.periods(stamp_ns) for stamp_ns in edges.timestamps_ns]
    indices = [floor(place + 0.5) for place in places]
    if len(places) < 2:
        bound = (len(places) + 1) / edges.elapsed_s
        assert bound >= 0.999 * machine.hz, f"bound {bound} below the wave's {machine.hz}"
        return "bound"
    worst = max(abs(a - b) for a, b in zip(places, indices, strict=True))
    assert worst <= slack, f"an edge is {worst} periods off"
    steps = [b - a for a, b in pairwise(indices)]
    assert min(steps) > 0, "an edge twice"
    numbers = edges.sequence_numbers
    assert numbers is not None
    assert steps == [b - a for a, b in pairwise(numbers)]
    hz = (numbers[-1] - numbers[0]) * 1e9 / (edges.timestamps_ns[-1] - edges.timestamps_ns[0])
    assert hz == pytest.approx(machine.hz, rel=max(0.01, 2 * slack / (numbers[-1] - numbers[0])))
    return "edges"


@pytest.mark.parametrize("hz", [50.0, 2_000.0, 7_500.0])
def test_every_edge_is_handed_on_at_its_moment(boot: Boot, hz: float) -> None:
    pins, machine = boot(hz)
    edges = pins.rising_edges(_OUT, 0.05)
    assert check(edges, machine) == "edges"
    assert len(edges.timestamps_ns) == pytest.approx(0.05 * hz, abs=1)
    assert edges.sequence_numbers is not None and edges.elapsed_s >= 0.05


def test_an_edge_first_seen_after_a_pause_is_left_out_and_counted(boot: Boot) -> None:
    pins, machine = boot(1_000.0, pauses=at_random(200, 150_000, seed=1))
    edges = pins.rising_edges(_OUT, 0.2)
    assert check(edges, machine) == "edges"
    numbers = edges.sequence_numbers
    assert numbers is not None and 0 < numbers[-1] + 1 - len(numbers) < 40


def test_a_pause_that_may_hide_edges_is_bridged_where_the_period_leaves_no_doubt(
    boot: Boot,
) -> None:
    pins, machine = boot(7_500.0, pauses=at_random(200, 700_000, seed=2))
    edges = pins.rising_edges(_OUT, 0.05)
    assert check(edges, machine) == "edges"
    numbers = edges.sequence_numbers
    assert numbers is not None
    assert 0.9 * 375 < numbers[-1] - numbers[0] < 375
    assert len(numbers) < numbers[-1] - numbers[0]


@pytest.mark.parametrize(
    ("hz", "look_ns"),
    [
        (20_000.0, 8_000.0),  # fewer than three looks a level
        (25_000.0, 8_000.0),
        (61_000.0, 8_000.0),
        (114_943.0, 8_000.0),  # one period a look at an even pace: would look still
        (40_000.0, 100_000.0),  # four periods a look
        (20_010.0, 100_000.0),  # two periods a look and a little: would look like 10 Hz
        (9_930.0, 100_000.0),
        (600_000.0, 1_500.0),
    ],
)
def test_a_wave_too_fast_for_the_looks_is_refused(boot: Boot, hz: float, look_ns: float) -> None:
    pins, _ = boot(hz, look_ns)
    with pytest.raises(EdgesTooFast, match=r"GPIO25 by RPi.GPIO 0.7.1: OUT changes too fast"):
        pins.rising_edges(_OUT, 0.05)


@pytest.mark.parametrize("hz", [60.0, 100.0, 130.0, 200.0, 210.0, 1_000.0, 3_000.0])
def test_beside_a_thread_that_burns_the_processor(boot: Boot, hz: float) -> None:
    """In step with its slices 200 Hz could pass for 100 Hz, and 100 Hz for darkness."""
    pins, machine = boot(hz, pauses=slices(5e6, 5e6), phase=0.3)
    try:
        check(pins.rising_edges(_OUT, 0.1), machine)
    except EdgesTooFast as error:
        assert hz < 250.0, error
        assert "seen in succession" in str(error)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    hz=st.floats(1.7, 5.3).map(lambda exponent: 10.0**exponent),
    look_ns=st.floats(1_500.0, 120_000.0),
    clock_ns=st.floats(100.0, 1_000.0),
    duty=st.floats(0.4, 0.6),
    phase=st.floats(0.0, 1.0),
    a_second=st.sampled_from([0.0, 50.0, 200.0, 1_000.0]),
    away_ns=st.floats(50_000.0, 3_000_000.0),
    seed=st.integers(0, 1_000),
)
@example(40_000.0, 100_000.0, 200.0, 0.5, 0.2, 0.0, 1e5, 0)
def test_edges_are_right_or_refused(
    boot: Boot,
    hz: float,
    look_ns: float,
    clock_ns: float,
    duty: float,
    phase: float,
    a_second: float,
    away_ns: float,
    seed: int,
) -> None:
    pauses = at_random(a_second, away_ns, seed) if a_second else None
    clock_ns = max(clock_ns, look_ns / 60)  # the stand-in is slow: not too many a look
    pins, machine = boot(hz, look_ns, clock_ns, pauses, duty, phase)
    gate_time_s = min(0.05, 1e-6 * look_ns)  # 1,000 looks
    try:
        event(check(pins.rising_edges(_OUT, gate_time_s), machine))
    except EdgesTooFast:
        event("refused")
        if not a_second:
            assert hz > 0.9 * pins.fastest_hz, "refused although each level has its looks"


def test_what_it_can_time_is_known_from_its_own_pace(boot: Boot) -> None:
    pins, machine = boot(1_000.0)
    assert pins.fastest_hz == 700.0
    pins.rising_edges(_OUT, 0.01)
    assert 1e9 / (16 * machine.look_ns) < pins.fastest_hz < 1e9 / (8 * machine.look_ns)
    fast_pins, fast = boot(pins.fastest_hz)
    assert check(fast_pins.rising_edges(_OUT, 0.05), fast) == "edges"


def test_a_still_line_is_an_answer(boot: Boot) -> None:
    pins, _ = boot(2_000.0)
    edges = pins.rising_edges(4, 0.01)
    assert edges.timestamps_ns == [] and edges.elapsed_s >= 0.01


def test_an_input_follows_its_pull_and_is_given_back(boot: Boot) -> None:
    pins, machine = boot(2_000.0)
    assert pins.level(4, pull_up=True) is True
    assert pins.level(4, pull_up=False) is False
    assert machine.pulls == {} and machine.cleaned == [4, 4]


def test_lines_are_driven_and_given_back_once(boot: Boot) -> None:
    pins, machine = boot(2_000.0)
    pins.drive({23: True, 24: False})
    pins.drive({24: True})
    assert machine.outputs == {23: 1, 24: 1}
    pins.close()
    pins.close()
    assert machine.cleaned == [23, 24]
    with pytest.raises(PinError, match="closed"):
        pins.drive({23: True})


def test_a_busy_line_is_named_and_nothing_stays_claimed(boot: Boot) -> None:
    pins, machine = boot(2_000.0)
    with pytest.raises(OSError, match=r"GPIO2 could not be used: GPIO busy.*gpioinfo"):
        pins.drive({23: True, 2: True})
    assert machine.outputs == {}


def test_a_line_that_is_driven_is_not_timed(boot: Boot) -> None:
    pins, _ = boot(2_000.0)
    pins.drive({_OUT: True})
    with pytest.raises(PinError, match="GPIO25 is driven as an output"):
        pins.rising_edges(_OUT, 0.01)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("Cannot determine SOC peripheral base address", "install rpi-lgpio"),
        ("A different mode has already been set!", "BOARD numbers"),
        ("can not open gpiochip", "usermod -aG gpio"),
        ("No access to /dev/mem.  Try running as root!", "usermod -aG gpio"),
        ("The channel sent is invalid on a Raspberry Pi", "0 to 27"),
        ("You must setup() the GPIO channel first", r"GPIO\.cleanup"),
    ],
)
def test_the_library_s_refusals_come_with_their_cure(
    boot: Boot, monkeypatch: pytest.MonkeyPatch, message: str, advice: str
) -> None:
    class Refusal(Exception):  # rpi-lgpio's lgpio.error is no OSError
        pass

    def refuse(mode: int) -> None:
        raise Refusal(message)

    pins, machine = boot(2_000.0)
    monkeypatch.setattr(machine, "setmode", refuse)
    with pytest.raises(PinError, match=f"(?s).*{advice}"):
        pins.rising_edges(_OUT, 0.01)


def test_the_library_is_named(boot: Boot) -> None:
    assert boot(1_000.0)[0].library.startswith("RPi.GPIO 0.7.1")
