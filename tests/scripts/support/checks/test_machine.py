"""The checks of the machine, on the tree of a pretend Pi and on file systems of this one."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from support.checks import machine
from support.checks.answers import Answer, Status

Somebody = Callable[..., AbstractContextManager[None]]

ROOT = Path(__file__).parents[4]
SCRIPTS = ROOT / "scripts"
PATIENCE_S = 60.0


def test_a_pi_is_told_by_its_device_tree(pi: Path) -> None:
    answer = machine.machine(pi, simulated=False)
    assert answer == Answer(Status.OK, "Raspberry Pi 4 Model B Rev 1.4, 4 processors")
    (pi / "sys/devices/system/cpu/online").write_text("0\n")
    assert machine.machine(pi, simulated=False).words.endswith("1 processor")


@pytest.mark.parametrize(
    ("release", "mark", "words"),
    [
        ("4.19.66-v7+", Status.FAULT, "too old to stamp"),
        ("5.4.83+", Status.FAULT, "too old to stamp"),
        ("5.10.103-v7l+", Status.OK, "stamps edges"),
        ("6.1.21-v8+", Status.OK, "stamps edges"),
        ("6.6.51+rpt-rpi-v8", Status.OK, "RPi.GPIO itself sees no edges"),
        ("6.12.25+rpt-rpi-2712", Status.OK, "RPi.GPIO itself sees no edges"),
        ("", Status.NOT_CHECKED, "no version"),
    ],
)
def test_kernels_of_raspberry_pi_os(pi: Path, release: str, mark: Status, words: str) -> None:
    (pi / "proc/sys/kernel/osrelease").write_text(f"{release}\n")
    answer = machine.kernel(pi)
    assert answer.mark is mark
    assert words in answer.words
    assert ("6.6" in answer.words) == release.startswith(("6.6", "6.12"))


@pytest.mark.parametrize(
    ("throttled", "mark", "words"),
    [
        ("0", Status.OK, "has held"),
        ("50005", Status.FAULT, "too low now"),
        ("50000", Status.WARNING, "was too low since the start"),
        ("80000", Status.WARNING, "too hot"),
    ],
)
def test_the_firmware_knows_whether_the_supply_held(
    pi: Path, throttled: str, mark: Status, words: str
) -> None:
    (pi / "sys/devices/platform/soc/soc:firmware/get_throttled").write_text(f"{throttled}\n")
    answer = machine.power(pi)
    assert answer.mark is mark
    assert words in answer.words


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_without_the_file_vcgencmd_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.power(tmp_path).mark is Status.NOT_CHECKED
    program(tmp_path, "vcgencmd", "echo throttled=0x50005")
    assert machine.power(tmp_path).mark is Status.FAULT
    program(tmp_path, "vcgencmd", "echo 'VCHI initialization failed'; exit 255")
    assert machine.power(tmp_path).mark is Status.NOT_CHECKED


def test_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    summer_2026 = 1_782_000_000.0
    assert machine.clock(tmp_path, summer_2026).mark is Status.NOT_CHECKED
    program(tmp_path, "timedatectl", "echo no")
    assert machine.clock(tmp_path, summer_2026).mark is Status.WARNING
    program(tmp_path, "timedatectl", "echo yes")
    assert machine.clock(tmp_path, summer_2026).words.endswith("synchronised")
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    (tmp_path / "run/systemd/timesync/synchronized").touch()
    program(tmp_path, "timedatectl", "exit 1")
    assert machine.clock(tmp_path, summer_2026).mark is Status.OK
    # A Pi without a network starts at the epoch, or where its image was made.
    assert machine.clock(tmp_path, 12.0).mark is Status.FAULT


def test_a_pi_has_no_clock_that_outlives_a_power_cut(pi: Path) -> None:
    answer = machine.battery_clock(pi)
    assert answer.mark is Status.WARNING
    assert "DS3231" in answer.cure
    (pi / "dev/rtc0").touch()
    (pi / "proc/device-tree/model").write_text("Raspberry Pi 5 Model B Rev 1.0\0")
    assert machine.battery_clock(pi).mark is Status.OK
    assert "J5" in machine.battery_clock(pi).words


def test_the_disk(pi: Path) -> None:
    (there,) = machine.disk(pi, pi / "not/there/yet/history.sqlite")
    assert there.mark is Status.OK
    assert machine.space(Path("h.sqlite"), 99e6).mark is Status.WARNING
    assert machine.space(Path("h.sqlite"), 4096).mark is Status.FAULT
    (pi / "proc/self/mounts").write_text("/dev/root / ext4 rw 0 0\noverlay / overlay rw 0 0\n")
    overlaid, _ = machine.disk(pi, pi / "history.sqlite")
    assert overlaid.mark is Status.WARNING
    assert "lost when the power goes" in overlaid.words


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
@pytest.mark.parametrize(
    ("options", "marks", "words"),
    [
        ("size=2M,ro", ["FAULT"], "read-only"),
        ("size=64k", ["WARNING", "FAULT"], "0 MB free"),
        ("size=2M", ["WARNING", "WARNING"], "2 MB free"),
    ],
)
def test_real_file_systems_in_memory(
    tmp_path: Path, options: str, marks: list[str], words: str
) -> None:
    code = (
        "import sys; from pathlib import Path; from support.checks.machine import disk\n"
        "for answer in disk(Path('/'), Path(sys.argv[1]) / 'history.sqlite'):\n"
        "    print(answer.mark.name, answer.words)"
    )
    mount = f'mount -t tmpfs -o {options} none "$1" || exit 77; "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount, "sh", str(tmp_path), sys.executable, code],
        cwd=SCRIPTS,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("no file system can be mounted here")
    assert [row.split()[0] for row in done.stdout.splitlines()] == marks
    assert words in done.stdout


def test_a_folder_of_somebody_else_is_never_given_away(pi: Path, as_somebody: Somebody) -> None:
    with as_somebody():
        there, _ = machine.disk(pi, pi / "history.sqlite")
        not_yet, _ = machine.disk(pi, pi / "boat/history.sqlite")
    assert there.mark is not_yet.mark is Status.FAULT
    assert "chown" not in there.cure
    assert not_yet.cure == f"sudo install -d -o $USER {pi}/boat"


def test_a_folder_that_may_not_be_looked_into_is_told_with_another(
    pi: Path, as_somebody: Somebody
) -> None:
    (pi / "root/boat").mkdir(parents=True)
    (pi / "root").chmod(0o700)
    with as_somebody():
        forbidden, _ = machine.disk(pi, pi / "root/boat/history.sqlite")
    assert (forbidden.mark, forbidden.words) == (
        Status.FAULT,
        f"{pi}/root may not be written by you",
    )
    assert "a folder of your own" in forbidden.cure
