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
        trend = self.change_3h_hpa
        change = "" if trend is None else f", {signed(trend)} hPa in 3 h"
        words = (
            f"{self.level.name} (was {self.previous.name}) since {date_words(self.since)}:"
            f" {self.pressure_hpa:.1f} hPa{change}"
        )
        mark = "SIMULATED: " if self.simulated else ""
        return "; ".join((mark + words, *self.reasons[:1]))

    def to_json(self) -> bytes:
        """Return a JSON object, in UTF-8."""
        import json

        return json.dumps(self._json_fields(), ensure_ascii=False, allow_nan=False).encode()

    def to_environment(self) -> dict[str, str]:
        """Return the same as variables: STORM_PETREL_LEVEL and so on; empty if unknown."""
        return {f"STORM_PETREL_{key.upper()}": _text(v) for key, v in self._json_fields().items()}

    def _json_fields(self) -> dict[str, object]:
        trend = self.change_3h_hpa
        return {
            "level": self.level.word,
            "previous_level": self.previous.word,
            "since": iso(self.since),
            "taken_at": iso(self.taken_at),
            "pressure_hpa": round(self.pressure_hpa, 2),
            "change_3h_hpa": None if trend is None else round(trend, 2),
            "reasons": self.reasons,
            "simulated": self.simulated,
            "message": self.message,
        }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "; ".join(value)
    return "" if value is None else str(value)
