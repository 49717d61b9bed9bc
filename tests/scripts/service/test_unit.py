"""The unit of the service, as systemd itself judges it, and what it lets through and not."""

import grp
import re
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from service.unit import TEMPLATE, PageAddress, address_of, command_of, host_of, port_of, unit_for

from tests.support.service_unit import allowed_calls, analyze, values
from web.system.systemd import Systemd

ROOT = Path(__file__).parents[3]
EXPOSED_AT_MOST = 1.8


@pytest.fixture
def pi(tmp_path: Path) -> Path:
    """The devices of a Pi 5 as it came out."""
    for node in ("gpiochip0", "gpiochip4"):
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / node).touch()
    return tmp_path


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit of a machine with all groups and chips; its program is where a test may put one."""
    program = tmp_path / "opt" / "bin" / "storm-petrel"
    program.parent.mkdir(parents=True)
    program.symlink_to(sys.executable)
    text = TEMPLATE.read_text().replace("/opt/storm-petrel", str(tmp_path / "opt"))
    path = tmp_path / "storm-petrel.service"
    path.write_text(text.replace("@HOST@", "0.0.0.0").replace("@PORT@", "8080"))
    return path


def test_systemd_understands_every_line(unit: Path) -> None:
    verified = analyze("verify", "--man=no", str(unit))
    assert (verified.returncode, verified.stderr) == (0, "")


def test_systemd_understands_what_the_guide_adds(unit: Path) -> None:
    guide = (ROOT / "docs" / "service.md").read_text()
    lines = re.findall(r"`([A-Z]\w+=[^`]+)`", guide.partition("lines below `[Service]`")[2])
    assert len(lines) >= 7
    added = unit.with_suffix(".service.d") / "override.conf"
    added.parent.mkdir()
    added.write_text("\n".join(("[Service]", *lines, "")))
    verified = analyze("verify", "--man=no", str(unit))
    assert (verified.returncode, verified.stderr) == (0, "")
    added.write_text("[Service]\nDeviceAlow=/dev/i2c-3 rw\n")
    assert "DeviceAlow" in analyze("verify", "--man=no", str(unit)).stderr  # it does read them


def test_systemd_finds_little_exposed(unit: Path) -> None:
    judged = analyze("security", "--offline=true", str(unit))
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    assert exposure, judged.stderr
    assert float(exposure[1]) <= EXPOSED_AT_MOST


def test_what_is_asked_of_the_kernel() -> None:
    """The clock may be read and not set; ctypes' callbacks need memory without a file."""
    calls = allowed_calls()
    assert {"adjtimex", "clock_adjtime", "clock_gettime", "memfd_create", "ioctl"} <= calls
    assert {"execve", "pipe2", "setsid", "kill", "flock", "fsync", "sched_getaffinity"} <= calls
    for forbidden in ("clock_settime", "settimeofday", "mount", "bpf", "ptrace", "reboot"):
        assert forbidden not in calls
    for forbidden in ("setuid", "chown", "io_uring_setup", "sched_setscheduler", "init_module"):
        assert forbidden not in calls


def test_it_stays_a_raspberry_pi_and_may_ask_for_the_time() -> None:
    """Hidden behind these, /proc/device-tree/model or adjtimex(2) would be gone."""
    assert values("ProcSubset") == values("ProtectClock") == values("PrivateDevices") == []


def test_it_never_gives_up_and_the_watchdog_misses_a_few() -> None:
    assert values("Restart") == ["always"]
    assert values("StartLimitIntervalSec") == ["0"]
    (allowed_s,) = values("WatchdogSec")
    environment = {"NOTIFY_SOCKET": "@systemd", "WATCHDOG_USEC": f"{allowed_s}000000"}
    pause_s = Systemd(environment).pause_s
    assert pause_s is not None
    assert 3 * pause_s < float(allowed_s)


def test_what_a_machine_has_not_got_is_left_out(pi: Path, tmp_path: Path) -> None:
    whole = unit_for(PageAddress(), pi)
    i2c = ["/dev/char/89:0 rw", "/dev/char/89:1 rw"]
    assert values("DeviceAllow", whole) == [*i2c, "/dev/gpiochip0 rw", "/dev/gpiochip4 rw"]
    (tmp_path / "dev" / "gpiochip4").unlink()
    assert values("DeviceAllow", unit_for(PageAddress(), pi)) == [*i2c, "/dev/gpiochip0 rw"]
    names = {group.gr_name for group in grp.getgrall()}
    groups = " ".join(name for name in ("i2c", "gpio") if name in names)
    assert values("SupplementaryGroups", whole) == ([groups] if groups else [])


def test_the_address_goes_in_and_comes_out() -> None:
    for address in (PageAddress(), PageAddress("127.0.0.1", 8081), PageAddress("[fe80::1]", 65535)):
        unit = unit_for(address)
        assert not re.search("@[A-Z]+@", unit)
        assert address_of(unit) == address
    assert command_of(unit)[-4:] == ["--host", "[fe80::1]", "--port", "65535"]
    assert address_of("") == PageAddress("0.0.0.0", 8080)


@pytest.mark.parametrize("text", ["", "a b", "boat;reboot", "%h", "$HOME", "a\nUser=root", "[::1"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="address"):
        host_of(text)


@pytest.mark.parametrize("text", ["", "80", "0", "65536", "-1", "8080 ", "x"])
def test_what_is_no_port_for_it_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="port"):
        port_of(text)


def test_only_what_stays_at_home_is_exposed_to_nobody() -> None:
    exposed = {host: PageAddress(host).is_exposed for host in ("0.0.0.0", "::", "192.168.1.7")}
    at_home = {host: PageAddress(host).is_exposed for host in ("127.0.0.1", "localhost", "[::1]")}
    assert set(exposed.values()) == {True}
    assert set(at_home.values()) == {False}


@pytest.mark.parametrize("is_filled_in", [False, True])
def test_the_settings_that_it_starts_with_are_settings(tmp_path: Path, is_filled_in: bool) -> None:
    text = TEMPLATE.with_suffix(".toml").read_text()
    if is_filled_in:
        text = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)
        assert "\nlatitude = 53.5" in text
    path = tmp_path / "storm-petrel.toml"
    path.write_text(text)
    checked = subprocess.run(
        [sys.executable, "-m", "web", "--config", str(path), "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert checked.returncode == 0, checked.stderr
    assert str(path) in checked.stdout
