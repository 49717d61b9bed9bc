"""A surface under a lamp and ambient light, as the four groups of photodiodes see them.

light on a channel = sum over the spectrum of lamp x reflectance x responsivity. The numbers are
in data/: the responsivity read off the data sheet's figure 1, a cool white LED (CIE LED-B5), and
eleven smooth surfaces, one for each basic colour word.
"""

import csv
from functools import cache
from math import inf
from pathlib import Path
from typing import NamedTuple

from ..errors import ConfigError
from ..readings import RawColour

_DATA = Path(__file__).with_name("data")

# Clear at a white card, at 100 % scaling: typical of hobby boards at some 10 mm.
_WHITE_CLEAR_HZ = 55_000.0

# The lamp's housing reflects this share of the white card's light, with and without a surface: so
# the dark reference is read with the lamp on. An assumption.
_STRAY = 0.01


class SimulatedSurface(NamedTuple):
    """A surface: its colour word, XYZ under D65 (2 degree observer, white Y = 1), and reflectance.

    reflectance: one value for each wavelength of the spectra.
    """

    word: str
    xyz: tuple[float, float, float]
    reflectance: tuple[float, ...]


_NO_LIGHT = RawColour(0.0, 0.0, 0.0, 0.0)


class Ambient(NamedTuple):
    """Light from elsewhere than the lamp, in Hz at 100 % scaling.

    It swings by the share `depth` (0..1) above and below, flicker_hz times a second.
    """

    light: RawColour = _NO_LIGHT
    flicker_hz: float = 0.0
    depth: float = 0.0


class Scene:
    """The place under the simulated colour sensor, at first with the surface of this word.

    light: the lamp's light in the sensor, in Hz at 100 % scaling; background: the ambient light,
    with the lamp on or off. Both may be set at any time.
    """

    def __init__(self, word: str = "white") -> None:
        self.light = _NO_LIGHT
        self.background = Ambient()
        self.show(word)

    def show(self, word: str, *, closeness: float = 1.0) -> None:
        """Put the surface of a basic colour word under the lamp.

        closeness: the lamp's light from the surface, as a share of that at the usual distance;
        above 1 is nearer. The stray light does not change.
        Raises ConfigError for another word, or a closeness of 0 or less.
        """
        by_word = surfaces()
        if word not in by_word:
            raise ConfigError(f"no surface is called {word!r}; there are {', '.join(by_word)}")
        if not 0 < closeness < inf:
            raise ConfigError(f"closeness={closeness}: a number above 0; 1 is the usual distance")
        from_surface = _light(by_word[word].reflectance)
        share = (1 - _STRAY) * closeness
        self.light = RawColour(
            *(stray + share * hz for stray, hz in zip(_stray(), from_surface, strict=True))
        )

    def nothing(self) -> None:
        """Leave the place under the lamp empty: only stray and ambient light."""
        self.light = _stray()

    def dark(self) -> None:
        """Cover the sensor: no light from the lamp or elsewhere."""
        self.light = _NO_LIGHT
        self.background = Ambient()

    def ambient(self, light: RawColour, *, flicker_hz: float = 0.0, depth: float = 0.0) -> None:
        """Set the ambient light; a lamp on the mains flickers at 100 or 120 Hz.

        Raises ConfigError for a depth outside 0..1 or a swing without its frequency.
        """
        if not 0 <= depth <= 1 or flicker_hz < 0 or (depth and not flicker_hz):
            raise ConfigError(f"depth={depth}, flicker_hz={flicker_hz}: 0 to 1, at some frequency")
        self.background = Ambient(light, flicker_hz, depth)

    def light_hz(self, channel: str, *, lit: bool) -> tuple[float, float]:
        """Return the mean light on a channel and its swing above and below; lit: the lamp is on."""
        around_hz: float = getattr(self.background.light, channel)
        lamp_hz: float = getattr(self.light, channel) if lit else 0.0
        return lamp_hz + around_hz, around_hz * self.background.depth


@cache
def surfaces() -> dict[str, SimulatedSurface]:
    """Return the eleven surfaces by their words."""
    with (_DATA / "surfaces.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {
        word: SimulatedSurface(word, (float(x), float(y), float(z)), tuple(map(float, reflectance)))
        for word, x, y, z, *reflectance in rows
    }


@cache
def spectra() -> dict[str, tuple[float, ...]]:
    """Return the wavelengths, the lamp, and the responsivity of each channel, by column."""
    with (_DATA / "spectra.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: tuple(float(row[column]) for row in rows) for column in rows[0]}


@cache
def _stray() -> RawColour:
    """Return the lamp's light in the sensor without a surface, at 100 % scaling."""
    return RawColour(*(_STRAY * hz for hz in _light(surfaces()["white"].reflectance)))


def _light(reflectance: tuple[float, ...]) -> RawColour:
    """Return the frequencies of a surface at 100 % scaling, without the dark frequency."""
    columns = spectra()
    white = surfaces()["white"].reflectance

    def power(surface: tuple[float, ...], channel: str) -> float:
        parts = zip(columns["lamp"], surface, columns[channel], strict=True)
        return sum(lamp * share * response for lamp, share, response in parts)

    gain = _WHITE_CLEAR_HZ / power(white, "clear")
    return RawColour(*(gain * power(reflectance, channel) for channel in RawColour._fields))
