"""A surface under a lamp, as the four groups of photodiodes see it.

light on a channel = sum over the spectrum of lamp x reflectance x responsivity. The numbers are
in data/: the responsivity read off the data sheet's figure 1, a cool white LED (CIE LED-B5), and
eleven smooth surfaces, one for each basic colour word.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..errors import ConfigError
from ..readings import RawColour

_DATA = Path(__file__).with_name("data")

# Clear behind a white card, at 100 % scaling: what hobby boards show at some 10 mm.
_WHITE_CLEAR_HZ = 55_000.0


class Surface(NamedTuple):
    """A surface: its word, its XYZ under D65 (2 degree observer, white Y = 1), its reflectance.

    The reflectance has one value for each wavelength of the spectra.
    """

    word: str
    xyz: tuple[float, float, float]
    reflectance: tuple[float, ...]


class Scene:
    """What lies under the simulated colour sensor. Begins with the surface of this word."""

    def __init__(self, word: str = "white") -> None:
        self.light = RawColour(0.0, 0.0, 0.0, 0.0)
        self.show(word)

    def show(self, word: str) -> None:
        """Put the surface of a basic colour word under the lamp; ConfigError for another word."""
        known = surfaces()
        if word not in known:
            raise ConfigError(f"no surface is called {word!r}; there are {', '.join(known)}")
        self.light = _light(known[word].reflectance)

    def dark(self) -> None:
        """Let no light reach the sensor."""
        self.light = RawColour(0.0, 0.0, 0.0, 0.0)


@cache
def surfaces() -> dict[str, Surface]:
    """The eleven surfaces by their words."""
    with (_DATA / "surfaces.csv").open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return {
            word: Surface(
                word,
                (float(xyz[0]), float(xyz[1]), float(xyz[2])),
                tuple(map(float, reflectance)),
            )
            for word, *numbers in reader
            for xyz, reflectance in [(numbers[:3], numbers[3:])]
        }


@cache
def _spectra() -> dict[str, tuple[float, ...]]:
    with (_DATA / "spectra.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: tuple(float(row[column]) for row in rows) for column in rows[0]}


def _light(reflectance: tuple[float, ...]) -> RawColour:
    """Frequencies at 100 % scaling, without the dark frequency."""
    spectra = _spectra()
    white = surfaces()["white"].reflectance

    def seen(surface: tuple[float, ...], channel: str) -> float:
        parts = zip(spectra["lamp"], surface, spectra[channel], strict=True)
        return sum(lamp * share * response for lamp, share, response in parts)

    gain = _WHITE_CLEAR_HZ / seen(white, "clear")
    return RawColour(
        red=gain * seen(reflectance, "red"),
        green=gain * seen(reflectance, "green"),
        blue=gain * seen(reflectance, "blue"),
        clear=gain * seen(reflectance, "clear"),
    )
