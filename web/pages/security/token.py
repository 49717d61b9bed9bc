"""The token that every write asks for: made once, kept in a file that only its owner can read."""

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

# Sixteen letters and digits of which none is taken for another: they may have to be typed.
_BYTES = 10
_FORM = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")


class TokenError(OSError):
    """The token cannot be read or kept; the message says what to do."""


@dataclass(frozen=True)
class Token:
    """The secret of a person who may change things. is_new: it was made just now."""

    text: str = field(repr=False)
    path: Path
    is_new: bool = False

    def is_said_in(self, header: str | None) -> bool:
        """Whether an Authorization header says ``Bearer`` and this token.

        The comparison takes as long for a nearly right token as for any other.
        """
        scheme, _, said = (header or "").strip().partition(" ")
        is_it = hmac.compare_digest(said.strip().encode(errors="replace"), self.text.encode())
        return is_it and scheme.lower() == "bearer"


def token_of(path: Path) -> Token:
    """Return the token that is kept in this file, made now if there is none.

    Raises TokenError: the file is no token, or cannot be read or written.
    """
    try:
        text, is_new = _kept(path), False
        if text is None:
            text, is_new = _made(path), True
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(
            f"the token in {path} cannot be kept or read: {error}; see to the folder's and the"
            " file's owner"
        ) from error
    if not _FORM.fullmatch(text):
        raise TokenError(f"{path} holds no token: delete it, and a new one is made")
    return Token(text, path, is_new)


def _kept(path: Path) -> str | None:
    try:
        with path.open(encoding="ascii") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                path.chmod(0o600)
                log.warning("others could read %s; delete it, and a new token is made", path)
            return file.read(200).strip()
    except FileNotFoundError:
        return None


def _made(path: Path) -> str:
    """Make a token and keep it, whole or not at all; if another program was first, its one."""
    text = b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    text = "-".join(text[at : at + 4] for at in range(0, len(text), 4))
    with private_file(path, text) as new:
        try:
            os.link(new, path)
        except FileExistsError:
            kept = _kept(path)
            if kept is None:
                raise OSError("it is a link that leads nowhere") from None
            return kept
        except OSError:  # a file system without links, as on a memory stick
            new.replace(path)
    return text
