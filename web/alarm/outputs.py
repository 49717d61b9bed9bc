"""The outputs of the alarm: a buzzer on a GPIO line, a command, or, simulated, a line in the log.

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
from .state import AlarmSignal

log = logging.getLogger(__name__)

_STEADY = 10  # successes in a row end an outage, of several tries a second
_LONGEST_RUN_S = 30.0


class AlarmOutput(Protocol):
    """Something that sounds. It logs its failures and raises none.

    failure: why the newest try failed, or "".
    """

    failure: str = ""

    def begin(self, signal: AlarmSignal, /, *, is_drill: bool = False) -> None:
        """Begin a turn of the signal's pattern; by default nothing."""
        return

    def beep(self, *, on: bool) -> None:
        """Begin or end a beep of the pattern; by default nothing."""
        return

    def stop(self) -> bool:
        """Be quiet at once; return False if it may still sound."""

    def close(self) -> None:
        """Be quiet and release what is claimed. Closing twice is fine."""
        self.stop()


class Buzzer(AlarmOutput):
    """An active buzzer on a GPIO line, by BCM number: high is on.

    pins: a Pins object that no other thread uses and that the caller closes; without one, the best
    of this machine, opened at the first beep. They are not the colour sensor's, whose reading in
    the dark would delay a beep by seconds. Raises ConfigError when a sensor on the same pins has
    the line.
    """

    def __init__(self, line: int, pins: Pins | None = None) -> None:
        if pins is not None:
            reserve(pins, line, "the buzzer")
        self._line, self._pins, self._owns_pins = line, pins, pins is None
        self._is_on = False
        self._outage = OutageLog(log, f"the buzzer on GPIO{line}", steady=_STEADY)

    def beep(self, *, on: bool) -> None:
        try:
            if self._pins is None:
                self._pins = best_pins()
            self._pins.drive({self._line: on})
        except (SensorError, OSError) as error:
            self.failure = str(error)
            self._outage.fails(error)
        else:
            self.failure = ""
            self._is_on = on
            self._outage.works()

    def stop(self) -> bool:
        # Also what was never switched on: a program that was killed may have left it on.
        self.beep(on=False)
        return not self._is_on

    def close(self) -> None:
        if self._pins is None:
            return
        self.stop()
        pins, self._pins = self._pins, None
        if not self._owns_pins:
            release(pins, self._line)
            return
        try:
            pins.close()
        except (SensorError, OSError) as error:
            self._outage.fails(error)


class SimulatedBuzzer(AlarmOutput):
    """A line in the log when a buzzer would begin to sound, and one when it would end."""

    def __init__(self) -> None:
        self._is_on = False

    def begin(self, signal: AlarmSignal, /, *, is_drill: bool = False) -> None:
        if not self._is_on:
            log.info("buzzer: on (%sSIMULATED)", "DRILL, " * is_drill)
        self._is_on = True

    def stop(self) -> bool:
        if self._is_on:
            log.info("buzzer: off (SIMULATED)")
        self._is_on = False
        return True


class Sound(AlarmOutput):
    """A command that is run at the beginning of each turn, unless it is still running.

    It finds "watch", "warning", "storm" or "no_data" in STORM_PETREL_LEVEL, and "true" in
    STORM_PETREL_DRILL if it is one, else "false". It is ended when the alarm stops, or at the first
    turn after 30 s.
    """

    def __init__(self, line: str, *, longest_s: float = _LONGEST_RUN_S) -> None:
        self._command = Command(line)
        self._longest_s = longest_s
        self._run: CommandProcess | None = None
        self._outage = OutageLog(log, f"[alarm] sound ({self._command.name})", steady=_STEADY)
        if not self._command.exists:  # better said in fair weather
            self._outage.fails("there is no such program for this user: is it installed?")

    def begin(self, signal: AlarmSignal, /, *, is_drill: bool = False) -> None:
        if self._is_running():
            return
        drill = "true" if is_drill else "false"
        variables = {"STORM_PETREL_LEVEL": signal.value, "STORM_PETREL_DRILL": drill}
        try:
            self._run = self._command.start(variables)
        except OSError as error:
            self._fails(str(error))

    def stop(self) -> bool:
        if self._run is not None:
            if not self._run.is_running():
                self._judge(self._run)
            self._run.end()
            self._run = None
        return True

    def _is_running(self) -> bool:
        """Return whether the last run goes on; log how it ended."""
        run = self._run
        if run is None:
            return False
        if run.is_running():
            if run.age_s < self._longest_s:
                return True
            self._fails(f"it was still running after {self._longest_s:g} s, and was ended")
        self.stop()
        return False

    def _judge(self, run: CommandProcess) -> None:
        if failure := run.failure():
            self._fails(failure)
        else:
            self.failure = ""
            self._outage.works()

    def _fails(self, why: str) -> None:
        self.failure = why
        self._outage.fails(why)


def outputs_of(config: AlarmConfig, *, simulated: bool) -> dict[str, AlarmOutput]:
    """Return the outputs that [alarm] asks for, by their keys, the quickest to stop first."""
    chosen: dict[str, AlarmOutput] = {}
    if config.buzzer is not None:
        chosen["buzzer"] = SimulatedBuzzer() if simulated else Buzzer(config.buzzer)
    if config.sound:
        chosen["sound"] = Sound(config.sound)
    return chosen


def check_buzzer(config: AlarmConfig, board: BoardConfig, colour: ColourConfig, where: str) -> None:
    """Raise ConfigError when the buzzer's line is that of something else on the board.

    where: what messages call the settings.
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
