"""A notice: what a notifier sends to a command or a web address, as JSON and as a sentence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..display.times import date_words, duration_words, iso
from ..weather import StormLevel
from .level_change import LevelChange
from .state import AlarmSignal

_NO_DATA = AlarmSignal.NO_DATA.value


@dataclass(frozen=True)
class Notice:
    """The fields of a notice, each a plain JSON value.

    "event" is "level", "no_data", "sensor" or "drill". "level" and "previous_level" are "no_data"
    while no data come: then nothing of the past is given as the present.
    """

    fields: Mapping[str, Any]

    @classmethod
    def of_level(cls, change: LevelChange) -> "Notice":
        """Return the notice of a change of level."""
        return cls({"event": "level", **change.json_fields()})

    @classmethod
    def of_no_data(cls, level: StormLevel, since: float, why: str) -> "Notice":
        """Return the notice that data are missing. level: the last one. since: Unix seconds."""
        words = f"NO DATA (was {level.name}) since {date_words(since)}: {why}"
        return cls(
            {
                **_UNKNOWN,
                "event": "no_data",
                "level": _NO_DATA,
                "previous_level": level.word,
                "since": iso(since),
                "reasons": [why],
                "message": words,
            }
        )

    @classmethod
    def of_data_again(cls, change: LevelChange, missing_s: float) -> "Notice":
        """Return the notice that data come again. change: as they are now."""
        fields = change.json_fields()
        words = f"DATA AGAIN after {duration_words(missing_s)}: {fields['message']}"
        return cls({**fields, "event": "no_data", "previous_level": _NO_DATA, "message": words})

    @classmethod
    def of_sensor(cls, moment: float, doubt: str, *, simulated: bool) -> "Notice":
        """Return the notice that a sensor reads and is in doubt. moment: Unix seconds."""
        return cls(
            {
                **_UNKNOWN,
                "event": "sensor",
                "since": iso(moment),
                "reasons": [doubt],
                "simulated": simulated,
                "message": f"{'SIMULATED: ' * simulated}The barometer is in doubt: {doubt}",
            }
        )

    @classmethod
    def of_drill(cls, moment: float, level: str, words: str, *, simulated: bool) -> "Notice":
        """Return a notice of a drill: of a signal, or at its end of the level as it is."""
        return cls(
            {
                **_UNKNOWN,
                "event": "drill",
                "level": level,
                "since": iso(moment),
                "reasons": ["this is a drill"],
                "simulated": simulated,
                "message": f"DRILL: {words}",
            }
        )

    @property
    def message(self) -> str:
        """The notice in one line, for a person."""
        return str(self.fields["message"])

    def to_json(self) -> bytes:
        """Return a JSON object, in UTF-8."""
        return json.dumps(dict(self.fields), ensure_ascii=False, allow_nan=False).encode()

    def to_environment(self) -> dict[str, str]:
        """Return the same as variables: STORM_PETREL_LEVEL and so on; empty if unknown."""
        return {f"STORM_PETREL_{key.upper()}": _text(v) for key, v in self.fields.items()}


class Waiting(NamedTuple):
    """A notice that waits to be sent. queued_id: when it was queued, by the history."""

    queued_id: int
    notice: Notice


_UNKNOWN: dict[str, Any] = {
    "level": None,
    "previous_level": None,
    "since": None,
    "taken_at": None,
    "pressure_hpa": None,
    "change_3h_hpa": None,
    "reasons": [],
    "simulated": False,
}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)
