"""The cards that a person has, from a CSV, and those of the simulated sensor."""

from collections.abc import Iterator
from pathlib import Path

from calibration import CalibrationError
from calibration.profiles.cards import Card, Colour
from sensors import RecordError
from sensors.simulated.scene import surfaces
from sensors.text_files import csv_rows

_LARGEST_XYZ = 1.5


def simulated_cards() -> list[Card]:
    """List the eleven surfaces of the simulated sensor."""
    return [Card(surface.word, surface.xyz) for surface in surfaces().values()]


def read_cards(path: Path) -> list[Card]:
    """Read a CSV with the columns name, x, y, z. Raises CalibrationError, which names the line."""
    try:
        return list(_cards(path))
    except RecordError as error:
        raise CalibrationError(str(error)) from error


def _cards(path: Path) -> Iterator[Card]:
    names: dict[Colour, str] = {}
    for line, row in csv_rows(path, ("name", "x", "y", "z")):
        try:
            xyz = float(row["x"]), float(row["y"]), float(row["z"])
        except ValueError:
            raise CalibrationError(f"{line}: x, y and z should be numbers") from None
        if not all(0 <= number <= _LARGEST_XYZ for number in xyz):
            raise CalibrationError(
                f"{line}: {xyz} is not on the scale on which white has y = 1; are the numbers to be"
                " divided by 100?"
            )
        if xyz in names:
            raise CalibrationError(f"{line}: {row['name']} has the colour of {names[xyz]}")
        names[xyz] = row["name"]
        yield Card(row["name"], xyz)
    if not names:
        raise CalibrationError(f"{path} holds no cards")
