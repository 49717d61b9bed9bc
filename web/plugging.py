"""The plugs of a running program: what the settings ask for, fed with what the recorder says."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .bulletin import Bulletin, Notices, corrected

if TYPE_CHECKING:
    from .publish.plug import Ship

# Each table of the settings that switches a plug on, and the file of it in web/publish.
PLUGS = {
    "signalk": "signal_k",
    "nmea": "nmea",
    "mqtt": "mqtt",
    "influx": "influx",
    "matrix": "matrix",
}


def plugging(
    tables: Mapping[str, Any],
    where: str,
    ship: "Callable[[], Ship]",
    notices: Notices,
    offset_hpa: float,
) -> AbstractContextManager[None]:
    """What has the plugs told for as long as it is entered; nothing is loaded where none is on.

    offset_hpa: what corrects the pressure that they tell. Raises ConfigError.
    """
    if not any(table in tables for table in PLUGS):
        return nullcontext()
    from .publish.plugs import plugged, plugs_of

    def told(bulletin: Bulletin) -> Bulletin:
        sample = bulletin.sample
        return replace(bulletin, sample=None if sample is None else corrected(sample, offset_hpa))

    return plugged(plugs_of(tables, where, ship()), notices, told)


def check_plugs(tables: Mapping[str, Any], where: str) -> list[str]:
    """The plugs that would be used, as the log calls them. Raises ConfigError."""
    if not any(table in tables for table in PLUGS):
        return []
    from .publish.plug import Ship
    from .publish.plugs import plugs_of

    nobody = Ship(60.0, "", "", lambda: 0.0, lambda: None)
    return [plug.name for plug in plugs_of(tables, where, nobody)]
