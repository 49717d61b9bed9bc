"""What is asked of the machine: which Raspberry Pi it is, and the text of a file."""

import errno
from pathlib import Path


def pi_model(root: Path = Path("/")) -> str:
    """Return what a Raspberry Pi calls itself in its device tree; "" on any other machine.

    root: where its file system begins.
    """
    try:
        model = (root / "proc/device-tree/model").read_text(errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") else ""


def read_text(path: str) -> str:
    """Return the text (UTF-8, with or without a mark); OSError or UnicodeError when it is none.

    Pipes and devices are refused: they would be waited for, or have no end.
    """
    file = Path(path)
    if file.exists() and not (file.is_file() or file.is_dir()):  # a folder says so itself
        raise OSError(errno.EINVAL, "it is no file")
    return file.read_text(encoding="utf-8-sig")
