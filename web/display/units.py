"""Units of pressure that a page can show; the program itself works in hectopascals."""

from typing import NamedTuple

from calibration.pressure.sea_level import HPA_PER_INHG, HPA_PER_MMHG


class Unit(NamedTuple):
    """A unit of pressure.

    key: its name in an address. hpa: its size in hectopascals. places: the decimals that show a
    tenth of a hectopascal. line: from one fine line of the barograph to the next; every fifth is
    bold.
    """

    key: str
    symbol: str
    full_name: str
    hpa: float
    places: int
    line: float

    def of(self, pressure_hpa: float) -> float:
        """Return a pressure in this unit."""
        return pressure_hpa / self.hpa

    def words(self, pressure_hpa: float) -> str:
        """Return a pressure with its decimals, without the unit."""
        return f"{self.of(pressure_hpa):.{self.places}f}"

    def signed(self, change_hpa: float) -> str:
        """Return a change with its sign, a real minus: "−4.6"."""
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
