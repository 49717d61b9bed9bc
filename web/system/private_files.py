"""Files of secrets: one that only its owner can read, and one with a password or a token."""

import errno
from contextlib import AbstractContextManager
from pathlib import Path

from calibration.documents.atomic_file import new_file


def private_file(path: Path, text: str) -> AbstractContextManager[Path]:
    """Write a line of ASCII into a file beside `path`, to be put in its place meanwhile.

    See new_file(). Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return new_file(path, [text + "\n"], 0o600)


def secret_of(key: str, path: str) -> str:
    """Return the first line of the file; an empty path is no secret.

    Raises ValueError with a sentence that does not tell it.
    """
    if not path:
        return ""
    try:
        file = Path(path).expanduser()
        if file.exists() and not file.is_file():  # a pipe would be waited for
            raise OSError(errno.EINVAL, "it is no file")
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, RuntimeError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(f"{key} = {path!r} cannot be read: {words}") from error
    secret = lines[0].strip() if lines else ""
    if not secret or not secret.isprintable():
        raise ValueError(f"{key} = {path!r}: the secret is wanted in its first line")
    return secret
