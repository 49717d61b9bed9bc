"""Install a checkout with the packages of constraints.txt, each as it was when that was made.

    1. pip and setuptools, by hash: they install the rest
    2. the packages of run time, by hash: a file that was changed on its way is refused
    3. the checkout, built by that setuptools; what it lacks still comes by version

An update of the checkout so brings the fixes of its packages. When all is there already, no step
needs a network.

Without a hash come numpy and gpiod on 32-bit ARM, because PyPI has no wheels of them: numpy is
Debian's there, and gpiod is piwheels', which may build a version again, with another hash.
MarkupSafe has none for a Pi Zero either: its source is built there, without a compiler if need be.
On each Pi Debian's numpy does, if it is installed.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

_INSTALLERS = ("pip", "setuptools")
_WITHOUT_WHEELS = ("numpy", "gpiod")  # on 32-bit ARM
_IS_32_BIT = sys.maxsize < 2**32  # the kernel's name of the machine may be that of 64 bits


class LockedPackage(NamedTuple):
    """A package of constraints.txt. pin: name and version, and on which Pythons."""

    name: str
    pin: str
    hashes: tuple[str, ...]

    @property
    def requirement(self) -> str:
        """The lines that have pip check the hashes."""
        return " ".join((self.pin, *(f"--hash={value}" for value in self.hashes)))


class Machine(NamedTuple):
    """What the choice of packages depends on. has_numpy: of the system."""

    is_pi: bool
    is_32_bit: bool = _IS_32_BIT
    has_numpy: bool = find_spec("numpy") is not None

    @property
    def unlocked(self) -> Collection[str]:
        """The packages that are not taken from the list here."""
        if self.is_32_bit:
            return _WITHOUT_WHEELS
        return ("numpy",) if self.is_pi and self.has_numpy else ()


def read(constraints: Path) -> list[LockedPackage]:
    """Return the packages of the list."""
    text = constraints.read_text(encoding="utf-8").replace("\\\n", "")
    packages = []
    for line in text.splitlines():
        pin = line.partition("--hash=")[0].strip()
        if found := re.match(r"[a-z0-9-]+(?===)", pin):
            packages.append(LockedPackage(found[0], pin, tuple(re.findall("--hash=(\\S+)", line))))
    return packages


def install(
    python: Path,
    constraints: Path,
    target: Sequence[str],
    machine: Machine,
    options: Sequence[str] = (),
) -> bool:
    """Install the target with its packages; return whether that worked. pip says why not.

    target: as pip takes it, with its extras. The GPIO library is one of them on a Pi only.
    """
    packages = [one for one in read(constraints) if one.name not in machine.unlocked]
    others = [one for one in packages if one.name not in _INSTALLERS]
    if "gpiod" not in target[-1]:
        others = [one for one in others if one.name != "gpiod"]
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *options]
    command.append("--no-build-isolation")
    with tempfile.TemporaryDirectory(prefix="storm-petrel-") as folder:

        def file_of(lines: list[str]) -> str:
            file = Path(folder, "packages.txt")
            file.write_text("\n".join((*lines, "")), encoding="utf-8")
            return str(file)

        for some in ([one for one in packages if one.name in _INSTALLERS], others):
            hashed = file_of([one.requirement for one in some])
            by_hash = [*command, "--require-hashes", "--no-deps", "--requirement", hashed]
            if subprocess.call(by_hash, stdout=sys.stderr):
                return False
        versions = file_of([one.pin for one in packages])
        return not subprocess.call([*command, "--constraint", versions, *target], stdout=sys.stderr)
