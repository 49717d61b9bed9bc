"""Write a file whole or not at all: after a power cut it is the old one or the new one.

The umask makes its permissions narrower and never wider. A link of another user is not followed.
"""

import errno
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path


@contextmanager
def new_file(path: Path, lines: Iterable[str], mode: int | None = None) -> Iterator[Path]:
    """Write a file beside `path`, and yield its own path once it is on the disk.

    The block puts it in its place; else it is deleted, after a power cut by the next writer.
    mode: its permissions, whatever the umask; by default 0644 less the umask. Raises OSError.
    """
    # In the same folder, because a rename is one step only within one file system.
    new = path.with_name(f".{path.name}.{threading.get_native_id()}.new")
    try:
        for left in path.parent.glob(f".{escape(path.name)}.*.new"):
            writer = left.name.split(".")[-2]
            if left == new or not Path("/proc", writer).exists():  # ended by a power cut
                left.unlink(missing_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644 if mode is None else mode)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            if mode is not None:
                os.fchmod(number, mode)
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


def replace_file(path: Path, lines: Iterable[str]) -> None:
    """Write a file in one step, in the place of one that is there. Raises OSError."""
    with new_file(path, lines) as new:
        new.replace(path)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, in which others cannot write. Raises OSError."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(0o755, exist_ok=True)


def target_of(path: Path) -> Path:
    """Return where a symbolic link leads, or else the path itself.

    Raises PermissionError for another user's link: root, at work in the folder of a service, would
    write wherever that leads.
    """
    try:
        status = path.lstat()
    except OSError:
        return path
    if not stat.S_ISLNK(status.st_mode):
        return path
    if status.st_uid not in (os.geteuid(), 0):
        raise PermissionError(errno.EPERM, "it is a symbolic link of another user", str(path))
    return Path(os.path.realpath(path))
