"""What rings when the level changes: the alarm, and those who are to be notified elsewhere."""

from collections.abc import Callable

from .alarm import Alarm
from .bulletin import corrected
from .level_change import LevelChange
from .weather import Outlook, Sample


class Bell:
    """Is told of each sample and its outlook, by the recorder.

    tell: has a change sent to whoever is to be notified. uptime: seconds since the boot.
    offset_hpa: what corrects the pressure where it is told. is_present: whether a sample is of
    now, and not of the part of a record that comes at once.
    """

    def __init__(
        self,
        alarm: Alarm,
        tell: Callable[[LevelChange], None],
        uptime: Callable[[], float],
        offset_hpa: float,
        is_present: Callable[[Sample], bool],
        *,
        simulated: bool,
    ) -> None:
        self._alarm, self._tell, self._uptime = alarm, tell, uptime
        self._offset_hpa, self._is_present, self._simulated = offset_hpa, is_present, simulated

    def judged(self, sample: Sample, outlook: Outlook) -> None:
        """Ring, or fall silent, as the level says."""
        before = self._alarm.update(outlook.level, self._uptime())
        if before is not outlook.level and self._is_present(sample):
            shown = corrected(sample, self._offset_hpa)
            self._tell(LevelChange.of(before, outlook, shown, simulated=self._simulated))
