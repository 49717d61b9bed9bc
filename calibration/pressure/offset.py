"""The dated offset of a barometer, and its file, which is checked field by field.

One number is added to what the sensor says when it is shown. What is stored stays as measured, so
that a better offset mends the whole curve, and a wrong one has spoilt nothing.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from ..documents.fields import field, number, text
from ..documents.json_file import Kind, moment, read_document, write_document
from ..errors import CalibrationError
from .sea_level import check_height

LARGEST_HPA: Final = 10.0
DRIFT_HPA_PER_YEAR: Final = 1.0  # BMP280 data sheet, table 2, and that is the typical chip

_DUE_AFTER: Final = timedelta(days=365)
_LONGEST_WHO: Final = 80
_NO_BAROMETERS_BEFORE: Final = 1640
_KIND: Final = Kind(
    title="barometer's offset",
    format="storm-petrel barometer offset",
    version=1,
    origin="write one there with scripts/calibrate_barometer.py",
    remedy="compare the barometer again, or restore the file from a copy",
)


class ReferenceKind(Enum):
    """What the trusted number is."""

    STATION = "station"
    QNH = "qnh"
    QFF = "qff"

    @property
    def words(self) -> str:
        return "station pressure" if self is ReferenceKind.STATION else self.name


@dataclass(frozen=True)
class PressureOffset:
    """What is to be added to the sensor's station pressure, and by whose word.

    offset_hpa: at most 10 either way. taken_at: an aware datetime, kept in UTC. who: the name of
    the reference. kind: what its number was. height_m: of the sensor, above the sea. sensor: the
    serial of the sensor; empty where that was not known.

    Raises CalibrationError for a field that cannot be.
    """

    offset_hpa: float
    taken_at: datetime
    who: str
    kind: ReferenceKind
    height_m: float
    sensor: str = ""

    def __post_init__(self) -> None:
        if not abs(self.offset_hpa) <= LARGEST_HPA:  # NaN is not either
            raise CalibrationError(
                f"an offset of {self.offset_hpa:g} hPa: no sensor worth correcting is off by more"
                f" than {LARGEST_HPA:g}"
            )
        if self.taken_at.tzinfo is None:
            raise CalibrationError(f"{self.taken_at} does not say that it is UTC")
        if self.taken_at.year < _NO_BAROMETERS_BEFORE:
            raise CalibrationError(f"{self.taken_at}: there were no barometers yet")
        check_who(self.who)
        check_height(self.height_m)
        object.__setattr__(self, "taken_at", self.taken_at.astimezone(UTC))

    def is_due(self, now: datetime) -> bool:
        """Whether twelve months have passed by this clock, so that the drift may have eaten it up.

        One dated later than now is not: a Raspberry Pi without a clock wakes up in the past.
        """
        return now - self.taken_at > _DUE_AFTER

    def words(self) -> str:
        """In a few words: "−0.8 hPa against Horta harbour office (3 Oct 2026)"."""
        # Plus nothing: a small negative offset is no "−0.0".
        offset = f"{round(self.offset_hpa, 1) + 0.0:+.1f}".replace("-", "−")
        day = f"{self.taken_at.day} {self.taken_at:%b %Y}"
        return f"{offset} hPa against {self.who} ({day})"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save as versioned JSON, in one step: a power cut leaves the old file or the new one.

        Raises CalibrationError: the folder is missing, full or not writable.
        """
        write_document(path, _KIND, self.document())

    def document(self) -> dict[str, Any]:
        """Return the fields as plain JSON values; of() takes them back."""
        taken_at = self.taken_at.isoformat().replace("+00:00", "Z")
        return {**asdict(self), "taken_at": taken_at, "kind": self.kind.value}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "PressureOffset":
        """Load a saved offset.

        Raises CalibrationError: no such file, or anything in it that is missing, broken or unknown.
        """
        return read_document(path, _KIND, cls.of)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "PressureOffset":
        """Return the offset of a document. Raises CalibrationError."""
        known = {"format", "version", *(entry.name for entry in fields(cls))}
        for unknown in sorted(set(document) - known):
            raise CalibrationError(f'unknown entry "{unknown}"')
        return cls(
            field(document, "offset_hpa", number),
            field(document, "taken_at", moment),
            field(document, "who", text),
            field(document, "kind", _kind),
            field(document, "height_m", number),
            field(document, "sensor", text),
        )


def check_who(who: str) -> None:
    """Raise CalibrationError for a name of the reference that cannot be shown in one line."""
    if not who.strip() or not who.isprintable() or len(who) > _LONGEST_WHO:
        raise CalibrationError(
            f"{who[:_LONGEST_WHO]!r} as the name of the reference: say in one line, of at most"
            f" {_LONGEST_WHO} letters, who gave the number"
        )


def _kind(value: Any) -> ReferenceKind:
    try:
        return ReferenceKind(value)
    except ValueError:
        known = ", ".join(kind.value for kind in ReferenceKind)
        raise CalibrationError(f"{str(value)[:40]!r} is not one of {known}") from None
