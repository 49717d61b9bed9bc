"""Each peer from PyPI, by name and version, in an environment of its own, made once.

Three of them claim the import name `bme280`, so they cannot share one. What a peer would load for
its hardware (smbus, RPi.GPIO, Blinka) is not installed: the worker puts its own in front.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PATIENCE_S = 300


class PeerMissing(Exception):
    """A peer cannot be installed here; the message says which and why."""


def python_with(requirements: Sequence[str]) -> Path:
    """The interpreter of an environment with exactly these; this one's own for none.

    Some five seconds the first time, nothing later. Raises PeerMissing.
    """
    if not requirements:
        return Path(sys.executable)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "storm-petrel" / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    base = getattr(sys, "_base_executable", sys.executable)
    made_from = "\n".join([sys.version, base, *requirements])
    environment = folder / f"python-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}"
    python, complete = environment / "bin" / "python", environment / "complete"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            print(f"peers: installing {' '.join(requirements)} (once)", file=sys.stderr, flush=True)
            shutil.rmtree(environment, ignore_errors=True)
            _run([base, "-m", "venv", environment])
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--no-deps", "--only-binary", ":all:", *requirements])
            complete.touch()
    return python


def _run(command: Sequence[str | Path]) -> None:
    """Run a quiet command; PeerMissing with its last words when it fails."""
    failure = f"{command[-1]} could not be installed"
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired as error:
        raise PeerMissing(f"{failure}: no end after {_PATIENCE_S} s") from error
    if done.returncode:
        raise PeerMissing(f"{failure}: {' '.join(done.stdout.split()[-60:])}")
