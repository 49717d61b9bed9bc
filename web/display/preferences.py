"""How the pages look to one person: unit, time zone, red by night."""

from typing import NamedTuple

from .units import HPA, Unit
from .zones import IN_UTC, Zone


class Look(NamedTuple):
    """How it is to look. night: "1" red, "0" not, "auto" by the sun. dim: darker still."""

    unit: Unit = HPA
    zone: Zone = IN_UTC
    night: str = "auto"
    dim: bool = False


PLAIN = Look()
NIGHTS = ("auto", "0", "1")
