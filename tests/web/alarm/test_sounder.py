"""The sounder: patterns that ears can tell apart, quiet at once, and asleep while it is quiet."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from sensors import PinError
from tests.web.alarm.test_outputs import LINE, RecordedPins
from web.alarm.outputs import AlarmOutput, Buzzer
from web.alarm.sounder import PATTERNS, Pattern, Sounder
from web.alarm.state import Alarm, AlarmSignal, AlarmState
from web.weather import StormLevel

CALM, WATCH, WARNING, STORM = StormLevel
# What comes at once is there within this, on a machine that does other things as well.
SOON_S = 20.0


class Heard:
    """A output that remembers what was asked of it, and lets a test wait for it."""

    def __init__(self) -> None:
        self.failure = ""
        self.asked: list[str] = []
        self.news = threading.Condition()
        self.is_quiet = True
        self.fault: Exception | None = None

    def begin(self, signal: AlarmSignal, /, *, is_drill: bool = False) -> None:
        self._note(signal.name)
        if self.fault is not None:
            raise self.fault

    def beep(self, *, on: bool) -> None:
        self._note("on" if on else "off")

    def stop(self) -> bool:
        self._note("stop")
        return self.is_quiet

    def close(self) -> None:
        self._note("closed")

    def hears(self, is_so: Callable[[list[str]], bool]) -> bool:
        with self.news:
            return self.news.wait_for(lambda: is_so(self.asked), SOON_S)

    def _note(self, what: str) -> None:
        with self.news:
            self.asked.append(what)
            self.news.notify_all()


def at_end(*words: str) -> Callable[[list[str]], bool]:
    return lambda asked: asked[-len(words) :] == list(words)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def alarm() -> Alarm:
    return Alarm(AlarmState())


@pytest.fixture
def sounder(alarm: Alarm, heard: Heard) -> Iterator[Sounder]:
    with Sounder(alarm, [heard], time.monotonic) as sounder:
        assert heard.hears(at_end("stop"))
        yield sounder


def test_patterns_are_as_they_are_drawn() -> None:
    drawn = {
        AlarmSignal.WATCH: "#.......................................",
        AlarmSignal.WARNING: "#.#.................",
        AlarmSignal.STORM: "#.#.#...",
        AlarmSignal.NO_DATA: "######..................",
    }
    assert set(PATTERNS) == set(AlarmSignal)
    for level, pattern in PATTERNS.items():
        line = "".join(("#" if on else ".") * round(4 * s) for on, s in pattern.steps())
        assert line == drawn[level]
        assert sum(seconds for _, seconds in pattern.steps()) == pattern.turn_s


@pytest.mark.long("listens for seconds")
@pytest.mark.parametrize(("level", "beeps"), [(WARNING, 2), (STORM, 3)])
def test_it_sounds_while_the_alarm_does(
    sounder: Sounder, alarm: Alarm, heard: Heard, level: StormLevel, beeps: int
) -> None:
    alarm.update(level, 0.0)
    assert heard.hears(at_end(level.name, *["on", "off"] * beeps))
    alarm.acknowledge(1.0, "page")
    assert heard.hears(at_end("off", "stop"))


@pytest.fixture
def long_beeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beeps that outlast the test: whatever ends one has interrupted it."""
    slow = {signal: Pattern(3, 60.0 * SOON_S, 10.0 * SOON_S) for signal in AlarmSignal}
    monkeypatch.setattr("web.alarm.sounder.PATTERNS", slow)


@pytest.mark.usefixtures("long_beeps")
def test_it_is_quiet_at_once_when_somebody_has_heard_it(
    sounder: Sounder, alarm: Alarm, heard: Heard
) -> None:
    alarm.update(STORM, 0.0)
    assert heard.hears(at_end("on"))
    alarm.acknowledge(1.0, "page")
    assert heard.hears(at_end("on", "stop")), "in the middle of a beep"


@pytest.mark.usefixtures("long_beeps")
def test_every_escalation_is_heard_and_a_fall_to_calm_is_quiet(
    sounder: Sounder, alarm: Alarm, heard: Heard
) -> None:
    alarm.update(WARNING, 0.0)
    assert heard.hears(at_end("WARNING", "on"))
    alarm.acknowledge(1.0, "page")
    assert heard.hears(at_end("stop"))
    alarm.update(STORM, 2.0)
    assert heard.hears(at_end("STORM", "on"))
    alarm.silence(time.monotonic(), "page")
    assert heard.hears(at_end("stop"))
    alarm.update(CALM, 4.0)
    alarm.update(WARNING, 5.0)
    assert heard.hears(at_end("WARNING", "on"))
    alarm.update(CALM, 6.0)
    assert heard.hears(at_end("stop"))


@pytest.mark.usefixtures("long_beeps")
def test_a_rise_changes_the_pattern_at_once(sounder: Sounder, alarm: Alarm, heard: Heard) -> None:
    alarm.update(WARNING, 0.0)
    assert heard.hears(at_end("WARNING", "on"))
    alarm.update(STORM, 0.1)
    assert heard.hears(at_end("STORM", "on"))
    assert "stop" not in heard.asked[1:]


def test_it_sounds_by_itself_when_a_silence_is_over_and_sleeps_until_then(heard: Heard) -> None:
    begin = time.monotonic()
    alarm = Alarm(AlarmState(WARNING, silenced_until=begin + 0.3))
    with Sounder(alarm, [heard], time.monotonic):
        assert heard.hears(at_end("WARNING", "on"))
    assert time.monotonic() >= begin + 0.3
    assert heard.asked.index("WARNING") <= 2, "it did not look again and again"


def test_an_alarm_that_was_on_before_a_restart_sounds_from_the_start(heard: Heard) -> None:
    with Sounder(Alarm(AlarmState(WARNING)), [heard], time.monotonic):
        assert heard.hears(at_end("WARNING", "on"))


def test_leaving_it_is_quiet_within_a_second(alarm: Alarm, heard: Heard) -> None:
    with Sounder(alarm, [heard], time.monotonic) as sounder:
        alarm.update(STORM, 0.0)
        assert heard.hears(at_end("on"))
        begin = time.monotonic()
        sounder.close()
        assert time.monotonic() - begin < 2.0
        assert heard.asked[-1] == "closed"
    assert heard.asked.count("closed") == 1


def test_what_did_not_stop_is_stopped_again(
    alarm: Alarm, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.alarm.sounder._AGAIN_S", 0.05)
    heard.is_quiet = False
    with Sounder(alarm, [heard], time.monotonic):
        assert heard.hears(at_end("stop", "stop", "stop"))


def test_each_voice_stops_whatever_another_says(alarm: Alarm, heard: Heard) -> None:
    stuck = Heard()
    stuck.is_quiet = False
    with Sounder(alarm, [stuck, heard], time.monotonic):
        assert heard.hears(at_end("stop"))


def test_a_mistake_of_ours_does_not_leave_the_next_storm_unheard(
    alarm: Alarm,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("web.alarm.sounder._AGAIN_S", 0.02)
    with Sounder(alarm, [heard], time.monotonic):
        assert heard.hears(at_end("stop"))
        heard.fault = ZeroDivisionError("oh")
        alarm.update(STORM, 0.0)
        assert heard.hears(at_end("STORM", "STORM", "STORM"))
        heard.fault = None
        assert heard.hears(at_end("on"))
    assert [record.getMessage() for record in caplog.records] == ["the sounder fails: oh"]


@pytest.mark.long("waits for seconds")
def test_a_buzzer_whose_line_is_busy_sounds_as_soon_as_it_is_free(
    alarm: Alarm, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    pins = RecordedPins()
    pins.fault = PinError("GPIO17 is busy")
    both: list[AlarmOutput] = [Buzzer(LINE, pins), heard]
    with Sounder(alarm, both, time.monotonic):
        alarm.update(STORM, 0.0)
        assert heard.hears(at_end("on", "off"))
        pins.fault = None
        heard.asked.clear()
        assert heard.hears(lambda asked: asked.count("on") >= 3)
        alarm.acknowledge(1.0, "page")
        assert heard.hears(at_end("stop"))
        assert pins.driven[-1] == (LINE, False)
    assert (LINE, True) in pins.driven
    told = [record.getMessage() for record in caplog.records if " fails: " in record.getMessage()]
    assert told == ["the buzzer on GPIO17 fails: GPIO17 is busy"]
