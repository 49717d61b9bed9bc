"""Signal K deltas: what is measured and what it leads to, in pascal and kelvin.

One delta is one JSON object, which over UDP is one datagram. NaN never gets into it: the server
would drop the whole of it without a word; null says that a value is not known any more.
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
# The steps of 3 h that signalk-barometer-trend counts as well, for they are the Met Office's.
_STEPS_HPA = (0.1, 1.6, 3.6, 6.1)

Values = Mapping[str, object]


class DeltaEncoder:
    """Makes deltas of one source. zone: where inside the barometer is; empty: not told."""

    def __init__(self, source: str, zone: str, timeout_s: float) -> None:
        self.source = source
        self._temperature = f"environment.inside.{zone}.temperature" if zone else ""
        self._timeout_s = timeout_s

    def delta(self, values: Values, taken_at: float | None) -> str:
        """A delta of these values. taken_at: Unix seconds; None: the server's own time."""
        update: dict[str, object] = {
            "$source": self.source,
            "values": [{"path": path, "value": value} for path, value in values.items()],
        }
        if taken_at is not None:
            update["timestamp"] = iso(taken_at)
        return _json(update)

    def meta(self) -> str:
        """What the values are, and how long each is good for."""
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

    def measured(self, sample: Sample | None, outlook: Outlook | None) -> Values:
        """The values of a sample and what it led to; None: nothing is known any more."""
        change_hpa = None
        if sample is not None and outlook is not None and outlook.tendency is not None:
            change_hpa = outlook.tendency.change_hpa
        values: dict[str, object] = {
            PRESSURE: None if sample is None else round(sample.pressure_hpa * 100),
            TENDENCY: None if change_hpa is None else "RISING" if change_hpa >= 0 else "FALLING",
            SEVERITY: None if change_hpa is None else severity(change_hpa),
        }
        if self._temperature:
            values[self._temperature] = None if sample is None else _kelvin(sample.temperature_c)
        return values


def severity(change_hpa: float) -> int:
    """From -4 to 4, by the tenth of the change in 3 h that is shown."""
    steps = sum(abs(round(change_hpa, 1)) >= step for step in _STEPS_HPA)
    return steps if change_hpa >= 0 else -steps


def _kelvin(celsius: float | None) -> float | None:
    return None if celsius is None or not isfinite(celsius) else round(celsius + _KELVIN, 2)


def _json(update: object) -> str:
    return json.dumps({"context": "vessels.self", "updates": [update]}, allow_nan=False)
