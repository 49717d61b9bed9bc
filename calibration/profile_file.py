"""The file of a colour profile: all that a refit needs, checked number by number when read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

from .cards import Cards
from .correction import TERMS, Correction
from .documents import Kind, moment, read_document, write_document
from .errors import CalibrationError
from .references import CHANNEL_NAMES, References

_KIND: Final = Kind(
    title="colour profile",
    format="storm-petrel colour profile",
    version=1,
    origin="calibrate and save a profile there first",
    remedy="calibrate again, or restore the file from a copy",
)


class StoredProfile(NamedTuple):
    """What the file holds. ``cards`` is None for a profile that was not fitted to any."""

    references: References
    correction: Correction
    cards: Cards | None
    created: datetime


def write_profile(path: str | os.PathLike[str], stored: StoredProfile) -> None:
    """Write the file in one step.

    Raises CalibrationError: the folder is missing, full or not writable.
    """
    write_document(path, _KIND, _document(stored))


def read_profile(path: str | os.PathLike[str]) -> StoredProfile:
    """Read and check the file.

    Raises CalibrationError: no such file, or anything in it that is missing, broken or unknown.
    """
    return read_document(path, _KIND, _stored)


def _document(stored: StoredProfile) -> dict[str, Any]:
    cards = stored.cards
    return {
        "created": stored.created.isoformat(),
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
    }


def _stored(document: dict[str, Any]) -> StoredProfile:
    with _place("channels"):
        _expect(_entry(document, "channels"), list(CHANNEL_NAMES))
    with _place("created"):
        created = moment(_entry(document, "created"))
    with _place("references"):
        references = _references(_entry(document, "references"))
    with _place("correction"):
        correction = _correction(_entry(document, "correction"))
    with _place("cards"):
        cards = _cards(_entry(document, "cards"))
    return StoredProfile(references, correction, cards, created)


def _references(document: Any) -> References:
    return References(
        _entry(document, "dark_hz"),
        _entry(document, "white_hz"),
        _entry(document, "white_reflectance"),
    )


def _correction(document: Any) -> Correction:
    _expect(_entry(document, "terms"), list(TERMS))
    return Correction(_entry(document, "matrix"))


def _cards(document: Any) -> Cards | None:
    if document is None:
        return None
    cards = Cards(
        _references(_entry(document, "references")),
        _entry(document, "raw_hz"),
        _entry(document, "xyz"),
    )
    residuals = _entry(document, "residuals_delta_e")
    if not isinstance(residuals, list) or len(residuals) != len(cards):
        raise CalibrationError(f"expected {len(cards)} residuals, one for each card")
    return cards


def _entry(document: Any, key: str) -> Any:
    if not isinstance(document, dict) or key not in document:
        raise CalibrationError(f'the entry "{key}" is missing')
    return document[key]


def _expect(found: Any, expected: list[str]) -> None:
    if found != expected:
        raise CalibrationError(f"expected {expected}, found {found!r}")


@contextmanager
def _place(entry: str) -> Iterator[None]:
    """Say in which entry of the file an error is."""
    try:
        yield
    except CalibrationError as error:
        raise CalibrationError(f'in "{entry}": {error}') from error
