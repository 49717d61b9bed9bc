"""constraints.txt: complete for run time, and what pip makes of it, without a network."""

import hashlib
import re
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest
from support.locked_packages import Machine, install, read

ROOT = Path(__file__).parents[3]
CONSTRAINTS = ROOT / "scripts" / "support" / "constraints.txt"
RUN_TIME = ("gpiod", "nmea", "mqtt")
PI_5 = Machine(is_pi=True, is_32_bit=False, has_numpy=False)


def versions() -> dict[str, list[tuple[int, ...]]]:
    """The pinned versions by name; numpy has one for older Pythons."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for package in read(CONSTRAINTS):
        numbers = re.search(r"==([\d.]+)", package.pin)
        assert numbers, package
        found.setdefault(package.name, []).append(tuple(map(int, numbers[1].split("."))))
    return found


def test_each_package_of_run_time_is_there_and_new_enough() -> None:
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg")
    wanted = settings["options"]["install_requires"]
    wanted += "".join(settings["options.extras_require"][extra] for extra in RUN_TIME)
    pinned = versions()
    least = re.findall(r"^([\w-]+)>=([\d.]+)", wanted, re.MULTILINE)
    assert len(least) == len([line for line in wanted.split("\n") if line and line[0] != "#"])
    for name, version in least:
        numbers = tuple(map(int, version.split(".")))
        assert all(pin >= numbers for pin in pinned[name.lower()]), name
    assert {"pip", "setuptools", "click", "markupsafe"} <= set(pinned)


def test_each_has_hashes_and_no_server_is_named() -> None:
    for package in read(CONSTRAINTS):
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", value) for value in package.hashes)
        assert len(package.hashes) >= 2, f"{package.name}: a wheel and its source"
    assert "://" not in CONSTRAINTS.read_text()


@pytest.mark.parametrize(
    ("machine", "unlocked"),
    [
        (Machine(is_pi=True, is_32_bit=True, has_numpy=True), {"numpy", "gpiod"}),
        (Machine(is_pi=True, is_32_bit=True, has_numpy=False), {"numpy", "gpiod"}),
        (Machine(is_pi=True, is_32_bit=False, has_numpy=True), {"numpy"}),
        (PI_5, set()),
        (Machine(is_pi=False, is_32_bit=False, has_numpy=True), set()),
    ],
)
def test_only_what_has_no_wheel_or_is_debian_s_comes_without(
    machine: Machine, unlocked: set[str]
) -> None:
    assert set(machine.unlocked) == unlocked


def wheel(folder: Path, name: str, version: str, note: str = "") -> str:
    """Write a wheel of an empty module; return its hash."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    ids = f"Metadata-Version: 2.1\nName: {name}"
    tags = "Root-Is-Purelib: true\nTag: py3-none-any"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", note)
        archive.writestr(f"{info}/METADATA", f"{ids}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\n{tags}\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.mark.long("an environment is made, and pip runs in it")
def test_an_update_brings_what_the_list_says_and_no_changed_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python, shelf = tmp_path / "venv" / "bin" / "python", tmp_path / "shelf"
    shelf.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    constraints = tmp_path / "constraints.txt"
    target = [str(shelf / "boat-1.0-py3-none-any.whl")]
    wheel(shelf, "boat", "1.0")

    def installed_after(version: str, value: str) -> str:
        constraints.write_text(f"pump=={version} \\\n    --hash={value}\n")
        worked = install(python, constraints, target, PI_5, ["--quiet"])
        code = "import importlib.metadata as m; print(m.version('pump'))"
        return f"{worked} {subprocess.check_output([python, '-c', code], text=True).strip()}"

    old, new = wheel(shelf, "pump", "1.0"), wheel(shelf, "pump", "1.1")
    assert installed_after("1.0", old) == "True 1.0"
    assert installed_after("1.1", new) == "True 1.1"
    bad = wheel(shelf, "pump", "1.2")
    wheel(shelf, "pump", "1.2", note="import os  # not what was listed")
    assert installed_after("1.2", bad) == "False 1.1"
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))  # nothing there, and nothing is needed
    assert installed_after("1.1", new) == "True 1.1"
