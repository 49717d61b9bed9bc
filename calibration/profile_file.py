"""The file of a colour profile: versioned JSON that holds all that a refit needs.

It is written whole or not at all, and checked number by number when read.
"""

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from .cards import Cards
from .correction import TERMS, Correction
from .errors import CalibrationError
from .references import CHANNEL_NAMES, References

FORMAT: Final = "storm-petrel colour profile"
VERSION: Final = 1

_REMEDY: Final = "calibrate again, or restore the file from a copy"


class StoredProfile(NamedTuple):
    """What the file holds. ``cards`` is None for a profile that was not fitted to any."""

    references: References
    correction: Correction
    cards: Cards | None
    created: datetime


def write_profile(path: str | os.PathLike[str], stored: StoredProfile) -> None:
    """Write the file in one step: after a power cut it is the old one or the new one, whole.

    Raises CalibrationError: the folder is missing, full or not writable.
    """
    target = Path(path)
    text = json.dumps(_document(stored), indent=1, allow_nan=False) + "\n"
    try:
        # In the same folder, because a rename is one step only within one file system.
        new = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            with new.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            new.replace(target)
        finally:
            new.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise CalibrationError(
            f"cannot write the colour profile {target}: {error}; "
            "choose a file name in a folder that exists, has room and can be written"
        ) from error


def read_profile(path: str | os.PathLike[str]) -> StoredProfile:
    """Read and check the file.

    Raises CalibrationError: no such file, or anything in it that is missing, broken or unknown.
    """
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise CalibrationError(
            f"cannot read the colour profile {path}: {error}; check the path, or "
            "calibrate and save a profile there first"
        ) from error
    try:
        document = json.loads(content, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise CalibrationError(
            f"the colour profile {path} is cut short or is not JSON ({error}); {_REMEDY}"
        ) from error
    try:
        _check_version(document)
        return _stored(document)
    except CalibrationError as error:
        raise CalibrationError(f"the colour profile {path} cannot be used: {error}") from error


def _document(stored: StoredProfile) -> dict[str, Any]:
    cards = stored.cards
    return {
        "format": FORMAT,
        "version": VERSION,
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


def _check_version(document: Any) -> None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise CalibrationError(f"it is not a {FORMAT}; name the file that ColourProfile.save wrote")
    version = document.get("version")
    if type(version) is int and version > VERSION:
        raise CalibrationError(
            f"it is of version {version} and this program knows versions up to {VERSION}; "
            "update the program or calibrate again"
        )
    if type(version) is not int or version < 1:
        raise CalibrationError(f"its version is {version!r}, which never was; {_REMEDY}")


def _stored(document: dict[str, Any]) -> StoredProfile:
    with _place("channels"):
        _expect(_entry(document, "channels"), list(CHANNEL_NAMES))
    with _place("created"):
        created = _moment(_entry(document, "created"))
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
        raise CalibrationError(f"expected {len(cards)} residuals, one for each card; {_REMEDY}")
    return cards


def _entry(document: Any, key: str) -> Any:
    if not isinstance(document, dict) or key not in document:
        raise CalibrationError(f'the entry "{key}" is missing; {_REMEDY}')
    return document[key]


def _expect(found: Any, expected: list[str]) -> None:
    if found != expected:
        raise CalibrationError(f"expected {expected}, found {found!r}; {_REMEDY}")


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        at_utc = moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise CalibrationError(f"{text!r} is not an ISO 8601 time; {_REMEDY}") from error
    if moment.tzinfo is None:
        raise CalibrationError(f"{text!r} does not say that it is UTC; {_REMEDY}")
    return at_utc


def _finite(text: str) -> float:
    """A number of the file; JSON proper has no NaN and no infinity, and 1e999 is one too."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number


@contextmanager
def _place(entry: str) -> Iterator[None]:
    """Say in which entry of the file an error is."""
    try:
        yield
    except CalibrationError as error:
        raise CalibrationError(f'in "{entry}": {error}') from error
