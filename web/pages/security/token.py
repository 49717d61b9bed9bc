"""The first token, which allows changes: created once, in a file that only its owner can read."""

import hmac
import logging
import os
import re
import secrets
from base64 import b32encode
from dataclasses import dataclass, field, replace
from pathlib import Path

from calibration.documents.atomic_file import target_of

from ...system.private_files import private_file
from ...system.side_files import Loss, SideFile, SideFiles

log = logging.getLogger(__name__)

FIRST = "first"  # the name of this token

# Sixteen letters and digits that do not look alike: a person may have to type them.
_BYTES = 10
_FORM = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")
_LOSS = Loss(
    "a new token was made, which needs no new start; scripts/dashboard --token shows it, and each"
    " phone needs it once"
)
_UNWRITTEN = Loss(
    "the token for changes on the page is only in memory, and the next start makes another;"
    " scripts/dashboard --token shows it once the disk can be written"
)


class TokenError(OSError):
    """The token cannot be written; the message says what to do."""


@dataclass(frozen=True)
class Token:
    """The secret that allows changes.

    is_new: it was created just now. is_stored: its file has it. name: whose it is. file: where the
    first token is kept while the program runs.
    """

    text: str = field(repr=False)
    path: Path
    is_new: bool = False
    is_stored: bool = True
    name: str = FIRST
    file: SideFile[str] | None = field(default=None, repr=False, compare=False)

    def matches(self, header: str | None) -> bool:
        """Return whether an Authorization header has the scheme ``Bearer`` and this token.

        The comparison takes as long for a nearly right token as for any other.
        """
        return hmac.compare_digest(bearer_of(header), self.text.encode())

    def reloaded(self) -> "Token":
        """Return the token that its file has now; without a file, this one."""
        text = self.file.reload() if self.file else None
        return replace(self, text=text or self.text)


def bearer_of(header: str | None) -> bytes:
    """Return what an Authorization header has behind the scheme ``Bearer``, or b""."""
    scheme, _, text = (header or "").strip().partition(" ")
    return text.strip().encode(errors="replace") if scheme.lower() == "bearer" else b""


def token_of(path: Path, files: SideFiles | None = None) -> Token:
    """Return the token in this file; create it if the file is missing or was set aside.

    files: watch over the file while the program runs. A token that cannot be written lives in
    memory.
    """
    file = SideFile(files or SideFiles(), path, _read, _write, _LOSS, _UNWRITTEN)
    text = file.load()
    if text is not None:
        return Token(text, path, file=file)
    text = new_text()
    file.keep(text)
    if file.is_stored:
        text = file.content = _read(path)  # another program may have been first
    return Token(text, path, is_new=True, is_stored=file.is_stored, file=file)


def stored_token_of(path: Path) -> Token:
    """Return the token in this file; create it if the file is missing.

    A damaged file is left to the program that runs. Raises TokenError.
    """
    files = SideFiles(may_move=False)
    token = token_of(path, files)
    if not token.is_stored:
        reasons = "; ".join(fault.reason for fault in files.faults)
        raise TokenError(
            f"{path} {reasons}: start the dashboard, which sets a damaged file aside, or check the"
            " disk and the owner of the folder"
        )
    return token


def _read(path: Path) -> str:
    """Return the token in a file. Raises OSError, ValueError."""
    with target_of(path).open(encoding="ascii") as file:
        text = file.read(200).strip()
        if os.fstat(file.fileno()).st_mode & 0o077:
            try:
                os.fchmod(file.fileno(), 0o600)
            except OSError as error:  # on a disk that cannot be written
                log.warning("others can read %s: %s", path, error.strerror)
            else:
                log.warning("others could read %s; delete it, and a new token is created", path)
    if not _FORM.fullmatch(text):
        raise ValueError("it holds no token")
    return text


def new_text() -> str:
    """Return a new secret of 80 random bits."""
    text = b32encode(secrets.token_bytes(_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _write(path: Path, text: str) -> None:
    """Write a token, whole or not at all; one that another program wrote first stays."""
    with private_file(path, text) as new:
        try:
            os.link(new, path)
        except FileExistsError:
            _read(path)
        except OSError:  # a file system without links, as on a memory stick
            new.replace(path)
