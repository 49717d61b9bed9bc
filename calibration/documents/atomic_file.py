"""Write a file whole or not at all: after a power cut it is the old one or the new one."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path


@contextmanager
def new_file(path: Path, lines: Iterable[str], mode: int = 0o666) -> Iterator[Path]:
    """Write a file beside `path`, and yield its own path once it is on the disk.

    The block puts it in its place; else it is deleted, after a power cut by the next writer.
    mode: its permissions, less the umask. Raises OSError.
    """
    # In the same folder, because a rename is one step only within one file system.
    new = path.with_name(f".{path.name}.{threading.get_native_id()}.new")
    try:
        for left in path.parent.glob(f".{escape(path.name)}.*.new"):
            writer = left.name.split(".")[-2]
            if left == new or not Path("/proc", writer).exists():  # ended by a power cut
                left.unlink(missing_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


def replace_file(path: Path, lines: Iterable[str], mode: int = 0o666) -> None:
    """Write a file in one step, in the place of one that is there. Raises OSError."""
    with new_file(path, lines, mode) as new:
        new.replace(path)
