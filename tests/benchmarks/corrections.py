"""How good a colour correction is by the number of cards: the prior against cards alone.

  .venv/bin/python tests/benchmarks/corrections.py         some two minutes
  .venv/bin/python tests/benchmarks/corrections.py 100     with more virtual sensors in the priors

Cards: patches of a ColorChecker, five readings each. Surfaces, one reading each: 1,269 matte
Munsell chips, the 190 of the rawtoaces project, and a third of the 2,696 that are left of ANSI/IES
TM-30 without repeats. Readings with 0.3 % noise under lamps and units that the prior was not built
from: each lamp is judged by a prior without it. Mean CIEDE2000.

Beside it what the cards alone can do: a 3x3 below 4 cards, six root terms below 12, ten from there,
all keeping white and weighted alike, with a small ridge. Ends with 1 when the prior loses anywhere
under the white LEDs that it is for.
"""

import csv
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import figures
import numpy as np
from correction_prior import prior
from numpy.random import default_rng
from peers.environments import python_with
from virtual_light import (
    SURFACE_NM,
    FloatArray,
    Sensor,
    another_sensor,
    lamp,
    observer,
    responsivity,
)

from calibration.colorimetry.delta_e import ciede2000
from calibration.colorimetry.spaces import D65_WHITE, SRGB_TO_XYZ, xyz_to_lab
from calibration.profiles.correction import card_weight, terms
from calibration.profiles.default_correction import Prior

# Patches by their place in the ColorChecker: red, green, blue, yellow, magenta, cyan come first.
CARDS: dict[int, list[int]] = {
    0: [],
    1: [14],
    3: [14, 13, 12],
    6: [14, 13, 12, 15, 16, 17],
    12: list(range(6, 18)),
    24: list(range(24)),
}
READINGS, NOISE, GAIN = 5, 0.003, 0.05
RIDGE = 1e-5

LEDS = (("LED-B5", 0), ("LED-B5", 1), ("LED-B5", 2), ("LED-B4", 3), ("LED-B3", 0), ("LED-V2", 0))
OTHERS = (("D65 infrared", 0), ("D65 infrared", 1))

_LIGHT = {"White LEDs": "white LEDs", "Daylight without IR filter": "daylight, no IR filter"}

LUXPY = ("luxpy==1.12.5",)

# A fit of cards under references whose white reads with this balance.
Fit = Callable[[FloatArray, FloatArray, FloatArray], Callable[[FloatArray], FloatArray]]


class Trial(NamedTuple):
    """A sensor that has read its cards and is asked for surfaces."""

    balance: FloatArray
    cards: FloatArray
    surfaces: dict[str, FloatArray]


def main() -> int:
    """Print a table for each kind of light; 1 when the prior loses under a white LED."""
    worlds = int(sys.argv[1]) if sys.argv[1:] else 30
    lost = False
    for title, sensors in (("White LEDs", LEDS), ("Daylight without IR filter", OTHERS)):
        alone = errors(sensors, lambda name: cards_alone)
        with_prior = errors(sensors, lambda name: by_prior(name, worlds))
        print(f"\n{title}, mean CIEDE2000 ({', '.join(surfaces())})")
        print("  cards   cards alone            with the prior")
        for count in CARDS:
            print(f"  {count:5}   {words(alone[count])}   {words(with_prior[count])}")
            if sensors is LEDS:
                lost |= bool((with_prior[count] > alone[count] + 0.005).any())
        hand_over(title, with_prior, alone)
    print("\nthe prior loses somewhere" if lost else "\nthe prior wins or ties everywhere")
    figures.goals(not lost, "the prior loses nowhere under white LEDs")
    return int(lost)


def hand_over(title: str, with_prior: dict[int, FloatArray], alone: dict[int, FloatArray]) -> None:
    """Both by the number of cards; the goal's figure is the mean over the sets of surfaces."""
    for count in (3, 24):
        pairs = zip(surfaces(), with_prior[count].tolist(), alone[count].tolist(), strict=True)
        for name, ours, others in pairs:
            figures.compared(
                f"colour error after {count} cards: {name}, {_LIGHT[title]}",
                "ΔE00",
                ours,
                {"a good fit to the cards alone": others},
            )
    for name, found in (("Storm Petrel", with_prior), ("cards alone", alone)):
        points = [(count, float(means.mean())) for count, means in found.items()]
        figures.curve(f"colours, {title}", name, points)
    figures.table(
        f"{title}: off by, ours / cards alone",
        ["cards", *surfaces()],
        [
            [
                str(count),
                *(f"{o:.2f} / {a:.2f}" for o, a in zip(ours, alone[count], strict=True)),
            ]
            for count, ours in with_prior.items()
        ],
    )


def words(means: FloatArray) -> str:
    """Three figures."""
    return " ".join(f"{mean:6.2f}" for mean in means)


def errors(
    sensors: tuple[tuple[str, int], ...], fit_under: Callable[[str], Fit]
) -> dict[int, FloatArray]:
    """Mean over the sensors for each number of cards: one figure for each set of surfaces."""
    cards_xyz = reflectances()["cards"] @ observer()
    found: dict[int, list[list[float]]] = {count: [] for count in CARDS}
    for name, unit in sensors:
        trial, fit = read(name, unit), fit_under(name)
        for count, chosen in CARDS.items():
            xyz_of = fit(trial.cards[chosen], cards_xyz[chosen], trial.balance)
            found[count].append(
                [
                    off(xyz_of(seen), reflectances()[title] @ observer())
                    for title, seen in trial.surfaces.items()
                ]
            )
    return {count: np.array(rows).mean(axis=0) for count, rows in found.items()}


def read(name: str, unit: int) -> Trial:
    """What a sensor makes of cards and surfaces; unit 0 is the data sheet's own."""
    random = default_rng(1000 + unit)
    curves = another_sensor(random) if unit else responsivity()
    sensor = Sensor(lamp(name), curves)
    balance = sensor.balance(GAIN if unit else 0.0, random)
    white = 1 + NOISE / np.sqrt(READINGS) * random.standard_normal(4)

    def seen(title: str, readings: int) -> FloatArray:
        surface = reflectances()[title]
        return np.asarray(white * sensor.reflectance(surface, NOISE / np.sqrt(readings), random))

    return Trial(balance, seen("cards", READINGS), {title: seen(title, 1) for title in surfaces()})


def off(seen: FloatArray, true: FloatArray) -> float:
    """Mean CIEDE2000."""
    return float(ciede2000(xyz_to_lab(seen), xyz_to_lab(true)).mean())


def by_prior(name: str, worlds: int) -> Fit:
    """The prior that was built without this lamp."""
    known = prior_without(name, worlds)

    def fit(reflectance: FloatArray, xyz: FloatArray, balance: FloatArray) -> Any:
        correction = known.fit(reflectance, xyz, balance) if len(xyz) else known.correction(balance)
        return correction.xyz

    return fit


@cache
def prior_without(name: str, worlds: int) -> Prior:
    """As it is shipped, from fewer virtual sensors and none under this lamp."""
    return Prior.of(prior(without=(name,), worlds=worlds))


def cards_alone(reflectance: FloatArray, xyz: FloatArray, balance: FloatArray) -> Any:
    """White-preserving least squares: more terms the more cards; without any, plain sRGB."""
    if not len(xyz):
        return lambda seen: seen[:, :3] @ SRGB_TO_XYZ.T
    columns = slice(None) if len(xyz) >= 12 else _RGB_ROOTS if len(xyz) >= 4 else _RGB
    return _least_squares(reflectance, xyz, columns)


def three_by_three(reflectance: FloatArray, xyz: FloatArray, balance: FloatArray) -> Any:
    """The matrix that most who correct at all use, however many cards; white-preserving too."""
    return _least_squares(reflectance, xyz, _RGB)


def _least_squares(reflectance: FloatArray, xyz: FloatArray, columns: Any) -> Any:
    chosen = terms(reflectance)[:, columns]
    size = chosen.shape[1]
    start = np.zeros((3, size))
    if size == 3:
        start = SRGB_TO_XYZ
    else:
        start[:] = np.outer(D65_WHITE, np.full(size, 1 / size))
    along = np.linalg.svd(np.ones((1, size)))[2][1:]
    weight = card_weight(xyz)[:, np.newaxis]
    seen_along = weight * (chosen @ along.T)
    wanted = weight * (xyz - chosen @ start.T)
    certainty = seen_along.T @ seen_along
    certainty += RIDGE * np.trace(certainty) / size * np.eye(size - 1)
    matrix = start + np.linalg.solve(certainty, seen_along.T @ wanted).T @ along
    return lambda seen: terms(seen)[:, columns] @ matrix.T


_RGB: Any = [0, 1, 2]
_RGB_ROOTS: Any = [0, 1, 2, 4, 5, 7]


def surfaces() -> tuple[str, ...]:
    """The sets that are judged by."""
    return tuple(title for title in reflectances() if title != "cards")


@cache
def reflectances() -> dict[str, FloatArray]:
    """Measured surfaces (n, SURFACE_NM), by set."""
    import colour
    from colour.characterisation import read_training_data_rawtoaces_v1

    chart = colour.SDS_COLOURCHECKERS["BabelColor Average"].values()
    training = read_training_data_rawtoaces_v1()
    folder = _luxpy_data()
    munsell = np.loadtxt(folder / "Munsell1269.dat", delimiter=",")
    tm30 = np.load(folder / "IESTM30_15_R4880.npz")["_IESTM30_R4880"]
    with (folder / "IESTM30-R4880-subset-with-unique-rfls--2696.dat").open() as file:
        unique = [int(float(row[0])) for row in csv.reader(file)]
    return {
        "cards": np.array([np.interp(SURFACE_NM, c.wavelengths, c.values) for c in chart]),
        "Munsell": _interpolated(munsell[:, 0], munsell[:, 1:].T),
        "rawtoaces": _interpolated(training.wavelengths, training.values.T),
        "TM-30": _interpolated(tm30[0], tm30[1:][unique][::3]),
    }


def _interpolated(nm: Any, surface: Any) -> FloatArray:
    return np.array([np.interp(SURFACE_NM, nm, reflectance) for reflectance in surface])


def _luxpy_data() -> Path:
    """The reflectances that luxpy brings; nothing of its program is run."""
    python = python_with(LUXPY)
    (folder,) = python.parents[1].glob("lib/python*/site-packages/luxpy/data/rfls")
    return folder


if __name__ == "__main__":
    sys.exit(main())
