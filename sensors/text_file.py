"""A file that somebody named, read as text."""

import errno
from pathlib import Path


def read_text(path: str) -> str:
    """Return the text (UTF-8, with or without a mark); OSError or UnicodeError when it is none.

    Pipes and devices are refused: they would be waited for, or have no end.
    """
    file = Path(path)
    if file.exists() and not (file.is_file() or file.is_dir()):  # a folder says so itself
        raise OSError(errno.EINVAL, "it is no file")
    return file.read_text(encoding="utf-8-sig")
