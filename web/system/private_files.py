"""Files with secrets: write one that only its owner can read, and read a password or token."""

import errno
from contextlib import AbstractContextManager
from pathlib import Path

from calibration.documents.atomic_file import make_folder, new_file


def private_file(path: Path, text: str) -> AbstractContextManager[Path]:
    """Write a line of ASCII with mode 0600, as new_file() does. Raises OSError."""
    make_folder(path.parent)
    return new_file(path, [text + "\n"], 0o600)


def secret_of(key: str, path: str) -> str:
    """Return the first line of the file at `path`; "" without a path.

    Raises ValueError; the message names the key but never the secret.
    """
    if not path:
        return ""
    try:
        file = Path(path).expanduser()
        if file.exists() and not file.is_file():  # reading a pipe would block
            raise OSError(errno.EINVAL, "it is not a regular file")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, RuntimeError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or "it is not text"
        raise ValueError(f"{key} = {path!r} cannot be read: {words}") from error
    secret = lines[0].strip() if lines else ""
    if not secret or not secret.isprintable():
        raise ValueError(f"{key} = {path!r}: its first line must hold the secret")
    return secret
