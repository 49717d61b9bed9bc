"""The token: made once, for its owner's eyes alone, and asked for by every write."""

import logging
import os
import stat
from pathlib import Path

import pytest

from web.pages.security.invitation import invitation
from web.pages.security.token import Token, TokenError, stored_token_of, token_of
from web.system.side_files import SideFiles


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "page-token"


def test_it_is_made_once_and_kept_from_others(path: Path) -> None:
    token = token_of(path)
    assert token.is_new
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token_of(path) == Token(token.text, path, is_new=False)
    assert [file.name for file in path.parent.iterdir()] == ["page-token"]
    path.unlink()
    assert token_of(path).text != token.text


def test_only_its_own_header_will_do(path: Path) -> None:
    token = token_of(path)
    assert token.matches(f"Bearer {token.text}")
    assert token.matches(f" bearer  {token.text} ")
    for header in (
        None,
        "",
        "Bearer",
        "Bearer ",
        token.text,
        f"Basic {token.text}",
        f"Bearer {token.text[:-1]}",
        f"Bearer {token.text}x",
        f"Bearer {token.text.upper()}",
        "Bearer \xe9\x00",
    ):
        assert not token.matches(header)


def test_it_is_not_in_what_is_printed_of_it(path: Path) -> None:
    token = token_of(path)
    assert token.text not in repr(token)
    assert token.text not in str(token)


def test_what_others_could_read_is_closed_and_told(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = token_of(path).text
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert token_of(path).text == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "others could read" in caplog.text
    assert text not in caplog.text


def test_root_does_not_follow_a_link_that_the_service_s_user_laid(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make another user's link")
    other = path.with_name("passwd")
    path.parent.mkdir(exist_ok=True)
    other.write_text("root")
    other.chmod(0o644)
    path.symlink_to(other)
    os.chown(path, 12345, 12345, follow_symlinks=False)
    with pytest.raises(TokenError):
        stored_token_of(path)
    assert (other.read_text(), stat.S_IMODE(other.stat().st_mode)) == ("root", 0o644)


@pytest.mark.parametrize("content", [b"", b"secret", b"\xff\xfe", b"a" * 300])
def test_a_file_that_holds_no_token_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(TokenError, match="page-token"):  # of one who only asks for it
        stored_token_of(path)
    assert path.read_bytes() == content
    files = SideFiles()
    token = token_of(path, files)
    assert token.is_new and stored_token_of(path).text == token.text
    (fault,) = files.faults
    assert fault.aside is not None and fault.aside.read_bytes() == content
    assert "--token" in fault.words and token.text not in fault.words


def test_a_token_that_cannot_be_written_lives_in_memory(tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()
    path = tmp_path / "no folder" / "page-token"
    files = SideFiles()
    token = token_of(path, files)
    assert token.matches(f"Bearer {token.text}") and not token.is_stored
    assert "only in memory" in files.faults[0].words
    assert "only in memory" in invitation(token, "0.0.0.0", 8080)
    with pytest.raises(TokenError, match="page-token"):
        stored_token_of(path)


def test_the_invitation_brings_the_token_behind_the_hash(path: Path) -> None:
    token = token_of(path)
    words = invitation(token, "192.168.1.5", 8081)
    assert f"http://192.168.1.5:8081/colour#token={token.text}" in words
    assert "█" in words
    assert "http://[fe80::1]:80/colour#" in invitation(token, "fe80::1", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_phone_is_not_sent_where_it_cannot_come(path: Path, host: str) -> None:
    words = invitation(token_of(path), host, 8080)
    assert "█" not in words
    assert "--host 0.0.0.0" in words


def test_all_addresses_become_one_that_can_be_opened(path: Path) -> None:
    words = invitation(token_of(path), "0.0.0.0", 8080)
    assert "http://0.0.0.0" not in words
    assert "█" in words
