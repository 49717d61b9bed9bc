"""Units of pressure that a page can show; everything behind it is in hectopascals."""

from typing import NamedTuple

from calibration.pressure.sea_level import HPA_PER_INHG, HPA_PER_MMHG


class Unit(NamedTuple):
    """A unit of pressure.

    key: its name in an address. hpa: how many hectopascals it is. places: so many decimals show a
    tenth of a hectopascal. line: what lies between two fine lines of the paper; every fifth is
    bold.
    """

    key: str
    symbol: str
    spoken: str
    hpa: float
    places: int
    line: float

    def of(self, pressure_hpa: float) -> float:
        """A pressure in this unit."""
        return pressure_hpa / self.hpa

    def words(self, pressure_hpa: float) -> str:
        """A pressure with its decimals, without the unit."""
        return f"{self.of(pressure_hpa):.{self.places}f}"

    def signed(self, change_hpa: float) -> str:
        """A change with its sign, and a minus that is one: "−4.6"."""
        return f"{self.of(change_hpa):+.{self.places}f}".replace("-", "−")


HPA = Unit("hpa", "hPa", "hectopascals", 1.0, 1, 1.0)
UNITS = {
    unit.key: unit
    for unit in (
        HPA,
        Unit("mbar", "mbar", "millibars", 1.0, 1, 1.0),
        Unit("inhg", "inHg", "inches of mercury", HPA_PER_INHG, 2, 0.02),
        Unit("mmhg", "mmHg", "millimetres of mercury", HPA_PER_MMHG, 1, 1.0),
    )
}
