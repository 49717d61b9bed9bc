"""A password or a token that has a file to itself, so that the settings can be shown around."""

from pathlib import Path

from sensors.platform import read_text


def secret_of(key: str, path: str) -> str:
    """Return the first line of the file; an empty path is no secret.

    Raises ValueError with a sentence that does not tell it.
    """
    if not path:
        return ""
    try:
        lines = read_text(str(Path(path).expanduser())).splitlines()
    except (OSError, RuntimeError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or "it is no text"
        raise ValueError(f"{key} = {path!r} cannot be read: {words}") from error
    secret = lines[0].strip() if lines else ""
    if not secret or not secret.isprintable():
        raise ValueError(f"{key} = {path!r}: the secret is wanted in its first line")
    return secret
