"""What the page's process is given: once how it is set up, and then the state of the program."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from ...alarm.drill import DrillReport
from ...alarm.state import AlarmState
from ...config.settings import Config, Preferences
from ...recorder.conditions import Conditions
from ...recorder.pacing import Pace
from ...system.side_files import SideFileFault

_GRAIN_S = 0.01  # what two looks at one clock may differ by


@dataclass(frozen=True)
class PageSetup:
    """What does not change while the program runs.

    config: the settings, without those of publishers. host, port: where the page is. simulated:
    whether the board is. history, profile, sorter, token: the files. record_title: of the record
    that is played. refresh_s: how often a page should ask.
    """

    config: Config
    host: str
    port: int
    simulated: bool
    history: Path
    profile: Path
    sorter: Path
    token: Path
    period_s: float
    refresh_s: int
    record_title: str


class PageClock(NamedTuple):
    """The clocks of the program, by this kernel's time since the boot, which both processes have.

    unix_s: the time at the boot. uptime_s: the alarm's clock at the boot. speed: seconds of the
    time in one second. end: no later than that, Unix seconds. words: a remark about this time.
    """

    unix_s: float
    uptime_s: float
    speed: float
    end: float
    words: str

    @classmethod
    def of(cls, pace: Pace, uptime_s: float) -> Self:
        """Return the clocks as they are now. uptime_s: what the alarm's clock says."""
        since_boot_s, now = _since_boot_s(), pace.now()
        unix_s = now if now >= pace.end else now - pace.speed * since_boot_s
        grain_s = _GRAIN_S * max(1.0, pace.speed)
        return cls(
            round(unix_s / grain_s) * grain_s,
            round((uptime_s - since_boot_s) / _GRAIN_S) * _GRAIN_S,
            pace.speed,
            pace.end,
            pace.remark(),
        )

    def now(self) -> float:
        """Return the time in Unix seconds, UTC."""
        return min(self.end, self.unix_s + self.speed * _since_boot_s())

    def uptime(self) -> float:
        """Return the time by the alarm's clock, in seconds."""
        return self.uptime_s + _since_boot_s()


class PageState(NamedTuple):
    """What the program knows at one moment.

    settings_here: the keys that were set on the page. faults: of side files. serial: of the
    barometer, "" if unknown.
    """

    conditions: Conditions
    alarm: AlarmState
    drill: DrillReport
    preferences: Preferences
    settings_here: tuple[str, ...]
    faults: tuple[SideFileFault, ...]
    clock: PageClock
    serial: str


def _since_boot_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
