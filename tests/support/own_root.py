"""A root of its own: this machine's file system, on which all that is written is gone afterwards.

What is written is kept in memory (overlayfs); nothing outside is touched. systemd does not run
there: its systemctl says so, and does what can be done without, such as enabling a unit.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "install-service"
PATIENCE_S = 120.0

# Arguments: a folder, the checkout. The mounts stay for as long as the standard input is open.
HOLDER = """
set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/written" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/written,workdir=$1/work" overlay "$1/root"
for folder in /proc /dev "$2"; do
    mkdir -p "$1/root$folder"
    mount --rbind "$folder" "$1/root$folder"
done
mount -t tmpfs tmpfs "$1/root/run"
mkdir -p "$1/root/run/systemd/system"
echo ready
cat
"""


class Machine:
    """A machine to install on, by its system's Python; what is outside stays as it is."""

    def __init__(self, folder: Path, python: str) -> None:
        self._root, self.python = folder / "root", python
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", HOLDER, "sh", str(folder), str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            missing(f"no root of its own: {self._holder.communicate()[1]}")

        self.born = self.says("mktemp")

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run something there as root. There is no network: what builds is of this environment."""
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "SYSTEMD_OFFLINE": "1",
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_BUILD_ISOLATION": "0",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_ROOT_USER_ACTION": "ignore",
        }
        there = ("nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt", "chroot", str(self._root))
        return subprocess.run(
            [*there, *command],
            env={**environment, **settings},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )

    def install(self, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run scripts/install-service; su, too, leaves a root without /usr/sbin in its path."""
        path = ("env", "PATH=/usr/bin:/bin")
        return self.run(*path, self.python, str(SCRIPT), *options, **settings)

    def says(self, command: str) -> str:
        """What a line of shell prints."""
        result = self.run("sh", "-c", command)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def close(self) -> None:
        """Let go of all that was written."""
        self._holder.communicate()


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def system_python() -> str:
    """A Python outside of homes; one in a home is nothing for a service."""
    base = os.path.realpath(sys.executable)
    if not base.startswith(("/home/", "/root/")):
        return base
    code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    if subprocess.run(["/usr/bin/python3", "-c", code], capture_output=True).returncode:
        missing("no Python 3.11 of the system's own (sudo apt install python3-venv)")
    return "/usr/bin/python3"


@contextmanager
def own_root(folder: Path) -> Iterator[Machine]:
    """A machine for as long as the block takes. Without root or a tool of it: skip the test."""
    if os.geteuid() != 0:
        missing("only root can have a root of its own")
    for program in ("systemctl", "useradd", "unshare", "nsenter", "runuser"):
        if not shutil.which(program):
            missing(f"{program} is not installed (sudo apt install systemd passwd util-linux)")
    machine = Machine(folder, system_python())
    try:
        yield machine
    finally:
        machine.close()
