"""The file of a calibration: versioned JSON, written whole or not at all, checked when read."""

import json
import math
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from ..errors import CalibrationError
from .atomic_file import new_file, target_of
from .checksum import checksum
from .fields import field, place, text, yes_or_no

_Content = TypeVar("_Content")

_DISTRIBUTION: Final = "storm-petrel"


class Kind(NamedTuple):
    """A kind of document.

    title: in messages, "colour profile". format and version: what its file says of itself.
    origin: what to do where there is no file. remedy: what to do with a damaged one. has_checksum:
    a change by hand is noticed; without it the file may be written by hand. remarks: entries that
    the checksum leaves out. is_private: only the owner of its file can read it.
    """

    title: str
    format: str
    version: int
    origin: str
    remedy: str
    has_checksum: bool = False
    remarks: tuple[str, ...] = ()
    is_private: bool = False


def write_document(path: str | os.PathLike[str], kind: Kind, content: dict[str, Any]) -> None:
    """Write the file in one step: after a power cut it is the old one or the new one, whole.

    A file that was there keeps its permissions, unless it is private; a symbolic link goes on
    pointing to it, unless another user made it.

    Raises CalibrationError: the folder is missing, full or not writable.
    """
    document = {"format": kind.format, "version": kind.version, **content}
    if kind.has_checksum:
        document["checksum"] = checksum(document, kind.remarks)
    text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    try:
        _replace(Path(path), text, is_private=kind.is_private)
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise CalibrationError(
            f"cannot write the {kind.title} {path}: {error}; "
            "choose a file name in a folder that exists, has room and can be written"
        ) from error


def _replace(path: Path, text: str, *, is_private: bool) -> None:
    target = target_of(path)
    if target.is_symlink():
        raise OSError("its symbolic links lead in a circle")
    replaced = target.exists()
    if replaced and not target.is_file():  # a device would be gone afterwards
        raise OSError("it is no file")
    mode = stat.S_IMODE(target.stat().st_mode) if replaced else None
    with new_file(target, [text], 0o600 if is_private else mode) as new:
        new.replace(target)


def read_document(
    path: str | os.PathLike[str], kind: Kind, understand: Callable[[dict[str, Any]], _Content]
) -> _Content:
    """Return what `understand` makes of a file of this kind and of a version that is known.

    Raises CalibrationError with the path and the remedy, also for what `understand` refuses.
    """
    try:
        if Path(path).exists() and not Path(path).is_file():  # a pipe would be waited for
            raise OSError("it is no file")
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise CalibrationError(
            f"cannot read the {kind.title} {path}: {error}; check the path, or {kind.origin}"
        ) from error
    try:
        document = json.loads(content, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise CalibrationError(
            f"the {kind.title} {path} is cut short or is not JSON ({error}); {kind.remedy}"
        ) from error
    unusable = f"the {kind.title} {path} cannot be used"
    try:
        checked = _checked(document, kind)
    except CalibrationError as error:
        raise CalibrationError(f"{unusable}: {error}") from error
    try:
        understood = understand(checked)
        # Last, because what is wrong with a number says more than that it was changed.
        _check_seal(checked, kind)
    except (CalibrationError, RecursionError) as error:  # brackets without end recurse
        raise CalibrationError(f"{unusable}: {error}; {kind.remedy}") from error
    return understood


def now() -> datetime:
    """Return the time to the second, in UTC: what a document is dated with."""
    return datetime.now(UTC).replace(microsecond=0)


def software() -> str:
    """Return the program and its version, which the file records."""
    from importlib.metadata import PackageNotFoundError, version  # only who writes pays for it

    try:
        return f"{_DISTRIBUTION} {version(_DISTRIBUTION)}"
    except PackageNotFoundError:  # used from its folder
        return _DISTRIBUTION


def origin(created: datetime, simulated: bool) -> dict[str, Any]:
    """When a file's content was made, by what program and on what sensor.

    Raises CalibrationError for what could not be read again.
    """
    with place("created"):
        moment(created.isoformat())
    with place("simulated"):
        yes_or_no(simulated)
    return {"created": created.isoformat(), "software": software(), "simulated": simulated}


def read_origin(document: dict[str, Any]) -> tuple[datetime, bool]:
    """Return when a file's content was made and whether on a simulated sensor.

    Raises CalibrationError for anything that :func:`origin` does not write.
    """
    created = field(document, "created", moment)
    field(document, "software", text)
    return created, field(document, "simulated", yes_or_no)


def moment(text: Any) -> datetime:
    """Read an aware time in UTC from ISO 8601. Raises CalibrationError."""
    try:
        time = datetime.fromisoformat(text)
        at_utc = time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise CalibrationError(f"{str(text)[:40]!r} is not an ISO 8601 time") from error
    if time.tzinfo is None:
        raise CalibrationError(f"{text!r} does not say that it is UTC")
    return at_utc


def _checked(document: Any, kind: Kind) -> dict[str, Any]:
    if not isinstance(document, dict) or document.get("format") != kind.format:
        raise CalibrationError(f"it is not a {kind.format}; check the path, or {kind.origin}")
    version = document.get("version")
    if type(version) is int and version > kind.version:
        raise CalibrationError(
            f"it is of version {version} and this program knows versions up to {kind.version}; "
            f"update the program, or {kind.remedy}"
        )
    if type(version) is not int or version != kind.version:
        raise CalibrationError(f"its version {version!r} was never released; {kind.remedy}")
    return document


def _check_seal(document: dict[str, Any], kind: Kind) -> None:
    if kind.has_checksum and document.get("checksum") != checksum(document, kind.remarks):
        raise CalibrationError(
            "it was changed by hand: its checksum does not fit its content"
            if "checksum" in document
            else 'the entry "checksum" is missing, so a change by hand cannot be ruled out'
        )


def _finite(text: str) -> float:
    """Read a number; JSON has no NaN and no infinity, and 1e999 is one too."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
