"""A change of the storm level, as it is sent to other programs and to people."""

from typing import NamedTuple

from ..display.times import date_words, iso
from ..weather import Outlook, Sample, StormLevel
from ..weather.tendency import signed


class LevelChange(NamedTuple):
    """A change of level, and the pressure that led to it.

    since: when the level began; taken_at: when the sample was taken; Unix seconds, UTC.
    change_3h_hpa: None if it is not known.
    """

    previous: StormLevel
    level: StormLevel
    since: float
    taken_at: float
    pressure_hpa: float
    change_3h_hpa: float | None
    reasons: tuple[str, ...]
    simulated: bool

    @classmethod
    def of(
        cls, previous: StormLevel, outlook: Outlook, sample: Sample, *, simulated: bool
    ) -> "LevelChange":
        """Return the change to an outlook. sample: the newest, with the offset added."""
        return cls(
            previous,
            outlook.level,
            outlook.since,
            sample.taken_at,
            sample.pressure_hpa,
            outlook.tendency.change_hpa if outlook.tendency else None,
            outlook.reasons,
            simulated,
        )

    def concerns(self, lowest: StormLevel) -> bool:
        """Return whether the level changed, and is or was at least `lowest`."""
        return self.level is not self.previous and max(self.level, self.previous) >= lowest

    @property
    def message(self) -> str:
        """The change in one line, with the first of its reasons, for a person."""
        since = f" since {date_words(self.since)}"
        return f"{'SIMULATED: ' * self.simulated}{self._words(since)}"

    @property
    def words(self) -> str:
        """The same without the time, and whether it is simulated."""
        return self._words("")

    def _words(self, since: str) -> str:
        trend = self.change_3h_hpa
        change = "" if trend is None else f", {signed(trend)} hPa in 3 h"
        words = (
            f"{self.level.name} (was {self.previous.name}){since}:"
            f" {self.pressure_hpa:.1f} hPa{change}"
        )
        return "; ".join((words, *self.reasons[:1]))

    def json_fields(self) -> dict[str, object]:
        """Return the change as plain JSON values."""
        trend = self.change_3h_hpa
        return {
            "level": self.level.word,
            "previous_level": self.previous.word,
            "since": iso(self.since),
            "taken_at": iso(self.taken_at),
            "pressure_hpa": round(self.pressure_hpa, 2),
            "change_3h_hpa": None if trend is None else round(trend, 2),
            "reasons": list(self.reasons),
            "simulated": self.simulated,
            "message": self.message,
        }
