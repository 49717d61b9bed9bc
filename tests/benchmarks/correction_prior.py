"""Builds calibration/data/correction_prior.json: what is known of a correction before any card.

  python tests/benchmarks/correction_prior.py           builds it and writes it
  python tests/benchmarks/correction_prior.py FILE      builds it and writes it there

Some thousand virtual sensors look at smooth surfaces that nobody measured. The best correction of
each is found, and how these hang together with the way the sensor reads white. No measured surface
takes part, so that measured ones can judge it (corrections.py). Takes some minutes.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator, default_rng
from virtual_light import (
    FloatArray,
    Sensor,
    another_lamp,
    another_sensor,
    lamp,
    observer,
    smooth_surfaces,
)

from calibration.colorimetry.spaces import D65_WHITE
from calibration.profiles.correction import CONTRASTS, TERMS, card_weight, terms

PRIOR = Path(__file__).parents[2] / "calibration" / "data" / "correction_prior.json"

# Kinds of lamps, how often each is met (an assumption), the illuminants they lie between.
KINDS = (
    (3, ("LED-B5", "LED-B4")),
    (3, ("LED-B4", "LED-B3")),
    (2, ("LED-B2", "LED-B1")),
    (2, ("LED-V2", "LED-V1")),
    (1, ("D65", "D50")),
    (1, ("D65 infrared", "D50 infrared")),
)
SURFACES = 1200
NOISE = 0.004
# The gains of the channels differ from unit to unit by so much (an assumption).
GAIN = 0.08
# A measured surface is not as ours are: each correction is sure to as many of them as this.
FLOOR_CARDS = 1
RIDGE = 1e-6
_GREY = np.outer(D65_WHITE, np.ones(len(TERMS)) / len(TERMS))


class World(NamedTuple):
    """A virtual sensor's best correction, what it leaves, and how it reads white."""

    contrasts: FloatArray  # (3, k - 1), the correction beside plain grey
    seen: FloatArray  # (k - 1, k - 1), mean over the surfaces
    wanted: FloatArray  # (k - 1, 3)
    left: FloatArray  # (3, 3)
    balance: FloatArray  # (3,)


def main() -> None:
    """Build and write."""
    path = Path(sys.argv[1]) if sys.argv[1:] else PRIOR
    path.write_text(json.dumps(prior(), indent=None, separators=(",", ": ")).replace("],", "],\n"))
    print(f"{path}: {path.stat().st_size} bytes", file=sys.stderr)


def prior(without: Sequence[str] = (), worlds: int = 100, seed: int = 3200) -> dict[str, Any]:
    """The prior as the file holds it, without these lamps; worlds: for a kind met once."""
    random = default_rng(seed)
    made: list[World] = []
    for share, names in KINDS:
        lamps = [lamp(name) for name in names if name not in without]
        for _ in range(share * worlds if lamps else 0):
            one, other = random.integers(len(lamps), size=2)
            made.append(_world(another_lamp(lamps[one], lamps[other], random), random))
        print(f"{', '.join(names)}: {len(made)} sensors so far", file=sys.stderr)
    return _document(made)


def _world(light: FloatArray, random: Generator) -> World:
    sensor = Sensor(light, another_sensor(random))
    surfaces = smooth_surfaces(SURFACES, random)
    xyz = surfaces @ observer()
    reflectance = sensor.reflectance(surfaces, NOISE, random)
    weight = card_weight(xyz)[:, np.newaxis]
    seen_terms = weight * (terms(reflectance) @ CONTRASTS.T)
    unexplained = weight * (xyz - terms(reflectance) @ _GREY.T)
    seen = seen_terms.T @ seen_terms / len(xyz)
    wanted = seen_terms.T @ unexplained / len(xyz)
    ridge = RIDGE * np.trace(seen) / len(seen) * np.eye(len(seen))
    best = np.linalg.solve(seen + ridge, wanted)
    left = unexplained - seen_terms @ best
    balance = sensor.balance(GAIN, random)
    return World(best.T, seen, wanted, left.T @ left / len(left), balance)


def _document(worlds: list[World]) -> dict[str, Any]:
    balances = np.array([world.balance for world in worlds])
    mean = balances.mean(axis=0)
    off = balances - mean
    default = _best_of_all(worlds, off)
    best = np.array([world.contrasts.ravel() for world in worlds])
    around = best - best.mean(axis=0)
    slope = np.linalg.solve(off.T @ off, off.T @ around)
    left = around - off @ slope
    residual = np.mean([world.left for world in worlds], axis=0)
    seen = np.mean([world.seen for world in worlds], axis=0)
    floor = np.kron(residual, np.linalg.inv(seen)) / FLOOR_CARDS
    spread = np.linalg.cholesky(left.T @ left / len(left) + floor)
    return {
        "prior": "corrections of TCS3200s under white LEDs and daylight, by how they read white",
        "source": "tests/benchmarks/correction_prior.py: responsivity of data sheet TAOS099,"
        " figure 1; CIE illuminants LED-B1 to B5, V1, V2, D50, D65; smooth virtual surfaces",
        "terms": list(TERMS),
        "balance": {
            "mean": _rounded(mean),
            "precision": _rounded(np.linalg.inv(np.cov(off.T))),
        },
        "default": {
            "matrix": _rounded(_GREY + default[0] @ CONTRASTS),
            "slope": _rounded(default[1:] @ CONTRASTS),
        },
        "cards": {
            "matrix": _rounded(_GREY + best.mean(axis=0).reshape(3, -1) @ CONTRASTS),
            "slope": _rounded(slope.reshape(3, 3, -1) @ CONTRASTS),
            "residual": _rounded(residual, 4),
            "spread": [_rounded(row[: i + 1], 4) for i, row in enumerate(spread)],
        },
    }


def _best_of_all(worlds: list[World], off: FloatArray) -> FloatArray:
    """The correction, linear in the balance, that is best for all these sensors together.

    It is (4, 3, k - 1): the correction at the mean balance, and how it goes with each of three.
    """
    size = len(worlds[0].seen)
    seen, wanted = np.zeros((4 * size, 4 * size)), np.zeros((4 * size, 3))
    for world, balance in zip(worlds, off, strict=True):
        inputs = np.concatenate([[1.0], balance])
        seen += np.kron(np.outer(inputs, inputs), world.seen)
        wanted += np.kron(inputs[:, np.newaxis], world.wanted)
    seen += 1e-5 * np.trace(seen) / len(seen) * np.eye(len(seen))
    return np.asarray(np.linalg.solve(seen, wanted).reshape(4, size, 3).transpose(0, 2, 1))


def _rounded(array: FloatArray, digits: int = 5) -> Any:
    """Nested lists of numbers of so many digits."""
    if array.ndim:
        return [_rounded(part, digits) for part in array]
    return float(f"{float(array):.{digits}g}")


if __name__ == "__main__":
    main()
