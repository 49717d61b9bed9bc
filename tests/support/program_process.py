"""`python -m web` as a person runs it: a process that answers at a port."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

PATIENCE_S = 60.0


class Program:
    """A running Storm Petrel. launcher: makes a command of another that starts it."""

    def __init__(
        self,
        home: Path,
        port: int,
        *arguments: str,
        launcher: Callable[..., list[str]] = lambda *command: list(command),
    ) -> None:
        self.port = port
        self.process = subprocess.Popen(
            launcher(sys.executable, "-m", "web", "--port", str(port), *arguments),
            env={**os.environ, "XDG_DATA_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def get(self, route: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{route}", timeout=10) as answer:
            return str(answer.read().decode())

    def now(self) -> dict[str, object]:
        fields: dict[str, object] = json.loads(self.get("/api/now"))
        return fields

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, or fail with what the program said."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"it ended: {self.process.communicate()[0]}")
            try:
                if is_so():
                    return
            except (URLError, ConnectionError):
                pass
            time.sleep(0.05)
        pytest.fail("it never came to be so")

    def until_up(self) -> None:
        self.until(lambda: self.now()["taken_at"] is not None)

    def terminate(self) -> tuple[int, str, float]:
        """End it as systemd does; return exit status, output, and how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        output = self.process.communicate(timeout=PATIENCE_S)[0]
        return self.process.returncode, output, time.monotonic() - began


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-m", "web", *arguments],
        env={**os.environ, "XDG_DATA_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def modules_of_a_logger(home: Path) -> list[str]:
    """The modules that a logger without a page has loaded by its end."""
    code = (
        "import sys; from web.__main__ import main;"
        "main(['--no-page', '--simulate', '--speed', '1e7']); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "XDG_DATA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()
