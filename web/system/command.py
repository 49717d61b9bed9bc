"""A command from the settings: run without a shell, and ended with all that it has started."""

import os
import shlex
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen

from .printable import printable

# From SIGTERM to SIGKILL.
_GRACE_S = 0.4
_POLL_S = 0.01
# Only the last line of standard error is logged.
_LONGEST_LINE = 200
_READS_PER_POLL = 32


class Command:
    """A command line as for a shell, without variables or pipes. name: the program.

    Raises ValueError if the line is empty or a quote is not closed.
    """

    def __init__(self, line: str) -> None:
        self._words = shlex.split(line)
        if not self._words:
            raise ValueError("the command is empty")
        self.name = self._words[0]

    @property
    def exists(self) -> bool:
        """Whether this user can run the program now."""
        import shutil

        return shutil.which(self.name) is not None

    def start(self, environment: Mapping[str, str], stdin: bytes = b"") -> "CommandProcess":
        """Run it with these variables added to the environment.

        stdin: its standard input, up to 4 kB. Raises OSError.
        """
        import subprocess

        reads, writes = os.pipe()
        with os.fdopen(reads, "rb"), os.fdopen(writes, "wb", buffering=0) as pipe:
            # The command does not read yet, so a full pipe would block.
            os.set_blocking(writes, False)
            if pipe.write(stdin) != len(stdin):
                raise OSError(f"{len(stdin)} bytes are too many for the input of {self.name}")
            process = subprocess.Popen(
                self._words,
                stdin=reads,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, **environment},
                start_new_session=True,  # so that end() reaches all that it has started
            )
        return CommandProcess(process)


class CommandProcess:
    """A running command. For one thread; the caller must call end()."""

    def __init__(self, process: "Popen[bytes]") -> None:
        assert process.stderr is not None
        self._process, self._stderr = process, process.stderr
        os.set_blocking(self._stderr.fileno(), False)
        self._errors = b""
        self._started_at = time.monotonic()

    @property
    def age_s(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started_at

    def is_running(self) -> bool:
        """Whether it has not ended yet. Call it now and then: it also reads standard error."""
        is_running = self._process.poll() is None
        for _ in range(_READS_PER_POLL):
            text = b"" if self._stderr.closed else self._stderr.read(4096)
            if not text:
                break
            self._errors = (self._errors + text)[-2 * _LONGEST_LINE :]
        return is_running

    def failure(self) -> str:
        """Return how it failed, after it has ended by itself; "" if it succeeded."""
        status = self._process.returncode
        if not status:
            return ""
        how = f"it was ended by signal {-status}" if status < 0 else f"it ended with {status}"
        lines = self._errors.decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        words = printable(last.strip()[-_LONGEST_LINE:])
        return f"{how}: {words}" if words else how

    def end(self) -> None:
        """End it and all that it has started, within 0.8 s. Ending twice is fine."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)  # so that it can clean up
            self._ends_soon()
            self._signal(signal.SIGKILL)
            if self._ends_soon():  # else it hangs in the kernel, as for a disk that is gone
                self._process.wait()
        self._stderr.close()

    def _ends_soon(self) -> bool:
        """Wait for its end but keep its PID, so that no other process can be signalled."""
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        deadline = time.monotonic() + _GRACE_S
        while os.waitid(os.P_PID, self._process.pid, how) is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True

    def _signal(self, number: int) -> None:
        with suppress(PermissionError):  # it runs as another user, by sudo
            os.killpg(self._process.pid, number)
