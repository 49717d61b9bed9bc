"""A person at a terminal: what a script writes there, and what is typed."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
PATIENCE_S = 60.0


class Terminal:
    """A script whose questions and answers go through a terminal, its results into a pipe."""

    def __init__(self, cwd: Path, *arguments: str, stdout: int | None = subprocess.PIPE) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        script, *rest = arguments
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPTS / script), *rest],
            cwd=cwd,
            stdin=theirs,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            start_new_session=True,
            # so that ctrl-C comes from the terminal, as a person's does
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**environment, "TERM": "xterm-256color"},
        )
        os.close(theirs)
        self.shown = ""
        self._seen = 0

    def expect(self, words: str) -> str:
        """Wait until the words come; return what came since the last ones."""
        until = time.monotonic() + PATIENCE_S
        while (at := self.shown.find(words, self._seen)) < 0:
            assert time.monotonic() < until, f"no {words!r} in {self.shown[self._seen :]!r}"
            assert self._more(), f"no {words!r} to the end of {self.shown[self._seen :]!r}"
        came = self.shown[self._seen : at + len(words)]
        self._seen = at + len(words)
        return came

    def type(self, words: str = "") -> None:
        """Type a line."""
        os.write(self._ours, f"{words}\n".encode())

    def ctrl_c(self) -> None:
        """Press ctrl-C."""
        os.write(self._ours, b"\x03")

    def end(self) -> tuple[int, str]:
        """Wait for the end; the exit code, and what went into the pipe."""
        while self._more():
            pass
        out = self.process.stdout.read().decode() if self.process.stdout else ""
        return self.process.wait(PATIENCE_S), out

    def close(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        os.close(self._ours)

    def _more(self) -> bool:
        """Read what there is; False at the end."""
        if not select.select([self._ours], [], [], PATIENCE_S)[0]:
            return True
        try:
            came = os.read(self._ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.shown += came.decode(errors="replace")
        return bool(came)


@pytest.fixture(scope="session")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Options for short gates, with which the empty place takes half a second to read."""
    path = tmp_path_factory.mktemp("settings") / "quick.toml"
    path.write_text("[colour]\ngate_time_s = 0.02\ntimeout_s = 0.1\n")
    return "--config", str(path)


@pytest.fixture
def at_a_terminal(tmp_path: Path, quick: tuple[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Start a script at a terminal, in a folder of its own."""
    started: list[Terminal] = []

    def start(*arguments: str, stdout: int | None = subprocess.PIPE) -> Terminal:
        started.append(Terminal(tmp_path, *arguments, *quick, stdout=stdout))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()
