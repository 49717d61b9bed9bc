"""The file of a colour sorter: all that a refit needs, checked number by number when read."""

import os
from datetime import datetime
from math import inf
from typing import Any, Final, NamedTuple

import numpy as np

from ..colorimetry.arrays import CHANNEL_NAMES, real_numbers, within
from ..documents.fields import entry, expect, place
from ..documents.json_file import Kind, origin, read_document, read_origin, write_document
from ..errors import CalibrationError
from .gaussian_classes import Classes
from .training_data import TrainingData

_KIND: Final = Kind(
    title="colour sorter",
    format="storm-petrel colour sorter",
    version=1,
    origin="teach and save a sorter there first",
    remedy="teach it again, or restore the file from a copy",
    has_checksum=True,
)

# Logarithms of Hz, and how steep a class may be: no honest fit comes near.
_LARGEST_MEAN: Final = 100.0
_LARGEST_WHITENING: Final = 1e9
_MEANS_AGREE: Final = 1e-6


class StoredSorter(NamedTuple):
    """What the file holds: what was taught, and what was learned from it."""

    taught: TrainingData
    classes: Classes
    pooled_worth: float
    belief: float
    tail: float
    simulated: bool
    created: datetime


def write_sorter(path: str | os.PathLike[str], stored: StoredSorter) -> None:
    """Write the file in one step.

    Raises CalibrationError: the folder is missing, full or not writable.
    """
    write_document(path, _KIND, _document(stored))


def read_sorter(path: str | os.PathLike[str]) -> StoredSorter:
    """Read and check the file.

    Raises CalibrationError: no such file, or anything in it that is missing, broken or unknown, or
    that was changed by hand.
    """
    return read_document(path, _KIND, _stored)


def _document(stored: StoredSorter) -> dict[str, Any]:
    taught, classes = stored.taught, stored.classes
    return {
        **origin(stored.created, stored.simulated),
        "channels": list(CHANNEL_NAMES[: taught.channels]),
        "dark_hz": taught.dark.tolist(),
        "empty_hz": None if taught.empty is None else taught.empty.tolist(),
        "learned": {
            "pooled_worth": None if stored.pooled_worth == inf else stored.pooled_worth,
            "belief": stored.belief,
            "tail": stored.tail,
            "classes": [
                {
                    "label": label,
                    "mean": classes.means[i].tolist(),
                    "whitening": classes.whitening[i].tolist(),
                    "freedom": float(classes.freedom[i]),
                }
                for i, label in enumerate(taught.labels)
            ],
        },
        "taught": {
            "labels": [taught.labels[i] for i in taught.classes],
            "raw_hz": taught.raw.tolist(),
        },
    }


def _stored(document: dict[str, Any]) -> StoredSorter:
    created, simulated = read_origin(document)
    with place("taught"):
        taught = _taught(document)
    with place("learned"):
        learned = entry(document, "learned")
        worth = entry(learned, "pooled_worth")
        return StoredSorter(
            taught=taught,
            classes=_classes(entry(learned, "classes"), taught),
            pooled_worth=inf if worth is None else _number(worth, "pooled_worth", 0.0, 1e9),
            belief=_number(entry(learned, "belief"), "belief", 0.0, 1.0),
            tail=_number(entry(learned, "tail"), "tail", 0.0, 0.5),
            simulated=simulated,
            created=created,
        )


def _taught(document: dict[str, Any]) -> TrainingData:
    shown = entry(document, "taught")
    taught = TrainingData.of(
        entry(shown, "raw_hz"),
        entry(shown, "labels"),
        entry(document, "dark_hz"),
        entry(document, "empty_hz"),
    )
    expect(entry(document, "channels"), list(CHANNEL_NAMES[: taught.channels]))
    return taught


def _classes(documents: Any, taught: TrainingData) -> Classes:
    if not isinstance(documents, list):
        raise CalibrationError('"classes" is no list')
    labels = [entry(one, "label") for one in documents]
    if labels != list(taught.labels):
        raise CalibrationError(
            f"the classes {labels!r:.80} are not those of the taught readings, "
            f"{list(taught.labels)!r:.80}"
        )
    d = taught.channels
    classes = Classes(
        means=_shaped([entry(one, "mean") for one in documents], (len(labels), d), "mean"),
        whitening=_shaped(
            [entry(one, "whitening") for one in documents], (len(labels), d, d), "whitening"
        ),
        freedom=np.array([_number(entry(one, "freedom"), "freedom", d, 1e12) for one in documents]),
        counts=taught.counts.astype(np.float64),
    )
    upper = np.triu(np.ones((d, d), dtype=np.bool_), 1)
    if (classes.whitening[:, upper] != 0).any() or not (
        np.einsum("kii->ki", classes.whitening) > 0
    ).all():
        raise CalibrationError("a whitening is no lower triangle with a diagonal above 0")
    light = taught.light(taught.raw)
    for i, label in enumerate(labels):
        apart = np.abs(light[taught.classes == i].mean(axis=0) - classes.means[i])
        if not (apart <= _MEANS_AGREE).all():
            raise CalibrationError(f"the mean of {label!r} is not that of its readings")
    return classes


def _shaped(values: Any, shape: tuple[int, ...], what: str) -> Any:
    limit = _LARGEST_MEAN if len(shape) == 2 else _LARGEST_WHITENING
    array = within(real_numbers(values, shape[-1], what), limit, what)
    if array.shape != shape:
        raise CalibrationError(f"{what}: expected numbers of shape {shape}, got {array.shape}")
    return array


def _number(value: Any, what: str, above: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not above < value <= most:
        raise CalibrationError(f"{what} is {value!r:.40}; it is above {above:g}, at most {most:g}")
    return float(value)
