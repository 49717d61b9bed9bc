"""The machine and the versions of a run: what a reader must know to compare another one."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_PACKAGES = ("numpy", "flask", "waitress", "smbus2", "colour-science")


def facts() -> Iterator[tuple[str, str]]:
    """What it is called, and what it is."""
    yield "date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield "Storm Petrel", _version()
    yield "processor", f"{_processor()}, {os.cpu_count()} cores"
    yield "memory", f"{_memory_gb():.1f} GB"
    yield "system", _system()
    yield "load before it began", load()
    yield "Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield "packages", ", ".join(f"{name} {_installed(name)}" for name in _PACKAGES)


def load() -> str:
    """How many programs want to run, on the average of the last minute."""
    return f"{os.getloadavg()[0]:.1f} programs that wanted to run"


def _version() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return metadata.version("storm-petrel")
    return f"{metadata.version('storm-petrel')}, commit {done.stdout.strip()}"


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> float:
    kilobytes = next(line.split()[1] for line in _lines("/proc/meminfo") if "MemTotal" in line)
    return int(kilobytes) / 1e6


def _system() -> str:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        name = "Linux"
    return f"{name}, kernel {platform.release()}, {platform.machine()}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
