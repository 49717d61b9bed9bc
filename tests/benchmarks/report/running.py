"""One part after the other: each a process of its own, which may fail without harm to the rest."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from figures import ASKED_BY
from report.parts import BENCHMARKS, Part
from report.results import Result, Status, take

# Times what it usually takes, and so many seconds for peers that are still to be installed.
_PATIENCE, _INSTALLING_S = 4, 300
_LAST_WORDS = 300


def missing(part: Part, data: Path | None) -> str:
    """Why a part cannot run here; empty when it can."""
    if part.data and data is None:
        return "data not shipped: give its folder with --data"
    if part.data and data and not (data / part.data).exists():
        return f"{part.data} is not in the folder of --data"
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    for command in part.commands:
        if not shutil.which(command, path=path):
            return f"{command} is not installed here: scripts/test installs it on Debian, as root"
    if part.root and os.geteuid() != 0:
        return "it mounts small disks, which root alone may"
    return ""


def run(part: Part, data: Path | None, is_quick: bool) -> Result:
    """Run a part to its end, passing on what it says under way; its result tells a failure."""
    reason = missing(part, data)
    if reason:
        return Result(part, Status.NOT_RUN, reason)
    with tempfile.TemporaryDirectory() as folder:
        handed_over = Path(folder) / "figures.jsonl"
        handed_over.touch()
        printed = Path(folder) / "printed"
        began = time.monotonic()
        status, error = _run(
            part, part.command(sys.executable, data, is_quick), handed_over, printed
        )
        result = Result(part, Status.RAN, took_s=time.monotonic() - began)
        result.printed = printed.read_text(encoding="utf-8", errors="replace")
        reached = take(result, handed_over.read_text(encoding="utf-8").splitlines())
    if status is None:
        result.status, result.words = Status.FAILED, f"no end after {_patience_s(part):.0f} s"
    elif status < 0:
        result.status, result.words = Status.FAILED, f"ended by {signal.Signals(-status).name}"
    elif status and reached is not False:
        result.status, result.words = Status.FAILED, error or f"ended with {status}"
    return result


def _run(
    part: Part, command: list[str], handed_over: Path, printed: Path
) -> tuple[int | None, str]:
    """Return its exit status, None for one that had to be ended, and its last words."""
    last_words = ""
    too_long = threading.Event()
    with (
        printed.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=BENCHMARKS,
            env={**os.environ, ASKED_BY: str(handed_over)},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process,
    ):

        def end() -> None:
            too_long.set()
            _end(process)

        timer = threading.Timer(_patience_s(part), end)
        timer.start()
        try:
            assert process.stderr is not None
            for line in process.stderr:
                last_words = line.strip()[:_LAST_WORDS] or last_words
                print(f"      {line.rstrip()}", file=sys.stderr, flush=True)
            status = process.wait()
        finally:
            timer.cancel()
            _end(process)
    return (None if too_long.is_set() else status), last_words


def _end(process: subprocess.Popen[str]) -> None:
    """End it and all that it has started, which share its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _patience_s(part: Part) -> float:
    return _PATIENCE * part.usually_s + _INSTALLING_S
