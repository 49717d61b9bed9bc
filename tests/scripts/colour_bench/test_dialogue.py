"""A person who shows things, on a board whose sensor is a twin on real wires.

The person is what stands in for standard input: each line is typed after a hand has done something.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from colour_bench.dialogue import Dialogue, Stop, hand_with

from calibration import CalibrationError
from calibration.profiles.repeated_readings import MedianReading
from sensors import PinError, RawColour
from sensors.board import Board
from sensors.config import BarometerConfig, ColourConfig
from sensors.readings import Edges
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring

SETTINGS = ColourConfig(gate_time_s=0.01, timeout_s=0.05)
WHITE = Scene("white").light


class Clock:
    """Time that only sleeping lets go by."""

    def __init__(self) -> None:
        self.now_ns = 10**15

    def read(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)


class Loose(SimulatedTCS3200):
    """A twin whose wires come off while they are told to."""

    is_off = False

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        if self.is_off:
            raise PinError("a wire has come off")
        return super().rising_edges(pin, gate_time_s)


class Person(io.StringIO):
    """Types these lines; before each the hand does something."""

    def __init__(self, *lines: tuple[Callable[[], None], str]) -> None:
        super().__init__()
        self._lines: Iterator[tuple[Callable[[], None], str]] = iter(lines)

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        for hand, line in self._lines:
            hand()
            return f"{line}\n"
        return ""


@pytest.fixture
def scene() -> Scene:
    return Scene("white")


@pytest.fixture
def pins(scene: Scene) -> Loose:
    clock = Clock()
    wiring = asdict(Wiring(SETTINGS.out, SETTINGS.s2, SETTINGS.s3))
    return Loose(scene, Wiring(**wiring), clock_ns=clock.read, sleep=clock.sleep)


@pytest.fixture
def dialogue(pins: Loose) -> Iterator[Dialogue]:
    bus = SimulatedI2C({})  # no barometer, and nobody asks for one
    with Board(bus, lambda: pins, BarometerConfig(), SETTINGS) as board:
        assert not board.simulated
        yield Dialogue(board, SETTINGS, asks=True, readings=5)


def show(dialogue: Dialogue, **more: object) -> MedianReading | str:
    return dialogue.show("card", "Enter: ", hand_with("red"), **more)  # type: ignore[arg-type]


def test_what_is_refused_is_told_and_asked_for_again(
    dialogue: Dialogue,
    scene: Scene,
    pins: Loose,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def too_bright() -> None:
        scene.light = RawColour(5e5, 5e5, 5e5, 5.9e5)

    def wire_off() -> None:
        scene.light = WHITE
        pins.is_off = True

    def well() -> None:
        pins.is_off = False

    monkeypatch.setattr("sys.stdin", Person((too_bright, ""), (wire_off, ""), (well, "")))
    taken = show(dialogue)
    assert isinstance(taken, MedianReading)
    assert taken.raw == pytest.approx(WHITE, rel=0.02)
    assert (taken.count, taken.scaling) == (5, "20%")
    output = capsys.readouterr().err
    assert output.count("Enter: ") == 3
    assert "not taken: card: clear is " in output
    assert "not taken: a wire has come off" in output
    assert "SIMULATED" not in output  # for all that the script knows


def test_a_doubt_is_the_persons_to_settle(
    dialogue: Dialogue,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def nothing_done() -> None:
        pass

    def doubt(taken: MedianReading) -> str:
        return "is it that card?" if taken.raw[3] > 3e4 else ""

    monkeypatch.setattr("sys.stdin", Person((nothing_done, ""), (nothing_done, "K")))
    kept = show(dialogue, doubt=doubt)
    assert isinstance(kept, MedianReading)
    assert kept.raw[3] > 3e4

    monkeypatch.setattr(
        "sys.stdin",
        Person((nothing_done, "k"), (nothing_done, ""), (lambda: scene.show("red"), "")),
    )
    capsys.readouterr()
    again = show(dialogue, doubt=doubt)
    assert isinstance(again, MedianReading)
    assert again.raw[3] < 3e4
    output = capsys.readouterr().err
    assert "Enter when it lies there, or q." in output  # there is nothing to keep yet
    assert output.count("is it that card?") == 1


def test_a_doubt_that_is_raised_cannot_be_kept(
    dialogue: Dialogue, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(taken: MedianReading) -> str:
        if taken.raw[3] > 3e4:
            raise CalibrationError("no white is as bright")
        return ""

    monkeypatch.setattr(
        "sys.stdin",
        Person((lambda: None, ""), (lambda: None, "k"), (lambda: scene.show("red"), "")),
    )
    taken = show(dialogue, doubt=refused)
    assert isinstance(taken, MedianReading)
    assert taken.raw[3] < 3e4


@pytest.mark.parametrize("answers", [[], ["q"], ["Q"], ["x", "q"]])
def test_q_and_the_end_of_the_input_stop(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch, answers: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Person(*((lambda: None, answer) for answer in answers)))
    with pytest.raises(Stop):
        show(dialogue, others="s")


def test_without_an_input_at_all_it_stops(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(Stop):
        show(dialogue)
