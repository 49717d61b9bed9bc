"""The figures of a bulletin, by the names under which the plugs publish them."""

from math import isfinite

from ..bulletin import Bulletin


def figures(bulletin: Bulletin) -> dict[str, float | None]:
    """Return what was measured and what it means; None for what is not known.

    The level is not among them: some want it as a word, others as a number.
    """
    sample, outlook = bulletin.sample, bulletin.outlook
    trend = outlook.tendency if outlook else None
    return {
        "pressure_hpa": _finite(sample.pressure_hpa, 2) if sample else None,
        "temperature_c": _finite(sample.temperature_c, 2) if sample else None,
        "change_3h_hpa": _finite(trend.change_hpa, 3) if trend else None,
        "chance_near_gale": _finite(outlook.chance_near_gale, 4) if outlook else None,
        "chance_gale": _finite(outlook.chance_gale, 4) if outlook else None,
        "wind_ms": _finite(outlook.wind_ms, 2) if outlook else None,
    }


def _finite(value: float | None, digits: int) -> float | None:
    """Neither JSON nor the line protocol has a word for what is not finite."""
    return None if value is None or not isfinite(value) else round(float(value), digits)
