"""The token that every write needs: created once, in a file that only its owner can read."""

import hmac
import logging
import os
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass, field
from pathlib import Path

from ...system.private_files import private_file

log = logging.getLogger(__name__)

# Sixteen letters and digits that do not look alike: a person may have to type them.
_BYTES = 10
_FORM = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")


class TokenError(OSError):
    """The token cannot be read or written; the message says what to do."""


@dataclass(frozen=True)
class Token:
    """The secret that allows changes. is_new: it was created just now."""

    text: str = field(repr=False)
    path: Path
    is_new: bool = False

    def matches(self, header: str | None) -> bool:
        """Return whether an Authorization header has the scheme ``Bearer`` and this token.

        The comparison takes as long for a nearly right token as for any other.
        """
        scheme, _, text = (header or "").strip().partition(" ")
        is_same = hmac.compare_digest(text.strip().encode(errors="replace"), self.text.encode())
        return is_same and scheme.lower() == "bearer"


def token_of(path: Path) -> Token:
    """Return the token in this file; create it if the file is missing. Raises TokenError."""
    try:
        text, is_new = _read(path), False
        if text is None:
            text, is_new = _create(path), True
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(
            f"the token in {path} cannot be read or written: {error}; check the owner of"
            " the folder and of the file"
        ) from error
    if not _FORM.fullmatch(text):
        raise TokenError(f"{path} holds no token: delete it, and a new one is created")
    return Token(text, path, is_new)


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                path.chmod(0o600)
                log.warning("others could read %s; delete it, and a new token is created", path)
            return file.read(200).strip()
    except FileNotFoundError:
        return None


def _create(path: Path) -> str:
    """Write a new token, whole or not at all; if another program was first, return its token."""
    text = b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    text = "-".join(text[at : at + 4] for at in range(0, len(text), 4))
    with private_file(path, text) as new:
        try:
            os.link(new, path)
        except FileExistsError:
            if (other := _read(path)) is None:
                raise OSError("it is a link that leads nowhere") from None
            return other
        except OSError:  # a file system without links, as on a memory stick
            new.replace(path)
    return text
