"""Simulated sweets before a TCS3200: spectra, pieces that differ, distance, noise, and a belt.

light of a channel = sum over the spectrum of lamp x reflectance x responsivity. A piece differs
from the next of its kind by how much dye it holds (its reflectance to a power), by a tilt and a
bump of its spectrum, by gloss, and by how near it lies. Spectra and surfaces are those of the
simulated board; kinds between two surfaces are mixed as dyes are, by the product of powers.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

import sensors
from sensors.simulated.scene import surfaces

Numbers = NDArray[np.float64]

_CHANNELS: Final = ("red", "green", "blue", "clear")
_WHITE_CLEAR_HZ: Final = 55_000.0  # a card of 90 %
_NOISE: Final = 0.003

# The lit sensor with nothing in front: the stray light of its own housing.
DARK_HZ: Final[Numbers] = np.array([60.0, 62.0, 50.0, 190.0])


class Kind(NamedTuple):
    """A kind of sweet: between one surface and another, this share of the way."""

    one: str
    other: str
    share: float = 0.0


class Shop(NamedTuple):
    """Kinds that are taught, things that are none of them, and how much pieces vary."""

    kinds: dict[str, Kind]
    strangers: tuple[Kind, ...]
    variation: float


EASY: Final = Shop(
    {
        word: Kind(word, word)
        for word in ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown")
    },
    (
        Kind("white", "white"),
        Kind("grey", "grey"),
        Kind("black", "black"),
        Kind("green", "blue", 0.5),
        Kind("green", "yellow", 0.5),
        Kind("pink", "white", 0.6),
        Kind("red", "brown", 0.6),
    ),
    1.0,
)

HARD: Final = Shop(
    {
        "cherry": Kind("red", "orange", 0.0),
        "blood orange": Kind("red", "orange", 0.5),
        "orange": Kind("red", "orange", 1.0),
        "honey": Kind("orange", "yellow", 0.5),
        "caramel": Kind("orange", "brown", 0.5),
        "cola": Kind("brown", "red", 0.3),
        "strawberry": Kind("pink", "red", 0.7),
        "raspberry": Kind("pink", "red", 0.4),
        "peach": Kind("pink", "orange", 0.35),
        "mango": Kind("yellow", "orange", 0.2),
    },
    (
        Kind("red", "orange", 0.25),
        Kind("red", "orange", 0.75),
        Kind("orange", "yellow", 0.3),
        Kind("brown", "orange", 0.25),
        Kind("pink", "red", 0.2),
        Kind("pink", "purple", 0.3),
        Kind("purple", "red", 0.5),
        Kind("yellow", "white", 0.4),
        Kind("pink", "white", 0.3),
    ),
    2.5,
)


def pieces(kind: Kind, count: int, variation: float, random: np.random.Generator) -> Numbers:
    """The light (count, 4) in Hz that pieces of this kind send back, all at one distance."""
    nm, responses = _optics()
    known = surfaces()
    one, other = (np.log(np.array(known[word].reflectance)) for word in (kind.one, kind.other))
    kind_log = (1 - kind.share) * one + kind.share * other

    def normal(sigma: float) -> Numbers:
        return variation * sigma * random.standard_normal((count, 1))

    dye = 1 + normal(0.03)
    tilt = normal(0.012) * (nm - 575) / 175
    bump = normal(0.01) * np.exp(-0.5 * ((nm - random.uniform(430, 700, (count, 1))) / 40) ** 2)
    gloss = np.abs(normal(0.006))
    light: Numbers = (np.exp(dye * kind_log + tilt + bump) + gloss) @ responses.T
    return light


def at_distances(light: Numbers, random: np.random.Generator, spread: float = 0.12) -> Numbers:
    """The same pieces nearer and farther: this standard deviation of the logarithm of light."""
    near: Numbers = np.exp(spread * random.standard_normal((len(light), 1)))
    return near * light


def read(light: Numbers, random: np.random.Generator) -> Numbers:
    """The frequencies in Hz of light (n, 4), with the noise of a short gate."""
    noisy: Numbers = (DARK_HZ + light) * (1 + _NOISE * random.standard_normal(light.shape))
    return noisy


def taught(shop: Shop, each: int, random: np.random.Generator) -> tuple[Numbers, list[str]]:
    """Readings (n, 4) of so many pieces of each kind, and their labels."""
    raw = [shown(kind, each, shop.variation, random) for kind in shop.kinds.values()]
    return np.concatenate(raw), [label for label in shop.kinds for _ in range(each)]


def shown(kind: Kind, count: int, variation: float, random: np.random.Generator) -> Numbers:
    """Readings (count, 4) of pieces shown by hand, at varying distance."""
    return read(at_distances(pieces(kind, count, variation, random), random), random)


class Belt(NamedTuple):
    """A belt: a gap (0) or a grey that reflects this share, and readings for each piece.

    Of the readings of a pass some two at either end see the piece partly, and belt beside it.
    """

    grey: float
    readings: int = 12
    slope: float = 0.2

    @property
    def light(self) -> Numbers:
        """Of the empty belt, in Hz."""
        nm, responses = _optics()
        light: Numbers = np.full(nm.shape, self.grey) @ responses.T
        return light

    def empty(self, count: int, random: np.random.Generator) -> Numbers:
        """Readings (count, 4) of the empty belt, which is not the same everywhere."""
        texture = 1 + 0.005 * random.standard_normal((count, 1))
        return read(texture * self.light, random)

    def passes(self, light: Numbers, random: np.random.Generator) -> Iterator[Numbers]:
        """The readings (n, 4) of each of these pieces (m, 4) as it goes by.

        The belt carries them at any phase, and sweets are round: their ends are lower.
        """
        for piece in light:
            place = (np.arange(self.readings) + random.uniform()) / self.readings
            covered = np.clip(np.minimum(place, 1 - place) / self.slope, 0, 1)[:, None]
            height = 1 - 0.15 * (2 * place[:, None] - 1) ** 2
            yield read(covered * height * piece + (1 - covered) * self.light, random)


def _optics() -> tuple[Numbers, Numbers]:
    """Wavelengths (w,) in nm, and the responses (4, w) that turn reflectance into Hz."""
    path = Path(sensors.__file__).parent / "simulated" / "data" / "spectra.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    responses = np.array([columns[channel] * columns["lamp"] for channel in _CHANNELS])
    return columns["wavelength_nm"], responses * (_WHITE_CLEAR_HZ / 0.9 / responses[3].sum())
