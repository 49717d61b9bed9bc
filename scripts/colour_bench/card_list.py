"""The cards that a person has: their names, and their true colours from a CSV."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import calibration
from calibration import CalibrationError
from sensors import RecordError
from sensors.simulated.scene import surfaces
from sensors.text_files import csv_rows

COLORCHECKER = Path(calibration.__file__).parent / "data" / "colorchecker_24.csv"

_LARGEST_XYZ = 1.5

Colour = tuple[float, float, float]


class Card(NamedTuple):
    """A card and its true colour: XYZ under D65, white Y = 1."""

    name: str
    xyz: Colour


def simulated_cards() -> list[Card]:
    """The cards of the simulated sensor: its eleven surfaces."""
    return [Card(surface.word, surface.xyz) for surface in surfaces().values()]


def read_cards(path: Path) -> list[Card]:
    """Cards from a CSV; CalibrationError names the line that is wrong."""
    try:
        return list(_cards(path))
    except RecordError as error:
        raise CalibrationError(str(error)) from error


def with_names(colours: Iterable[Colour], known: Iterable[Card]) -> list[Card]:
    """The cards of these colours, named where they are known and numbered where they are not."""
    names = {card.xyz: card.name for card in known}
    return [Card(names.get(xyz, f"card {n}"), xyz) for n, xyz in enumerate(colours, 1)]


def _cards(path: Path) -> Iterator[Card]:
    seen: dict[Colour, str] = {}
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
        if xyz in seen:
            raise CalibrationError(f"{line}: {row['name']} has the colour of {seen[xyz]}")
        seen[xyz] = row["name"]
        yield Card(row["name"], xyz)
    if not seen:
        raise CalibrationError(f"{path} holds no cards")
