"""What the recorder says of this moment, for the pages to show.

The history keeps what was measured; what it means now is told here, so that it costs the disk
nothing and is there even when the disk is not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..history.clock_trust import ClockTrust
from ..weather import Outlook, Sample


def corrected(sample: Sample, offset_hpa: float) -> Sample:
    """A sample as people are told it, to the nearest pascal; stored it is as measured."""
    return sample._replace(pressure_hpa=round(sample.pressure_hpa + offset_hpa, 2))


@dataclass(frozen=True)
class Bulletin:
    """The present.

    sample: the newest, as measured. outlook: what it led to. outage: why no sample comes, or none
    is kept; empty when all is well. remark: what is to be said of a sensor that reads. trust:
    whose word the time is. clock_remark: what is to be said of the clock.
    """

    sample: Sample | None = None
    outlook: Outlook | None = None
    outage: str = ""
    remark: str = ""
    trust: ClockTrust = ClockTrust.SYNCHRONISED
    clock_remark: str = ""


class Notices:
    """Where the newest bulletin hangs: the recorder puts it there, the pages look at it.

    What reads along is told of each, by the thread that hangs it there; it must not wait.
    """

    def __init__(self, newest: Bulletin | None = None) -> None:
        self._newest = newest or Bulletin()
        self._readers: list[Callable[[Bulletin], None]] = []

    @property
    def newest(self) -> Bulletin:
        """The newest bulletin."""
        return self._newest

    @newest.setter
    def newest(self, bulletin: Bulletin) -> None:
        self._newest = bulletin
        for read in self._readers:
            read(bulletin)

    def read_along(self, read: Callable[[Bulletin], None]) -> None:
        """Have each bulletin told from now on."""
        self._readers.append(read)
