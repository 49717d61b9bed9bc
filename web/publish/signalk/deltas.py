"""Signal K deltas: the sample and the outlook, in pascal and kelvin.

One delta is one JSON object. It never holds NaN, for which the server would silently drop all of
it; null means that a value is no longer known.
"""

import json
from collections.abc import Mapping
from math import isfinite

from ...display.times import iso
from ...weather import Outlook, Sample

PRESSURE = "environment.outside.pressure"
TENDENCY = f"{PRESSURE}.trend.tendency"
SEVERITY = f"{PRESSURE}.trend.severity"

_KELVIN = 273.15
# The Met Office's steps of the change in 3 h, which signalk-barometer-trend uses too.
_STEPS_HPA = (0.1, 1.6, 3.6, 6.1)

Values = Mapping[str, object]


class DeltaEncoder:
    """Encodes the deltas of one source. zone: where the barometer is; "": no temperature."""

    def __init__(self, source: str, zone: str, timeout_s: float) -> None:
        self.source = source
        self._temperature = f"environment.inside.{zone}.temperature" if zone else ""
        self._timeout_s = timeout_s

    def delta(self, values: Values, taken_at: float | None) -> str:
        """Encode values by path. taken_at: Unix seconds; None: the server's own time."""
        update: dict[str, object] = {
            "$source": self.source,
            "values": [{"path": path, "value": value} for path, value in values.items()],
        }
        if taken_at is not None:
            update["timestamp"] = iso(taken_at)
        return _json(update)

    def meta(self) -> str:
        """Encode the names, units and timeouts of the values."""
        words = {PRESSURE: ("Barometer", "Station pressure at the barometer", "Pa")}
        words[TENDENCY] = ("Tendency", "RISING or FALLING over the last 3 h", "")
        words[SEVERITY] = ("Severity", "From -4 (falling very rapidly) to 4 (rising)", "")
        if self._temperature:
            words[self._temperature] = ("Barometer", "Of the board, which its Pi warms", "K")
        meta = [
            {
                "path": path,
                "value": {
                    "displayName": name,
                    "description": description,
                    "timeout": self._timeout_s,
                    **({"units": units} if units else {}),
                },
            }
            for path, (name, description, units) in words.items()
        ]
        return _json({"$source": self.source, "meta": meta})

    def values(self, sample: Sample | None, outlook: Outlook | None) -> Values:
        """Return the values by path; all are None without a sample."""
        trend = outlook.tendency if sample and outlook else None
        change_hpa = trend.change_hpa if trend else None
        values: dict[str, object] = {
            PRESSURE: None if sample is None else round(sample.pressure_hpa * 100),
            TENDENCY: None if change_hpa is None else "RISING" if change_hpa >= 0 else "FALLING",
            SEVERITY: None if change_hpa is None else severity(change_hpa),
        }
        if self._temperature:
            values[self._temperature] = None if sample is None else _kelvin(sample.temperature_c)
        return values


def severity(change_hpa: float) -> int:
    """Return -4 to 4 for a change in 3 h, rounded to the tenth that displays show."""
    steps = sum(abs(round(change_hpa, 1)) >= step for step in _STEPS_HPA)
    return steps if change_hpa >= 0 else -steps


def _kelvin(celsius: float | None) -> float | None:
    return None if celsius is None or not isfinite(celsius) else round(celsius + _KELVIN, 2)


def _json(update: object) -> str:
    return json.dumps({"context": "vessels.self", "updates": [update]}, allow_nan=False)
