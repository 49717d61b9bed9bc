"""Virtual TCS3200s: lamps, sensors that are not quite alike, and smooth surfaces before them.

    light on a channel = sum over the spectrum of lamp x reflectance x responsivity

Numbers: the responsivity of the data sheet's figure 1 (beyond 750 nm read off at four points), the
CIE's illuminants and observer as packaged in colour-science, which must be installed.
"""

import csv
import warnings
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SPECTRA = Path(__file__).parents[2] / "sensors" / "simulated" / "data" / "spectra.csv"
CHANNELS = ("red", "green", "blue", "clear")

# Reflectances; the observer sees no farther.
SURFACE_NM = np.arange(380.0, 781.0, 5.0)
# What the photodiodes see; a surface goes on as it is at 780 nm.
SENSOR_NM = np.arange(400.0, 1001.0, 10.0)
_PLACES = np.searchsorted(SURFACE_NM, np.minimum(SENSOR_NM, SURFACE_NM[-1]))

_INFRARED_NM = (800.0, 850.0, 900.0, 1000.0)
_INFRARED = {
    "red": (0.88, 0.79, 0.65, 0.20),
    "green": (0.59, 0.71, 0.64, 0.19),
    "blue": (0.71, 0.76, 0.65, 0.19),
    "clear": (0.90, 0.79, 0.66, 0.19),
}
# hc/k in nm K, and the temperature that goes on beyond a tabulated daylight.
_HC_K, _DAYLIGHT_K = 14_387_769.0, {"D50": 5003.0, "D65": 6504.0, "A": 2856.0}


class Sensor(NamedTuple):
    """A lamp, power at SENSOR_NM, and the responsivities of four channels beside it (4, n)."""

    lamp: FloatArray
    responsivity: FloatArray

    def reflectance(self, surfaces: FloatArray, noise: float, random: Generator) -> FloatArray:
        """What it makes of surfaces (m, SURFACE_NM), white being 1: (m, 4)."""
        light = self.lamp * self.responsivity
        seen = surfaces[:, _PLACES] @ light.T / light.sum(axis=1)
        return np.asarray(seen * (1 + noise * random.standard_normal(seen.shape)))

    def balance(self, gain: float, random: Generator) -> FloatArray:
        """How white reads: log of red, green and blue over clear; gain: that channels differ by."""
        white = np.log((self.lamp * self.responsivity).sum(axis=1))
        white += gain * random.standard_normal(4)
        return np.asarray(white[:3] - white[3])


@cache
def responsivity() -> FloatArray:
    """Red, green, blue and clear at SENSOR_NM (4, n)."""
    with SPECTRA.open(newline="") as file:
        rows = list(csv.DictReader(file))
    nm = [float(row["wavelength_nm"]) for row in rows] + list(_INFRARED_NM)
    read = [[float(row[c]) for row in rows] + list(_INFRARED[c]) for c in CHANNELS]
    return np.array([np.interp(SENSOR_NM, nm, channel) for channel in read])


@cache
def lamp(name: str) -> FloatArray:
    """A CIE illuminant at SENSOR_NM; "D65 infrared" and the like go on beyond 780 nm."""
    title, _, infrared = name.partition(" ")
    values = _colour().SDS_ILLUMINANTS[title].copy()
    power = np.interp(SENSOR_NM, values.wavelengths, values.values, right=0.0)
    power[SENSOR_NM > 780] = 0.0
    if infrared:
        glow = SENSOR_NM**-5.0 / np.expm1(_HC_K / (SENSOR_NM * _DAYLIGHT_K[title]))
        near = (SENSOR_NM >= 700) & (SENSOR_NM <= 780)
        beyond = SENSOR_NM > 780
        power[beyond] = (glow * power[near].mean() / glow[near].mean())[beyond]
    return np.asarray(power / (power @ responsivity()[3]))


@cache
def observer() -> FloatArray:
    """Weights (n, 3) at SURFACE_NM from reflectance to XYZ, D65, 2 degrees, white Y = 1."""
    colour = _colour()
    seen = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"]
    light = colour.SDS_ILLUMINANTS["D65"]
    matching = np.stack(
        [np.interp(SURFACE_NM, seen.wavelengths, seen.values[:, i]) for i in range(3)], axis=1
    )
    weights = matching * np.interp(SURFACE_NM, light.wavelengths, light.values)[:, np.newaxis]
    return np.asarray(weights / weights[:, 1].sum())


def another_sensor(random: Generator) -> FloatArray:
    """Responsivities of another unit: filters some 3 nm off, their curves bent by some 3 %."""
    bent = []
    for channel in responsivity():
        moved = np.interp(SENSOR_NM - random.normal(0, 3), SENSOR_NM, channel)
        bent.append(moved * np.exp(0.03 * _smooth(random, 1, SENSOR_NM, 60.0)[0]))
    return np.array(bent)


def another_lamp(one: FloatArray, other: FloatArray, random: Generator) -> FloatArray:
    """A lamp between two, its spectrum shifted by some 5 nm, stretched by 2 % and bent by 8 %."""
    share = random.random()
    between = share * one + (1 - share) * other
    stretched_nm = 560 + (SENSOR_NM - 560) * (1 + random.normal(0, 0.02)) + random.normal(0, 5)
    power = np.interp(stretched_nm, SENSOR_NM, between)
    return np.asarray(power * np.exp(0.08 * _smooth(random, 1, SENSOR_NM, 50)[0]))


def smooth_surfaces(count: int, random: Generator) -> FloatArray:
    """Reflectances (count, SURFACE_NM) that nobody measured: smooth, and anywhere from 0 to 1.

    Gaussian processes in the log odds of reflectance, half of them correlated over 45 nm and half
    over 75 nm, with a lightness and a strength of colour of their own.
    """
    halves = [_smooth(random, count // 2, SURFACE_NM, length) for length in (45, 75)]
    bends = np.concatenate(halves)
    strength = 1.5 * np.exp(0.5 * random.standard_normal((len(bends), 1)))
    level = -1 + random.standard_normal((len(bends), 1))
    return np.asarray(1 / (1 + np.exp(-(level + strength * bends))))


def _smooth(random: Generator, count: int, nm: FloatArray, length_nm: float) -> FloatArray:
    """Curves (count, n) of mean 0 and variance 1, smooth over this length."""
    draws = random.standard_normal((count, len(nm)))
    return np.asarray(draws @ _root(tuple(nm.tolist()), length_nm).T)


@cache
def _root(nm: tuple[float, ...], length_nm: float) -> FloatArray:
    apart = np.subtract.outer(nm, nm) / length_nm
    return np.linalg.cholesky(np.exp(-(apart**2) / 2) + 1e-8 * np.eye(len(nm)))


def _colour() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour
    return colour
