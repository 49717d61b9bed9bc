"""The file of a colour profile: all that a refit needs, checked number by number when read."""

import os
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np

from ..colorimetry.arrays import CHANNEL_NAMES, real_numbers
from ..documents.fields import entry, expect, field, place, text
from ..documents.json_file import Kind, origin, read_document, read_origin, write_document
from ..errors import CalibrationError
from .cards import Cards
from .correction import TERMS, Correction
from .references import References
from .repeated_readings import MedianReading

_KIND: Final = Kind(
    title="colour profile",
    format="storm-petrel colour profile",
    version=2,
    origin="calibrate and save a profile there first",
    remedy="calibrate again, or restore the file from a copy",
    has_checksum=True,
    remarks=("note",),
)

_LONGEST_NOTE: Final = 500


class StoredProfile(NamedTuple):
    """What the file holds.

    cards: None for a profile that was not fitted to any. simulated: no real sensor was read. note:
    for people, such as the distance, the LED and its drive; it may also be written in the file.
    """

    references: References
    correction: Correction
    cards: Cards | None
    created: datetime
    simulated: bool = False
    note: str = ""


def write_profile(path: str | os.PathLike[str], stored: StoredProfile) -> None:
    """Write the file in one step.

    Raises CalibrationError: the folder is missing, full or not writable, or the note is not one.
    """
    write_document(path, _KIND, _document(stored))


def read_profile(path: str | os.PathLike[str]) -> StoredProfile:
    """Read and check the file.

    Raises CalibrationError: no such file, or anything in it that is missing, broken or unknown, or
    that was changed by hand.
    """
    return read_document(path, _KIND, _stored)


def _document(stored: StoredProfile) -> dict[str, Any]:
    cards = stored.cards
    return {
        **origin(stored.created, stored.simulated),
        "note": _note(stored.note),
        "channels": list(CHANNEL_NAMES),
        "references": _references_document(stored.references),
        "correction": {
            "target": "CIE XYZ, D65, 2 degree observer, white Y = 1",
            "terms": list(TERMS),
            "matrix": stored.correction.matrix,
        },
        "cards": None
        if cards is None
        else {
            "references": _references_document(cards.references),
            "raw_hz": cards.raw,
            "xyz": cards.xyz,
            "residuals_delta_e": cards.delta_e(stored.correction).tolist(),
        },
    }


def _references_document(references: References) -> dict[str, Any]:
    return {
        "dark_hz": references.dark,
        "white_hz": references.white,
        "white_reflectance": references.white_reflectance,
        "dark_spread_hz": references.dark_spread,
        "white_spread_hz": references.white_spread,
        "dark_count": references.dark_count,
        "white_count": references.white_count,
        "scaling": references.scaling,
    }


def _stored(document: dict[str, Any]) -> StoredProfile:
    with place("channels"):
        expect(entry(document, "channels"), list(CHANNEL_NAMES))
    created, simulated = read_origin(document)
    with place("note"):
        note = _note(document.get("note", ""))  # it may be taken out by hand
    references = field(document, "references", _references)
    correction = field(document, "correction", _correction)
    cards = field(document, "cards", _cards)
    return StoredProfile(references, correction, cards, created, simulated, note)


def _references(document: Any) -> References:
    reflectance = entry(document, "white_reflectance")
    if entry(document, "dark_spread_hz") is None and entry(document, "white_spread_hz") is None:
        return References(entry(document, "dark_hz"), entry(document, "white_hz"), reflectance)
    return References.of(_median(document, "dark"), _median(document, "white"), reflectance)


def _median(document: Any, what: str) -> MedianReading:
    return MedianReading(
        entry(document, f"{what}_hz"),
        entry(document, f"{what}_spread_hz"),
        entry(document, f"{what}_count"),
        entry(document, "scaling"),
    )


def _correction(document: Any) -> Correction:
    """Read the correction; terms that the file does not name have no weight."""
    names = entry(document, "terms")
    known = isinstance(names, list) and all(isinstance(n, str) and n in TERMS for n in names)
    if not known or len(set(names)) != len(names):
        raise CalibrationError(f"expected terms among {', '.join(TERMS)}, found {names!r:.200}")
    columns = real_numbers(entry(document, "matrix"), len(names), "correction matrix")
    matrix = np.zeros((*columns.shape[:-1], len(TERMS)))
    matrix[..., [TERMS.index(name) for name in names]] = columns
    return Correction(matrix)


def _cards(document: Any) -> Cards | None:
    if document is None:
        return None
    cards = Cards(
        _references(entry(document, "references")),
        entry(document, "raw_hz"),
        entry(document, "xyz"),
    )
    residuals = entry(document, "residuals_delta_e")
    if not isinstance(residuals, list) or len(residuals) != len(cards):
        raise CalibrationError(f"expected {len(cards)} residuals, one for each card")
    return cards


def _note(note: Any) -> str:
    words = text(note)
    if len(words) > _LONGEST_NOTE or not "".join(words.splitlines()).isprintable():
        raise CalibrationError(f"a note has at most {_LONGEST_NOTE} printable letters")
    return words
