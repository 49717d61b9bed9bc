"""Tokens by name: added, listed and revoked while a page runs, and each change written down."""

import json
import logging
import stat
from pathlib import Path

import pytest

from web.pages.security.token import Token, TokenError, token_of
from web.pages.security.token_list import add_token, list_path, read_list, revoke_token
from web.pages.security.tokens import Tokens
from web.system.side_files import SideFiles


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "page-token"


def header(token: Token | None) -> str:
    assert token is not None
    return f"Bearer {token.text}"


def test_one_that_is_added_works_at_once_and_one_that_is_revoked_no_more(path: Path) -> None:
    first = token_of(path)
    tokens = Tokens(first)
    anna, ben = (add_token(path, name, "pi") for name in ("Anna's phone", "Ben"))
    assert tokens.name_of(header(first)) == "first"
    assert tokens.name_of(header(anna)) == "Anna's phone"
    assert tokens.name_of(f" bearer  {ben.text} ") == "Ben"
    revoke_token(path, "anna's PHONE", "pi")
    assert tokens.name_of(header(anna)) is None
    assert tokens.name_of(header(ben)) == "Ben"
    assert Tokens(first).name_of(header(ben)) == "Ben"  # after a restart


def test_only_its_own_header_will_do(path: Path) -> None:
    tokens, anna = Tokens(token_of(path)), add_token(path, "Anna", "pi")
    for wrong in (None, "", "Bearer", anna.text, f"Basic {anna.text}", "Bearer \xe9\x00"):
        assert tokens.name_of(wrong) is None
    for wrong in (anna.text[:-1], anna.text.upper(), read_list(list_path(path)).tokens[0].sha256):
        assert tokens.name_of(f"Bearer {wrong}") is None


def test_the_first_one_is_revoked_by_another_in_its_place(path: Path) -> None:
    first = token_of(path, files := SideFiles())
    tokens = Tokens(first, files)
    second = revoke_token(path, "First", "pi")
    assert tokens.name_of(header(first)) is None
    assert tokens.name_of(header(second)) == "first"
    assert header(token_of(path)) == header(second)
    path.write_text("damaged")
    files.check()
    assert tokens.name_of(header(first)) is None
    assert tokens.name_of(header(second)) == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_secret_is_in_the_file_and_no_stranger_reads_it(path: Path) -> None:
    anna = add_token(path, "Anna", "pi")
    file = list_path(path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert anna.text not in file.read_text() and anna.text not in repr(anna)


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 41, "a\nb", "a\x00", "\u202eevil", "first", "FIRST", "MQTT", "signalk"]
)
def test_a_name_that_cannot_be_is_refused(path: Path, name: str) -> None:
    with pytest.raises(TokenError, match="name"):
        add_token(path, name, "pi")
    assert not list_path(path).exists()


def test_a_name_is_given_once_however_it_is_written(path: Path) -> None:
    add_token(path, "Jürgen", "pi")
    for name in ("Ju\u0308rgen", "JÜRGEN", " Jürgen "):
        with pytest.raises(TokenError, match="taken"):
            add_token(path, name, "pi")
    revoke_token(path, "JU\u0308RGEN", "pi")
    with pytest.raises(TokenError, match="no token"):
        revoke_token(path, "Jürgen", "pi")


def test_each_change_is_written_down_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, happened = token_of(path), list[str]()
    tokens = Tokens(first, happened=happened.append)
    with caplog.at_level(logging.INFO):
        anna = add_token(path, "Anna", "skipper")
        revoke_token(path, "Anna", "mate")
        for _ in range(3):
            assert tokens.name_of(header(anna)) is None
    assert ["added by skipper" in happened[0], "revoked by mate" in happened[1]] == [True, True]
    assert len(happened) == 2 and all(words in caplog.text for words in happened)
    assert anna.text not in caplog.text
    add_token(path, "Ben", "skipper")  # no page runs
    later, again = list[str](), list[str]()
    Tokens(first, happened=later.append)
    Tokens(first, happened=again.append)
    assert (len(later), "'Ben'" in later[0], again) == (1, True, [])


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"tokens": 7}', '{"tokens": [{"name": 1, "made_at": "", "sha256": ""}]}'],
)
def test_a_damaged_list_lets_only_the_first_one_in(path: Path, content: str) -> None:
    first, ben = token_of(path), add_token(path, "Ben", "pi")
    tokens = Tokens(first, files := SideFiles())
    assert tokens.name_of(header(ben)) == "Ben"
    file = list_path(path)
    if content.startswith('{"'):
        content = json.dumps({**json.loads(file.read_text()), **json.loads(content)})
    file.write_text(content)
    with pytest.raises((TokenError, ValueError), match="tokens"):
        add_token(path, "Cleo", "pi")
    files.check()
    assert tokens.name_of(header(ben)) is None
    assert tokens.name_of(header(first)) == "first"
    (fault,) = files.faults
    assert fault.aside is not None and "token add" in fault.words
    assert tokens.name_of(header(add_token(path, "Cleo", "pi"))) == "Cleo"
