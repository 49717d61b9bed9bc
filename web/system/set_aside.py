"""Damaged files: what is wrong with one, and its name when it is set aside beside itself."""

import os
import time
from pathlib import Path

DAMAGED, ACKNOWLEDGED = "damaged", "acknowledged"
_LONGEST_CHECKED = 65536  # bytes


def name_aside(path: Path, why: str) -> Path:
    """Return an unused name beside a file, for when it is set aside."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    again = 1
    aside = path.with_name(f"{path.name}.{why}-{stamp}")
    while os.path.lexists(aside):
        again += 1
        aside = path.with_name(f"{path.name}.{why}-{stamp}-{again}")
    return aside


def set_aside_of(path: Path, *whys: str) -> list[Path]:
    """Return what was set aside of a file for these reasons, in the order of the names.

    By default damaged files, acknowledged or not.
    """
    begins = tuple(f"{path.name}.{why}-" for why in whys or (DAMAGED, ACKNOWLEDGED))
    try:
        return sorted(file for file in path.parent.iterdir() if file.name.startswith(begins))
    except OSError:
        return []


def reason_of(path: Path, error: Exception) -> str:
    """Return what is wrong with a file that cannot be used, for a person."""
    if path.is_symlink() and not path.exists():
        return "is a link that leads nowhere"
    if path.is_dir():
        return "is a folder"
    if isinstance(error, OSError) or isinstance(error.__cause__, OSError):
        return f"cannot be read ({cause_of(error)})"
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_CHECKED)
    except OSError:
        return "cannot be read"
    if content.strip(b"\0"):
        return "cannot be used"
    return "holds only zeros" if content else "is empty"


def cause_of(error: Exception) -> str:
    """Return what the system says of an error, or of the one behind it."""
    cause = error if isinstance(error, OSError) else error.__cause__
    return str(getattr(cause, "strerror", None) or cause or error)
