"""What rings when the level changes: the alarm, and those who are to be notified elsewhere."""

from collections.abc import Callable

from .alarm import Alarm
from .hooks import Hooks
from .level_change import LevelChange
from .weather import Outlook, Sample


class Bell:
    """Is told of each sample and its outlook, by the recorder.

    uptime: seconds since the boot. shown: a sample with its pressure as the pages show it.
    is_present: whether a sample is of now, and not of the part of a record that comes at once.
    """

    def __init__(
        self,
        alarm: Alarm,
        hooks: Hooks,
        uptime: Callable[[], float],
        shown: Callable[[Sample], Sample],
        is_present: Callable[[Sample], bool],
        *,
        simulated: bool,
    ) -> None:
        self._alarm, self._hooks, self._uptime = alarm, hooks, uptime
        self._shown, self._is_present, self._simulated = shown, is_present, simulated

    def judged(self, sample: Sample, outlook: Outlook) -> None:
        """Ring, or fall silent, as the level says."""
        before = self._alarm.update(outlook.level, self._uptime())
        if before is not outlook.level and self._is_present(sample):
            change = LevelChange.of(before, outlook, self._shown(sample), simulated=self._simulated)
            self._hooks.tell(change)
