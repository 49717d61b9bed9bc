"""The command line and the settings: what is refused, in a sentence, and what --check says."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration.pressure.offset import PressureOffset, ReferenceKind
from tests.support.program_process import run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--replay", "nothing.csv"], r"nothing.csv: No such file"),
        (["--config", "nothing.toml"], r"nothing.toml: No such file"),
        (["--host", "not.a.host.invalid"], r"no address 'not.a.host.invalid'"),
        (["--port", "0"], r"not a port"),
        (["--speed", "-1"], r"speed"),
        (["--replay", ""], r"the name of the file is empty"),
        (["--no-such-option"], r"unrecognized"),
        (["token"], r"'token' is not a command"),
        (["token", "add", "Anna", "phone"], r"quotes"),
        (["token", "revoke", "Anna"], r"no token 'Anna'"),
        (["token", "add", "x" * 41], r"40 printable characters"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    result = run(tmp_path, *arguments)
    assert result.returncode != 0
    assert re.search(words, result.stderr)
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[statoin]\n", r"no table \[statoin\]; did you mean 'station'"),
        ("[station]\nlatitude = 53.5\n", r"\[station\] latitude and longitude: give both"),
        ("[station]\naltitude = 2\n", r"no key 'altitude'; did you mean 'altitude_m'"),
        ("[history]\ninterval_s = 0\n", r"\[history\] interval_s = 0.0: from 1 to 3600"),
        ("[history]\npath = 7\n", r"\[history\] path = 7 must be a text"),
        ("[simulated]\nrecord = 'gone.csv'\n", r"gone.csv: No such file"),
        ("[page]\nnames = 'http://boat'\n", r"\[page\] names = .* is no name of a machine"),
        ("[history\n", r"is not TOML"),
        ("x = " + "[" * 3000, r"is not TOML"),
        ("[history]\npath = '~nobody-here/x'\n", r"there is no home for the ~"),
        ("[history]\npath = '/'\n", r"\[history\] path = '/': the name of a file"),
        ("[station]\noffset = '/'\n", r"\[station\] offset = '/': the name of a file"),
        ("[station]\noffset = '~nobody-here/x'\n", r"\[station\] offset .*no home for the ~"),
        ("[history]\ninterval_s = " + "9" * 400, r"\[history\] interval_s .*finite"),
        ("[colour]\nout = 23\n", r"boat.toml: TCS3200: out and s2 are both on GPIO23"),
    ],
)
def test_settings_are_refused_by_file_table_and_key(tmp_path: Path, toml: str, words: str) -> None:
    config = tmp_path / "boat.toml"
    config.write_text(toml)
    result = run(tmp_path, "--config", str(config), "--check")
    assert result.returncode == 2
    assert re.search(words, result.stderr)
    assert "Traceback" not in result.stderr


def test_check_says_what_would_be_used_and_touches_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, "--check", "--simulate")
    assert result.returncode == 0
    assert "SIMULATED" in result.stdout
    assert "2014-02-10T00:00:00Z to 2014-02-14T23:00:00Z" in result.stdout
    assert result.stdout.splitlines()[-1].split() == ["publishers", "none"]
    assert not (tmp_path / "storm-petrel").exists()


def test_check_says_what_can_be_overheard(tmp_path: Path) -> None:
    def page(*arguments: str) -> str:
        said = run(tmp_path, "--check", "--simulate", *arguments).stdout
        (line,) = (line for line in said.splitlines() if line.startswith("page "))
        return line

    assert "this machine only" in page()
    assert "http://0.0.0.0:8081/" in page("--host", "0.0.0.0", "--port", "8081")
    assert "overhear" in page("--host", "[::]")
    assert page("--no-page").split() == ["page", "none"]


def test_a_token_is_added_listed_and_revoked(tmp_path: Path) -> None:
    """Its secret is shown once, with the address for a phone; a list and --check never have it."""
    invitation = run(tmp_path, "token", "add", "Anna’s phone", "--host", "10.0.0.7").stdout
    (secret,) = set(re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", invitation))
    assert f"http://10.0.0.7:8080/colour#token={secret}" in invitation
    assert "█" in invitation
    listed = run(tmp_path, "--port", "8081", "token", "list").stdout
    assert "first" in listed and "Anna’s phone" in listed
    checked = run(tmp_path, "--check", "--simulate").stdout
    assert secret not in listed + checked
    assert run(tmp_path, "token", "add", "anna’s PHONE").returncode == 1
    assert run(tmp_path, "token", "revoke", "Anna’s phone").returncode == 0
    assert "Anna" not in run(tmp_path, "token", "list").stdout
    assert run(tmp_path, "token", "add", "Anna’s phone").returncode == 0
    assert secret not in run(tmp_path, "--token").stdout  # the first one has a file of its own


def test_check_names_the_publishers_and_no_password(tmp_path: Path) -> None:
    config = tmp_path / "boat.toml"
    (tmp_path / "secret").write_text("between us")
    (tmp_path / "secret").chmod(0o600)
    config.write_text(
        "[signalk]\n[nmea]\nhost = '10.0.0.255'\n[influx]\nurl = 'http://house:8086'\n"
        f"database = 'boat'\nusername = 'anna'\npassword_file = '{tmp_path / 'secret'}'\n[matrix]\n"
    )
    said = run(tmp_path, "--config", str(config), "--check", "--simulate").stdout
    for name in ("Signal K (udp to 127.0.0.1:18376)", "NMEA 0183", "house:8086", "matrix"):
        assert name in said.splitlines()[-1]
    assert "between us" not in said


def test_check_shows_no_secret_and_warns_of_one_that_others_can_read(tmp_path: Path) -> None:
    config = tmp_path / "boat.toml"
    config.write_text(
        "[alarm]\nnotify_url = 'https://ntfy.example:8443/our-boat?auth=abc'\n"
        "notify_command = '/usr/bin/curl -u anna:between-us https://example.org/x'\n"
        "[influx]\nurl = 'http://house:8086/way-in'\ndatabase = 'boat'\n"
    )
    said = {}
    for mode in (0o640, 0o644):
        config.chmod(mode)
        done = run(tmp_path, "--config", str(config), "--check", "--simulate")
        assert done.returncode == 0, done.stderr
        said[mode] = done.stdout
    for part in ("https://ntfy.example:8443/…", "curl …", "http://house:8086"):
        assert part in said[0o644]
    for secret in ("our-boat", "abc", "anna", "between-us", "example.org", "way-in"):
        assert secret not in said[0o644]
    assert "others can read" not in said[0o640]
    assert "others can read notify_command, notify_url" in said[0o644]


def test_the_offset_in_use_is_told_and_a_damaged_one_is_a_fault(tmp_path: Path) -> None:
    config, offset = tmp_path / "boat.toml", tmp_path / "barometer-offset.json"
    config.write_text(
        f"[board]\nsimulated = false\n[history]\npath = '{tmp_path / 'history.sqlite'}'\n"
    )
    check = ("--config", str(config), "--check")
    assert "none: pressure as measured" in run(tmp_path, *check).stdout
    taken_at = datetime(2026, 10, 3, tzinfo=UTC)
    PressureOffset(-0.8, taken_at, "Horta", ReferenceKind.QNH, 2.0).save(offset)
    assert "−0.8 hPa against Horta (3 Oct 2026)" in run(tmp_path, *check).stdout
    offset.write_bytes(offset.read_bytes()[:60])
    result = run(tmp_path, *check)
    assert result.returncode == 0
    assert "the barometer's offset is lost" in result.stdout
    assert not (tmp_path / "history.sqlite").exists()
