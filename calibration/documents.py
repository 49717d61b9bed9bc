"""How a calibration is kept: versioned JSON, written whole or not at all, and proper when read."""

import json
import math
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from .errors import CalibrationError

_Content = TypeVar("_Content")


class Kind(NamedTuple):
    """A kind of document.

    title: in messages, "colour profile". format and version: what its file says of itself.
    origin: what to do where there is none. remedy: what to do with a damaged one.
    """

    title: str
    format: str
    version: int
    origin: str
    remedy: str


def write_document(path: str | os.PathLike[str], kind: Kind, content: dict[str, Any]) -> None:
    """Write the file in one step: after a power cut it is the old one or the new one, whole.

    Raises CalibrationError: the folder is missing, full or not writable.
    """
    target = Path(path)
    document = {"format": kind.format, "version": kind.version, **content}
    text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
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
            f"cannot write the {kind.title} {target}: {error}; "
            "choose a file name in a folder that exists, has room and can be written"
        ) from error


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
        return understand(checked)
    except CalibrationError as error:
        raise CalibrationError(f"{unusable}: {error}; {kind.remedy}") from error


def moment(text: Any) -> datetime:
    """An aware time in UTC from ISO 8601. Raises CalibrationError."""
    try:
        said = datetime.fromisoformat(text)
        at_utc = said.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise CalibrationError(f"{str(text)[:40]!r} is not an ISO 8601 time") from error
    if said.tzinfo is None:
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
    if type(version) is not int or version < 1:
        raise CalibrationError(f"its version is {version!r}, which never was; {kind.remedy}")
    return document


def _finite(text: str) -> float:
    """A number of the file; JSON proper has no NaN and no infinity, and 1e999 is one too."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
