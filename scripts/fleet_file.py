"""The minutes of a fleet in one SQLite file: a row for each boat and minute, however often it came.

CREATE TABLE samples (node, taken_at, pressure_pa, ..., PRIMARY KEY (node, taken_at))
"""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import NamedTuple, Self

_TABLE = """
CREATE TABLE IF NOT EXISTS samples (
    node TEXT NOT NULL,
    taken_at REAL NOT NULL,  -- Unix seconds
    pressure_pa REAL NOT NULL,  -- corrected, at the station
    temperature_c REAL,
    change_3h_pa REAL,
    level TEXT,
    chance_near_gale REAL,  -- 0 to 1
    chance_gale REAL,
    simulated INTEGER NOT NULL,
    PRIMARY KEY (node, taken_at)
) WITHOUT ROWID
"""
_LEVELS = (None, "calm", "watch", "warning", "storm")


class NoMinuteError(ValueError):
    """What came is no minute of a boat; the message says why."""


class Minute(NamedTuple):
    """A row."""

    node: str
    taken_at: float
    pressure_pa: float
    temperature_c: float | None
    change_3h_pa: float | None
    level: str | None
    chance_near_gale: float | None
    chance_gale: float | None
    simulated: bool

    @classmethod
    def of(cls, node: str, payload: bytes) -> Self:
        """Read what a boat has sent. Raises NoMinuteError."""
        try:
            said = json.loads(payload)
        except (ValueError, RecursionError):
            raise NoMinuteError("it is not JSON") from None
        if not isinstance(said, dict):
            raise NoMinuteError("it is no JSON object")

        def number(key: str, times: float = 1.0) -> float | None:
            value = said.get(key)
            if value is None:
                return None
            is_one = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_one or not abs(value) < 1e12 or not isfinite(value):
                raise NoMinuteError(f"{key} is no number")
            return round(float(value) * times, 4)

        pressure_pa = number("pressure_hpa", 100.0)
        if pressure_pa is None:
            raise NoMinuteError("it has no pressure_hpa")
        if not 30_000 <= pressure_pa <= 110_000:
            raise NoMinuteError(f"{pressure_pa / 100:g} hPa is no pressure of the air")
        level = said.get("level")
        if level not in _LEVELS:
            raise NoMinuteError("its level is none of calm, watch, warning, storm")
        return cls(
            node,
            _moment(said.get("taken_at")),
            pressure_pa,
            number("temperature_c"),
            number("change_3h_hpa", 100.0),
            level,
            number("chance_near_gale"),
            number("chance_gale"),
            said.get("simulated") is True,
        )


def _moment(said: object) -> float:
    """Unix seconds, from ISO 8601 with its zone."""
    try:
        moment = datetime.fromisoformat(str(said))
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment.timestamp()
    except (ValueError, OverflowError):
        raise NoMinuteError("its taken_at is no time with a zone") from None


class FleetFile:
    """The file, made if it is not there. Raises OSError with a sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = sqlite3.connect(path)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute(_TABLE)
        except sqlite3.Error as error:
            raise OSError(f"{path} cannot be used: {error}") from error

    def add(self, minutes: Iterable[Minute]) -> int:
        """Keep them, and return how many are new; then they are on the disk."""
        before = self._file.total_changes
        places = ", ".join("?" * len(Minute._fields))
        try:
            with self._file:
                self._file.executemany(f"INSERT OR IGNORE INTO samples VALUES ({places})", minutes)
        except sqlite3.Error as error:
            raise OSError(f"{self._path} cannot be written: {error}") from error
        return self._file.total_changes - before

    def tally(self) -> str:
        """What is in it, in words."""
        boats, minutes = self._file.execute(
            "SELECT count(DISTINCT node), count(*) FROM samples"
        ).fetchone()
        return f"{minutes} minutes of {boats} boat{'' if boats == 1 else 's'} in {self._path}"

    def close(self) -> None:
        """Close it."""
        self._file.close()
