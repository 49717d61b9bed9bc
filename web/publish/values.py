"""The published values of the conditions, and the name of the boat."""

import re
import socket
from math import isfinite

from ..recorder.conditions import Conditions


def values_of(conditions: Conditions) -> dict[str, float | None]:
    """Return the measured values and the outlook; None for what is unknown.

    Without the level: some protocols have it as a word, others as a number.
    """
    sample, outlook = conditions.sample, conditions.outlook
    trend = outlook.tendency if outlook else None
    return {
        "pressure_hpa": _finite(sample.pressure_hpa, 2) if sample else None,
        "temperature_c": _finite(sample.temperature_c, 2) if sample else None,
        "change_3h_hpa": _finite(trend.change_hpa, 3) if trend else None,
        "chance_near_gale": _finite(outlook.chance_near_gale, 4) if outlook else None,
        "chance_gale": _finite(outlook.chance_gale, 4) if outlook else None,
        "wind_ms": _finite(outlook.wind_ms, 2) if outlook else None,
    }


def boat_name(configured: str, *, simulated: bool) -> str:
    """Return the configured name or the host name, marked if simulated."""
    host = socket.gethostname().partition(".")[0]
    host = re.sub(r"[^A-Za-z0-9_-]+", "-", host).strip("-")[:64]
    return (configured or host or "boat") + ("-simulated" if simulated else "")


def _finite(value: float | None, digits: int) -> float | None:
    """Neither JSON nor the line protocol can hold NaN or infinity."""
    return None if value is None or not isfinite(value) else round(float(value), digits)
