"""A surface under a lamp, as the four groups of photodiodes see it, and the light around it.

light on a channel = sum over the spectrum of lamp x reflectance x responsivity. The numbers are
in data/: the responsivity read off the data sheet's figure 1, a cool white LED (CIE LED-B5), and
eleven smooth surfaces, one for each basic colour word.
"""

import csv
from functools import cache
from itertools import pairwise
from math import exp, inf
from pathlib import Path
from typing import NamedTuple

from ..errors import ConfigError
from ..readings import RawColour

_DATA = Path(__file__).with_name("data")

# Clear behind a white card, at 100 % scaling: what hobby boards show at some 10 mm.
_WHITE_CLEAR_HZ = 55_000.0

# Of the white card's light this share comes from the lamp's own housing: it is there with nothing
# in front too, which is why the dark reference is read with the lamp on. An assumption.
_STRAY = 0.01


class SimulatedSurface(NamedTuple):
    """A surface: its word, its XYZ under D65 (2 degree observer, white Y = 1), its reflectance.

    The reflectance has one value for each wavelength of the spectra.
    """

    word: str
    xyz: tuple[float, float, float]
    reflectance: tuple[float, ...]


_CHANNELS = ("clear", "red", "green", "blue")
_NO_LIGHT = RawColour(0.0, 0.0, 0.0, 0.0)

# The responsivity beyond the spectra's 750 nm: clear, red, green, blue (data sheet, figure 1).
_INFRARED = {
    800: (0.90, 0.88, 0.59, 0.71),
    850: (0.79, 0.79, 0.71, 0.76),
    900: (0.66, 0.65, 0.64, 0.65),
    1000: (0.19, 0.20, 0.19, 0.19),
}


class Ambient(NamedTuple):
    """Light that does not come from the lamp, in Hz at 100 % scaling.

    It swings by `depth` (0..1) of itself above and below, flicker_hz times a second.
    """

    light: RawColour = _NO_LIGHT
    flicker_hz: float = 0.0
    depth: float = 0.0


class Scene:
    """What lies under the simulated colour sensor. Begins with the surface of this word.

    light: what the lamp sends back into the sensor, in Hz at 100 % scaling; background: the
    light around, which is there with the lamp on or off. Both may be set at any time.
    """

    def __init__(self, word: str = "white") -> None:
        self.light = _NO_LIGHT
        self.background = Ambient()
        self.show(word)

    def show(self, word: str, *, closeness: float = 1.0) -> None:
        """Put the surface of a basic colour word under the lamp.

        closeness: how much of the lamp's light reaches the surface and comes back, as a share of
        that at the usual distance; above 1 is nearer. The lamp's stray light stays as it is.
        Raises ConfigError for another word, or a closeness that is not above 0.
        """
        known = surfaces()
        if word not in known:
            raise ConfigError(f"no surface is called {word!r}; there are {', '.join(known)}")
        if not 0 < closeness < inf:
            raise ConfigError(f"closeness={closeness}: a number above 0; 1 is the usual distance")
        from_surface = _light(known[word].reflectance)
        share = (1 - _STRAY) * closeness
        self.light = RawColour(
            *(stray + share * hz for stray, hz in zip(_stray(), from_surface, strict=True))
        )

    def nothing(self) -> None:
        """Leave the place under the lamp empty: what stays is stray light, and what is around."""
        self.light = _stray()

    def dark(self) -> None:
        """Let no light reach the sensor, from the lamp or from around."""
        self.light = _NO_LIGHT
        self.background = Ambient()

    def ambient(self, light: RawColour, *, flicker_hz: float = 0.0, depth: float = 0.0) -> None:
        """Add the light of a room: a lamp on the mains flickers at 100 or 120 Hz.

        Raises ConfigError for a depth outside 0..1 or a swing without its frequency.
        """
        if not 0 <= depth <= 1 or flicker_hz < 0 or (depth and not flicker_hz):
            raise ConfigError(f"depth={depth}, flicker_hz={flicker_hz}: 0 to 1, at some frequency")
        self.background = Ambient(light, flicker_hz, depth)

    def light_hz(self, channel: str, *, lit: bool) -> tuple[float, float]:
        """The mean light on a channel and its swing above and below; lit: the lamp is on."""
        around_hz: float = getattr(self.background.light, channel)
        lamp_hz: float = getattr(self.light, channel) if lit else 0.0
        return lamp_hz + around_hz, around_hz * self.background.depth


def glowing(kelvin: float, clear_hz: float) -> RawColour:
    """The light of a glowing body, infrared and all: a filament is 2,700 K, the sun 5,800 K.

    clear_hz: how much of it the clear channel sees. Planck's law through the responsivity.
    """
    spectra = _spectra()
    rows = list(zip(spectra["wavelength_nm"], *(spectra[c] for c in _CHANNELS), strict=True))
    rows += [(float(nm), *response) for nm, response in _INFRARED.items()]
    seen = [0.0] * len(_CHANNELS)
    for (nm, *response), (next_nm, *next_response) in pairwise(rows):
        for i, (one, other) in enumerate(zip(response, next_response, strict=True)):
            one_power, other_power = one * _planck(nm, kelvin), other * _planck(next_nm, kelvin)
            seen[i] += (one_power + other_power) / 2 * (next_nm - nm)
    clear, red, green, blue = (clear_hz * power / seen[0] for power in seen)
    return RawColour(red, green, blue, clear)


def _planck(wavelength_nm: float, kelvin: float) -> float:
    """Power by wavelength, in no particular unit; 14,387,769 nm K is hc/k."""
    return 1e15 / wavelength_nm**5 / (exp(14_387_769 / (wavelength_nm * kelvin)) - 1)


@cache
def surfaces() -> dict[str, SimulatedSurface]:
    """The eleven surfaces by their words."""
    with (_DATA / "surfaces.csv").open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        return {
            word: SimulatedSurface(
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


@cache
def _stray() -> RawColour:
    """What the lamp sends into the sensor with nothing in front, at 100 % scaling."""
    return RawColour(*(_STRAY * hz for hz in _light(surfaces()["white"].reflectance)))


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
