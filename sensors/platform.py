"""The machine and its files: the model of Raspberry Pi, and the text of a file."""

import errno
from pathlib import Path


def pi_model(root: Path = Path("/")) -> str:
    """Return the model of this Raspberry Pi, from its device tree; "" on any other machine."""
    try:
        model = (root / "proc/device-tree/model").read_text(errors="replace").rstrip("\0\n")
    except OSError:
        return ""
    return model if model.startswith("Raspberry Pi") else ""


def read_text(path: str) -> str:
    """Return the text of a file (UTF-8, with or without a BOM). Raises OSError or UnicodeError.

    Pipes and devices are errors: reading them could wait for ever.
    """
    file = Path(path)
    if file.exists() and not (file.is_file() or file.is_dir()):  # a folder has its own error
        raise OSError(errno.EINVAL, "not a file")
    return file.read_text(encoding="utf-8-sig")
