"""What the alarm sounds with: a buzzer on pins that are recorded, a twin's, real commands."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import web.alarm.outputs
from sensors import TCS3200, BackendMissing, ConfigError, PinError
from sensors.config import BoardConfig, ColourConfig
from sensors.ports import Pins
from sensors.readings import Edges
from sensors.simulated.scene import Scene
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.tcs3200.wiring import Wiring
from tests.support.waiting import eventually, is_running
from web.alarm.outputs import Buzzer, SimulatedBuzzer, Sound, check_buzzer, outputs_of
from web.alarm.state import AlarmSignal
from web.config.tables import AlarmConfig

LINE = 17


class RecordedPins:
    """Pins that remember what was driven, and are at fault when told so."""

    fastest_hz = 1.0

    def __init__(self) -> None:
        self.driven: list[tuple[int, bool]] = []
        self.fault: Exception | None = None
        self.closings = 0

    def drive(self, levels: Mapping[int, bool], /) -> None:
        if self.fault is not None:
            raise self.fault
        self.driven += levels.items()

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        raise AssertionError("a buzzer is not listened to")

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        raise AssertionError("a buzzer is not read")

    def close(self) -> None:
        self.closings += 1


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_a_buzzer_is_switched_on_and_off_and_its_line_given_back() -> None:
    pins = RecordedPins()
    buzzer = Buzzer(LINE, pins)
    buzzer.begin(AlarmSignal.STORM)
    assert pins.driven == []
    buzzer.beep(on=True)
    buzzer.beep(on=False)
    buzzer.beep(on=True)
    assert buzzer.stop()
    assert pins.driven == [(LINE, True), (LINE, False), (LINE, True), (LINE, False)]
    buzzer.beep(on=True)
    buzzer.close()
    buzzer.close()
    assert pins.driven[-1] == (LINE, False)
    assert pins.closings == 0, "what was given stays the giver's"


def test_the_pins_of_its_own_are_opened_when_needed_and_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pins = RecordedPins()
    opened: list[Pins] = []

    def best_pins() -> Pins:
        opened.append(pins)
        return pins

    monkeypatch.setattr(web.alarm.outputs, "best_pins", best_pins)
    Buzzer(LINE).close()
    assert opened == []
    buzzer = Buzzer(LINE)
    buzzer.stop()
    buzzer.beep(on=True)
    buzzer.close()
    assert opened == [pins]
    assert pins.driven == [(LINE, False), (LINE, True), (LINE, False)]
    assert pins.closings == 1


def test_a_line_that_cannot_be_had_is_told_once_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pins = RecordedPins()
    buzzer = Buzzer(LINE, pins)
    pins.fault = PinError("GPIO17 is busy: end the program that holds it")
    for _ in range(5):
        buzzer.beep(on=True)
    assert buzzer.stop(), "what never was on need not be switched off again and again"
    pins.fault = None
    for _ in range(10):
        buzzer.beep(on=True)
    pins.fault = OSError("the chip is gone")
    assert not buzzer.stop(), "it is still on"
    buzzer.close()
    assert messages(caplog) == [
        "the buzzer on GPIO17 fails: GPIO17 is busy: end the program that holds it",
        "the buzzer on GPIO17 works again",
        "the buzzer on GPIO17 fails: the chip is gone",
    ]


def test_a_machine_without_a_gpio_library_is_told_which_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def best_pins() -> Pins:
        raise BackendMissing("no GPIO library is installed: pip install 'gpiod>=2.1'")

    monkeypatch.setattr(web.alarm.outputs, "best_pins", best_pins)
    buzzer = Buzzer(LINE)
    buzzer.beep(on=True)
    assert buzzer.stop()
    assert len(messages(caplog)) == 1
    assert "pip install" in messages(caplog)[0]


def test_a_buzzer_and_a_sensor_do_not_share_a_line() -> None:
    pins = SimulatedTCS3200(Scene(), Wiring(25, 23, 24))
    with TCS3200(25, 23, 24, pins=pins), pytest.raises(ConfigError, match=r"GPIO25.*the buzzer"):
        Buzzer(25, pins)
    buzzer = Buzzer(LINE, pins)
    with pytest.raises(ConfigError, match=r"GPIO17.*the buzzer"):
        TCS3200(25, 23, 24, led=LINE, pins=pins)
    buzzer.beep(on=True)
    assert pins.levels[LINE]
    buzzer.close()
    assert not pins.levels[LINE]
    TCS3200(25, 23, 24, led=LINE, pins=pins).close()


def test_a_simulated_buzzer_is_said_in_the_log_once_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    buzzer = SimulatedBuzzer()
    with caplog.at_level(logging.INFO):
        buzzer.stop()
        for _ in range(3):
            buzzer.begin(AlarmSignal.STORM)
            buzzer.beep(on=True)
            buzzer.beep(on=False)
        buzzer.stop()
        buzzer.begin(AlarmSignal.WATCH)
        buzzer.close()
    assert messages(caplog) == ["buzzer: on (SIMULATED)", "buzzer: off (SIMULATED)"] * 2


# Commands.


def sound_of(script: str, **settings: float) -> Sound:
    return Sound(f"sh -c '{script}'", **settings)


def begun_until(sound: Sound, is_so: Callable[[], object]) -> bool:
    """Begin turn after turn until it comes true."""

    def turn() -> object:
        sound.begin(AlarmSignal.WARNING)
        return is_so()

    return eventually(turn)


def test_a_command_is_told_the_level_and_is_run_again_but_never_twice_at_once(
    tmp_path: Path,
) -> None:
    file = tmp_path / "runs"
    sound = sound_of(
        f"test -e {file}.busy && echo twice >> {file}; touch {file}.busy; sleep 0.05;"
        f" echo $STORM_PETREL_LEVEL >> {file}; rm {file}.busy"
    )
    file.touch()
    assert begun_until(sound, lambda: len(file.read_text().splitlines()) >= 3)
    sound.close()
    assert set(file.read_text().splitlines()) == {"warning"}


def test_a_command_ends_at_once_when_the_alarm_stops(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    sound = sound_of(f"echo $$ > {file}.new; mv {file}.new {file}; sleep 60")
    sound.begin(AlarmSignal.STORM)
    assert eventually(file.exists)
    pid = int(file.read_text())
    assert sound.stop()
    assert not is_running(pid)
    assert sound.stop()


def test_a_command_that_hangs_is_ended_and_told_and_run_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "pids"
    sound = sound_of(f"echo $$ >> {file}; sleep 60", longest_s=0.1)
    file.touch()
    assert begun_until(sound, lambda: len(file.read_text().splitlines()) >= 3)
    sound.close()
    assert not any(is_running(int(pid)) for pid in file.read_text().split())
    assert messages(caplog) == [
        "[alarm] sound (sh) fails: it was still running after 0.1 s, and was ended"
    ]


def test_a_command_that_fails_is_told_once_with_its_last_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "runs"
    sound = sound_of(f"echo x >> {file}; echo the device is busy >&2; exit 1")
    file.touch()
    assert begun_until(sound, lambda: len(file.read_text()) >= 6)
    sound.close()
    assert messages(caplog) == ["[alarm] sound (sh) fails: it ended with 1: the device is busy"]


def test_a_program_that_is_not_there_is_told_in_fair_weather_and_only_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sound = Sound("aplya storm.wav")
    assert "no such program" in messages(caplog)[0]
    for _ in range(3):
        sound.begin(AlarmSignal.STORM)
    sound.close()
    assert len(caplog.records) == 1


# What the settings choose.


def test_the_settings_choose_the_outputs() -> None:
    assert outputs_of(AlarmConfig(), simulated=False) == {}
    both = AlarmConfig(buzzer=LINE, sound="true")
    assert list(map(type, outputs_of(both, simulated=False).values())) == [Buzzer, Sound]
    assert list(map(type, outputs_of(both, simulated=True).values())) == [SimulatedBuzzer, Sound]


def test_a_line_of_something_else_is_refused_with_both_keys() -> None:
    tutorial, phat = ColourConfig(), BoardConfig(enviro_phat=True)
    check_buzzer(AlarmConfig(), phat, tutorial, "boat.toml")
    check_buzzer(AlarmConfig(buzzer=4), BoardConfig(), tutorial, "boat.toml")
    check_buzzer(AlarmConfig(buzzer=LINE), phat, tutorial, "boat.toml")
    with pytest.raises(
        ConfigError, match=r"boat.toml: \[alarm\] buzzer = 4.*\[board\] enviro_phat"
    ):
        check_buzzer(AlarmConfig(buzzer=4), phat, tutorial, "boat.toml")
    with pytest.raises(ConfigError, match=r"\[alarm\] buzzer and \[colour\] s2 are both 23"):
        check_buzzer(AlarmConfig(buzzer=23), BoardConfig(), tutorial, "boat.toml")
    with pytest.raises(ConfigError, match=r"\[colour\] led are both 17"):
        check_buzzer(AlarmConfig(buzzer=17), BoardConfig(), ColourConfig(led=17), "boat.toml")
