"""A history set aside: given another name, with what belongs to it, and never deleted."""

import logging
import time
from pathlib import Path

log = logging.getLogger(__name__)


def name_aside(path: Path, why: str) -> Path:
    """A name for what is set aside, which nothing has yet."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    again = 1
    aside = path.with_name(f"{path.name}.{why}-{stamp}")
    while aside.exists():
        again += 1
        aside = path.with_name(f"{path.name}.{why}-{stamp}-{again}")
    return aside


def put_aside(path: Path, aside: Path) -> None:
    """Rename a history that nobody has open. Raises OSError."""
    path.rename(aside)
    log_file = beside(path, "-wal")
    if log_file.exists():
        log_file.replace(beside(aside, "-wal"))
    beside(path, "-shm").unlink(missing_ok=True)
    log.warning("%s was set aside as %s", path, aside.name)


def beside(path: Path, ending: str) -> Path:
    """What SQLite keeps beside a database."""
    return path.with_name(path.name + ending)
