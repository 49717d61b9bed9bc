"""What the alarm sounds with: a buzzer on a GPIO line, a command, or, simulated, a line in the log.

5 V ------- active buzzer -------.     it sounds by itself while it has power; a pin of a Pi
                                 | C   gives 16 mA at most, so that a transistor switches it
GPIO17 -------- 1 kOhm -------- B   NPN
                                 | E
GND -----------------------------'
"""

import logging
from dataclasses import fields
from typing import Protocol

from sensors.backends import best_pins
from sensors.config import BoardConfig, ColourConfig
from sensors.errors import ConfigError, SensorError
from sensors.hats.envirophat import LED_LINE, LEDS
from sensors.ports import Pins
from sensors.tcs3200.sharing import release, reserve
from sensors.tcs3200.wiring import Wiring

from ..config.tables import AlarmConfig
from ..system.command import Command, CommandProcess
from ..system.outage_log import OutageLog
from ..weather import StormLevel

log = logging.getLogger(__name__)

# What is tried several times a second works again when it has worked for a while.
_STEADY = 10
_LONGEST_RUN_S = 30.0


class AlarmOutput(Protocol):
    """Something that sounds. Its failures are its own to log: they never come out of it."""

    def begin(self, level: StormLevel, /) -> None:
        """Do what belongs to the beginning of a turn of the level's pattern; by default nothing."""
        return

    def beep(self, *, on: bool) -> None:
        """Begin or end a beep of the pattern; by default nothing."""
        return

    def hush(self) -> bool:
        """Be quiet at once; return whether it is, or can be no quieter."""

    def close(self) -> None:
        """Be quiet and give back what is claimed. Closing twice is fine."""
        self.hush()


class Buzzer(AlarmOutput):
    """An active buzzer on a GPIO line, by BCM number: high is on.

    pins: a Pins object that no other thread uses, and which stays the caller's to close; without
    one, the best that this machine has, opened when it is first needed. It has its own, because a
    reading of a colour sensor in the dark would hold up a beep for seconds.
    Raises ConfigError when a sensor on the same pins has the line.
    """

    def __init__(self, line: int, pins: Pins | None = None) -> None:
        if pins is not None:
            reserve(pins, line, "the buzzer")
        self._line, self._pins, self._owns_pins = line, pins, pins is None
        self._is_on = False
        self._outage = OutageLog(log, f"the buzzer on GPIO{line}", steady=_STEADY)

    def beep(self, *, on: bool) -> None:
        """Switch it."""
        try:
            if self._pins is None:
                self._pins = best_pins()
            self._pins.drive({self._line: on})
        except (SensorError, OSError) as error:
            self._outage.fails(error)
        else:
            self._is_on = on
            self._outage.works()

    def hush(self) -> bool:
        """Switch it off, also where a program that was killed left it on."""
        self.beep(on=False)
        return not self._is_on

    def close(self) -> None:
        """Switch it off and give its line back."""
        if self._pins is None:
            return
        self.hush()
        pins, self._pins = self._pins, None
        if not self._owns_pins:
            release(pins, self._line)
            return
        try:
            pins.close()
        except (SensorError, OSError) as error:
            self._outage.fails(error)


class SimulatedBuzzer(AlarmOutput):
    """What a buzzer would do, told in the log: on when it begins to sound, off when it ends."""

    def __init__(self) -> None:
        self._is_on = False

    def begin(self, level: StormLevel, /) -> None:
        """Tell of the beginning."""
        if not self._is_on:
            log.info("buzzer: on (SIMULATED)")
        self._is_on = True

    def hush(self) -> bool:
        """Tell of the end."""
        if self._is_on:
            log.info("buzzer: off (SIMULATED)")
        self._is_on = False
        return True


class Sound(AlarmOutput):
    """A command that is run at the beginning of each turn, unless it is still running.

    It finds the level's name in STORM_PETREL_LEVEL, and is ended when the alarm is hushed, or at
    the first turn after 30 s.
    """

    def __init__(self, line: str, *, longest_s: float = _LONGEST_RUN_S) -> None:
        self._command = Command(line)
        self._longest_s = longest_s
        self._run: CommandProcess | None = None
        self._outage = OutageLog(log, f"[alarm] sound ({self._command.name})", steady=_STEADY)
        if not self._command.exists:  # better said in fair weather
            self._outage.fails("there is no such program for this user: is it installed?")

    def begin(self, level: StormLevel, /) -> None:
        """Start it, if it is not running."""
        if self._is_running():
            return
        try:
            self._run = self._command.start({"STORM_PETREL_LEVEL": level.word})
        except OSError as error:
            self._outage.fails(error)

    def hush(self) -> bool:
        """End it, if it is running."""
        if self._run is not None:
            self._run.end()
            self._run = None
        return True

    def _is_running(self) -> bool:
        """Look after the last run, and say how it ended when it has."""
        run = self._run
        if run is None:
            return False
        if run.is_running():
            if run.age_s < self._longest_s:
                return True
            self._outage.fails(f"it was still running after {self._longest_s:g} s, and was ended")
        elif failure := run.failure():
            self._outage.fails(failure)
        else:
            self._outage.works()
        self.hush()
        return False


def outputs(config: AlarmConfig, *, simulated: bool) -> list[AlarmOutput]:
    """What these settings let the alarm sound with, the quickest to hush first."""
    chosen: list[AlarmOutput] = []
    if config.buzzer is not None:
        chosen.append(SimulatedBuzzer() if simulated else Buzzer(config.buzzer))
    if config.sound:
        chosen.append(Sound(config.sound))
    return chosen


def check_buzzer(config: AlarmConfig, board: BoardConfig, colour: ColourConfig, where: str) -> None:
    """Raise ConfigError when the buzzer's line is that of something else on the board.

    where: what to call the settings by.
    """
    line = config.buzzer
    if line is None:
        return
    if board.enviro_phat and line == LED_LINE:
        raise ConfigError(
            f"{where}: [alarm] buzzer = {line}, but with [board] enviro_phat GPIO{line} drives"
            f" {LEDS}: wire the buzzer to another line"
        )
    for key in (field.name for field in fields(Wiring)):
        if getattr(colour, key) == line:
            raise ConfigError(
                f"{where}: [alarm] buzzer and [colour] {key} are both {line}: wire one of them to"
                " another line"
            )
