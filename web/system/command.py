"""A command of the user's own: run without a shell, listened to, and ended with its time."""

import os
import shlex
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen

# A command that was asked to end and does not is ended after this.
_GRACE_S = 0.4
_LOOK_S = 0.01
# Of what a command complains, the last line is told.
_LONGEST_LINE = 200
_READS_A_LOOK = 32


class Command:
    """A line of words as in a shell's, but without one: no variables, no pipes. name: its first.

    Raises ValueError when the line has no words, or a quote is not closed.
    """

    def __init__(self, line: str) -> None:
        self._words = shlex.split(line)
        if not self._words:
            raise ValueError("no command is there")
        self.name = self._words[0]

    @property
    def is_there(self) -> bool:
        """Whether there is such a program for this user now."""
        import shutil

        return shutil.which(self.name) is not None

    def start(self, environment: Mapping[str, str], said: bytes = b"") -> "CommandProcess":
        """Run it with these variables besides this program's own.

        said: what it can read from its standard input, up to 4 kB. Raises OSError.
        """
        import subprocess

        reads, writes = os.pipe()
        with os.fdopen(reads, "rb"), os.fdopen(writes, "wb", buffering=0) as pipe:
            # Nobody reads yet: what does not fit into the pipe would be waited for.
            os.set_blocking(writes, False)
            if pipe.write(said) != len(said):
                raise OSError(f"{len(said)} bytes are too many to be told to {self.name}")
            process = subprocess.Popen(
                self._words,
                stdin=reads,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, **environment},
                start_new_session=True,  # so that it can be ended with all that it has started
            )
        return CommandProcess(process)


class CommandProcess:
    """One run of a command. For one thread; whoever has started it must call end()."""

    def __init__(self, process: "Popen[bytes]") -> None:
        assert process.stderr is not None
        self._process, self._complaints = process, process.stderr
        os.set_blocking(self._complaints.fileno(), False)
        self._heard = b""
        self._since = time.monotonic()

    @property
    def lasts_s(self) -> float:
        """How long ago it was started."""
        return time.monotonic() - self._since

    def is_going(self) -> bool:
        """Whether it has not ended yet. To be asked now and then, so that it can complain."""
        has_ended = self._process.poll() is not None
        self._listen()
        return not has_ended

    def failure(self) -> str:
        """How a run that has ended by itself failed, in words; empty when it did not."""
        status = self._process.returncode
        if not status:
            return ""
        how = f"it was ended by signal {-status}" if status < 0 else f"it ended with {status}"
        lines = self._heard.decode(errors="replace").split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        words = "".join(c for c in last if c.isprintable()).strip()[-_LONGEST_LINE:]
        return f"{how}: {words}" if words else how

    def end(self) -> None:
        """End it if it is going, with all that it has started, in 0.8 s. Ending twice is fine."""
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)  # so that it can switch off what it has switched on
            self._ends_soon()
            self._signal(signal.SIGKILL)
            if self._ends_soon():  # else the kernel holds it, for a disk that is gone, say
                self._process.wait()
        self._complaints.close()

    def _ends_soon(self) -> bool:
        """Wait for its end, without letting go of its number: no stranger is to be signalled."""
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        deadline = time.monotonic() + _GRACE_S
        while os.waitid(os.P_PID, self._process.pid, how) is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_S)
        return True

    def _signal(self, number: int) -> None:
        with suppress(PermissionError):  # it runs as another user, by sudo
            os.killpg(self._process.pid, number)

    def _listen(self) -> None:
        for _ in range(_READS_A_LOOK):
            heard = b"" if self._complaints.closed else self._complaints.read(4096)
            if not heard:
                return
            self._heard = (self._heard + heard)[-2 * _LONGEST_LINE :]
