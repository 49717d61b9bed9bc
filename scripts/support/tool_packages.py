"""Install the programs that the tests need, as root: from Debian and from npm."""

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
# The newest server that Node 20 runs; with it come its NMEA parser and its schema. A newer lock:
# npm install --package-lock-only --ignore-scripts --omit=dev --omit-lockfile-registry-resolved
_NODE_PACKAGES = environment.ROOT / "tests" / "support" / "signal_k_packages"
_NODE_LOCK = "package-lock.json"
_POLICY = Path("/usr/sbin/policy-rc.d")
_REFUSAL = "#!/bin/sh\n# Of Storm Petrel's scripts/test, while it installs packages.\nexit 101\n"
_SYSTEM, _USER = Path("/etc/systemd/system"), Path("/etc/systemd/user")


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
    with no_service_started():
        for command in (
            [*apt, "update"],
            [*apt, "install", "-y", "--no-install-recommends", *packages],
        ):
            if subprocess.call(command, env=quiet, stdout=subprocess.DEVNULL) != 0:
                environment.say(f"That failed: {' '.join(command)}. Those tests will be skipped.")
                return


@contextmanager
def no_service_started() -> Iterator[None]:
    """Keep Debian from starting the servers that it installs, now and with the machine.

    The tests start their own. See policy-rc.d in Debian's invoke-rc.d(8). A policy of somebody else
    stays as it is.
    """
    is_ours = _write_policy()
    before = _enabled_units()
    try:
        yield
    finally:
        if is_ours:
            _POLICY.unlink()
        new = _enabled_units() - before
        for folder, option in ((_SYSTEM, "--system"), (_USER, "--global")):
            names = sorted(link.name for link in new if folder in link.parents)
            if names and shutil.which("systemctl"):
                subprocess.call(["systemctl", option, "--quiet", "disable", *names])


def _write_policy() -> bool:
    """Write the policy, unless there is another; return whether it is ours to remove.

    One of ours may be there from a run that was killed.
    """
    try:
        with _POLICY.open("x") as policy:
            policy.write(_REFUSAL)
    except FileExistsError:
        return _POLICY.read_text() == _REFUSAL
    except OSError:  # no folder for it: no Debian
        return False
    _POLICY.chmod(0o755)
    return True


def _enabled_units() -> set[Path]:
    """Return the links by which systemd finds the units that start by themselves."""
    links = (link for folder in (_SYSTEM, _USER) for link in folder.glob("*.*/*"))
    return {link for link in links if link.is_symlink()}


def _install_node_packages() -> None:
    """Install what the lock file says; no package runs a script of its own."""
    npm, folder = shutil.which("npm"), environment.FOLDER / "node"
    if not npm or _has_node_packages(folder):
        return
    environment.say("Installing a Signal K server for its tests (once, half a minute) ...")
    folder.mkdir(exist_ok=True)
    for name in ("package.json", _NODE_LOCK):
        shutil.copy(_NODE_PACKAGES / name, folder)
    options = ["--silent", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts"]
    command = [npm, "ci", *options]
    if subprocess.call(command, cwd=folder, stdout=subprocess.DEVNULL) != 0:
        environment.say(f"That failed: {' '.join(command)}. Those tests will be skipped.")


def _has_node_packages(folder: Path) -> bool:
    """Whether npm has installed all of the present lock file: it writes its own list at the end."""
    try:
        is_same = (folder / _NODE_LOCK).read_text() == (_NODE_PACKAGES / _NODE_LOCK).read_text()
    except OSError:
        return False
    return is_same and (folder / "node_modules" / ".package-lock.json").exists()
