"""Files of secrets: one that only its owner can read, and one with a password or a token."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_file(path: Path, text: str) -> Iterator[Path]:
    """Write a line of ASCII into a file beside `path`, to be put in its place meanwhile.

    It is on the disk by then; what is left of it afterwards is deleted. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.unlink(missing_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        new.unlink(missing_ok=True)


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
