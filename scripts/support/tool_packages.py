"""Install the programs that the tests need, as root: from Debian and from npm."""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support import environment

# By the program that each is installed for.
_PACKAGES = {
    "avahi-daemon": "avahi-daemon",
    "chromium": "chromium",
    "firefox-esr": "firefox-esr",
    "debootstrap": "debootstrap",
    "influxd": "influxdb",
    "ip": "iproute2",
    "mkfs.ext4": "e2fsprogs",
    "mosquitto": "mosquitto",
    "mosquitto_sub": "mosquitto-clients",
    "openssl": "openssl",
    "parec": "pulseaudio-utils",
    "promtool": "prometheus",
    "pulseaudio": "pulseaudio",
    "sqlite3": "sqlite3",
    "strace": "strace",
    "systemd-analyze": "systemd",
}
# For the virtual machine, which runs Debian's own kernel for x86-64.
_VIRTUAL_MACHINE = {"gcc": "gcc", "make": "make", "qemu-system-x86_64": "qemu-system-x86"}
# The newest server that Node 20 runs; with it come its NMEA parser and its schema.
_NODE_PACKAGES = {"signalk-server": "2.23.0"}
_POLICY = Path("/usr/sbin/policy-rc.d")


def install() -> None:
    """Install what is missing; without it the tests that need it are skipped."""
    if os.geteuid() != 0:
        return
    if shutil.which("apt-get"):
        missing = _missing_packages()
        if missing:
            _install_packages(missing)
    _install_node_packages()


def _missing_packages() -> list[str]:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"  # where a user's own may not lead
    programs = dict(_PACKAGES)
    missing = []
    if platform.machine() == "x86_64":
        programs.update(_VIRTUAL_MACHINE)
        if not _has_static_busybox():
            missing.append("busybox-static")
        if not any(Path("/lib/modules").glob("*-amd64/build")):
            missing.append("linux-headers-amd64")
    missing += [package for name, package in programs.items() if not shutil.which(name, path=path)]
    return sorted(missing)


def _has_static_busybox() -> bool:
    """Debian's other busybox needs libraries, and the virtual machine has none."""
    try:
        with Path("/bin/busybox").open("rb") as program:
            return b"ld-linux" not in program.read(4096)
    except OSError:
        return False


def _install_packages(packages: list[str]) -> None:
    environment.say(f"Installing {', '.join(packages)} for the tests (once, some minutes) ...")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    # apt's own user needs a /tmp for everybody, which not every container has.
    apt = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root"]
    with _no_service_started():
        for command in (
            [*apt, "update"],
            [*apt, "install", "-y", "--no-install-recommends", *packages],
        ):
            if subprocess.call(command, env=quiet, stdout=subprocess.DEVNULL) != 0:
                environment.say(f"That failed: {' '.join(command)}. Those tests will be skipped.")
                return


@contextmanager
def _no_service_started() -> Iterator[None]:
    """Keep Debian from starting the servers that it installs: the tests start their own.

    See policy-rc.d in Debian's invoke-rc.d(8). A policy that is there already stays as it is.
    """
    try:
        with _POLICY.open("x") as policy:
            policy.write("#!/bin/sh\nexit 101\n")
    except OSError:
        yield
        return
    try:
        _POLICY.chmod(0o755)
        before = _enabled_services()
        yield
        new = sorted(_enabled_services() - before)
        if new:
            subprocess.call(["systemctl", "--quiet", "disable", *new])
    finally:
        _POLICY.unlink()


def _enabled_services() -> set[str]:
    if not shutil.which("systemctl"):
        return set()
    command = ["systemctl", "list-unit-files", "--state=enabled", "--no-legend", "--plain"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {line.split()[0] for line in listed.splitlines() if line.strip()}


def _install_node_packages() -> None:
    npm, folder = shutil.which("npm"), environment.FOLDER / "node"
    if not npm or _has_node_packages(folder):
        return
    environment.say("Installing a Signal K server for its tests (once, half a minute) ...")
    folder.mkdir(exist_ok=True)
    wanted = {"private": True, "dependencies": _NODE_PACKAGES}
    (folder / "package.json").write_text(json.dumps(wanted))
    options = ["--silent", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts"]
    command = [npm, "install", *options]
    if subprocess.call(command, cwd=folder, stdout=subprocess.DEVNULL) != 0:
        environment.say(f"That failed: {' '.join(command)}. Those tests will be skipped.")


def _has_node_packages(folder: Path) -> bool:
    try:
        return all(
            json.loads((folder / "node_modules" / name / "package.json").read_text())["version"]
            == version
            for name, version in _NODE_PACKAGES.items()
        )
    except (OSError, ValueError, KeyError):
        return False
