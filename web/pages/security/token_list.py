"""The file of the tokens that were added by name, and of what the program has to write down.

    token add, token revoke --> page-tokens.json --> Tokens of the page that runs, or of the next
                                            <-- what it has written down is taken out

Both change the file whole, one after the other, under a lock on its folder.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from calibration.documents.atomic_file import make_folder
from calibration.documents.json_file import Kind, read_document
from calibration.errors import CalibrationError

from ...config.tables import OTHER_PROGRAMS
from ...display.times import iso
from ...system.private_files import private_file
from .token import FIRST, Token, TokenError, new_text

_LONGEST_NAME = 40
_MOST_TOKENS, _MOST_NEWS = 50, 100
# An acknowledgement has a name as its source: none may mean two things.
_RESERVED = (FIRST, "matrix", *OTHER_PROGRAMS)
_KIND = Kind(
    title="list of tokens",
    format="storm-petrel page tokens",
    version=1,
    origin="add a token",
    remedy="start the dashboard, which sets it aside, and add the tokens again",
)


class NamedToken(NamedTuple):
    """A token that was added. sha256: of the secret, which is not stored. made_at: ISO 8601."""

    name: str
    made_at: str
    sha256: str


class TokenList(NamedTuple):
    """The content of the file. news: changes that are not yet in the list of what happened."""

    tokens: tuple[NamedToken, ...] = ()
    news: tuple[str, ...] = ()


def list_path(path: Path) -> Path:
    """Return the path of the list beside the file of the first token."""
    return path.with_name("page-tokens.json")


def digest_of(secret: bytes) -> str:
    """Return the SHA-256 of a secret, in hexadecimal digits.

    Without salt and in one round: of 80 random bits no table can be made, and no search ends.
    """
    return sha256(secret).hexdigest()


def add_token(path: Path, name: str, by: str) -> Token:
    """Add a token. path: of the first one. by: who adds it. Raises TokenError, OSError."""
    name, text = _checked(name), new_text()

    def add(content: TokenList) -> TokenList:
        if _key(name) in _RESERVED or _named(content, name):
            raise TokenError(f"the name {name!r} is taken: give another")
        if len(content.tokens) >= _MOST_TOKENS:
            raise TokenError(f"there are {_MOST_TOKENS} tokens: revoke those that are not used")
        made_at = iso(round(time.time()))
        token = NamedToken(name, made_at, digest_of(text.encode()))
        news = f"The token {name!r} was added by {by} at {made_at}"
        return TokenList((*content.tokens, token), (*content.news, news))

    _change(list_path(path), add)
    return Token(text, path, name=name)


def revoke_token(path: Path, name: str, by: str) -> Token | None:
    """End a token; the first one is replaced, and its successor is returned.

    Raises TokenError, OSError.
    """
    successor = Token(new_text(), path) if _key(name) == FIRST else None

    def revoke(content: TokenList) -> TokenList:
        if successor is not None:
            with private_file(path, successor.text) as new:
                new.replace(path)
        elif not _named(content, name):
            raise TokenError(f"there is no token {name!r}: token list shows the names")
        tokens = tuple(t for t in content.tokens if _key(t.name) != _key(name))
        news = f"The token {_normal(name)!r} was revoked by {by} at {iso(round(time.time()))}"
        return TokenList(tokens, (*content.news, news))

    _change(list_path(path), revoke)
    return successor


def forget_news(path: Path, written: tuple[str, ...]) -> None:
    """Take out the news that are written down. path: of the list. Raises OSError, ValueError."""
    _change(
        path,
        lambda content: content._replace(
            news=tuple(news for news in content.news if news not in written)
        ),
    )


def read_list(path: Path) -> TokenList:
    """Return the content of the file. Raises CalibrationError."""
    return read_document(path, _KIND, _parse)


def write_list(path: Path, content: TokenList) -> None:
    """Write the file whole, for its owner's eyes. Raises OSError."""
    document = {
        "format": _KIND.format,
        "version": _KIND.version,
        "tokens": [token._asdict() for token in content.tokens],
        "news": content.news[-_MOST_NEWS:],
    }
    with private_file(path, json.dumps(document)) as new:
        new.replace(path)


def _parse(document: dict[str, Any]) -> TokenList:
    try:
        tokens = tuple(NamedToken(**token) for token in document["tokens"])
        content = TokenList(tokens, tuple(document["news"]))
    except (KeyError, TypeError) as error:
        raise CalibrationError(f"its tokens cannot be used: {error}") from error
    if not all(isinstance(text, str) for entry in (*tokens, content.news) for text in entry):
        raise CalibrationError("its tokens and news must be text")
    return content


def _change(path: Path, how: Callable[[TokenList], TokenList]) -> None:
    make_folder(path.parent)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # until it is closed
        write_list(path, how(read_list(path) if os.path.lexists(path) else TokenList()))
    finally:
        os.close(folder)


def _named(content: TokenList, name: str) -> bool:
    return any(_key(token.name) == _key(name) for token in content.tokens)


def _checked(name: str) -> str:
    name = _normal(name)
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
        raise TokenError(f"the name of a token has 1 to {_LONGEST_NAME} printable characters")
    return name


def _normal(name: str) -> str:
    from unicodedata import normalize  # a megabyte, which the page does without

    return normalize("NFC", name).strip()


def _key(name: str) -> str:
    return _normal(_normal(name).casefold())
