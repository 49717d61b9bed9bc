"""What every script does around its own work: it ends quietly, and fails in one sentence."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from calibration import CalibrationError
from sensors import SensorError


def run(main: Callable[[], int | None]) -> NoReturn:
    """Run a script's main; exit with its status, 1 and a sentence for a failure, 130 after ctrl-C.

    A reader that has seen enough (`| head -3`) is no failure.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if sys.stdout is None:
            raise OSError("standard output is closed: leave it open, or use /dev/null")
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The interpreter flushes standard output once more at its end: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (SensorError, CalibrationError, OSError) as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {_in_words(error)}")
    sys.exit(status)


def parser(teaching: str | None) -> argparse.ArgumentParser:
    """An option parser whose --help begins with the script's own words."""
    return argparse.ArgumentParser(
        description=teaching, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def row(line: str) -> None:
    """A line of results goes out in one piece: ctrl-C comes before it or after it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(words: str, end: str = "\n") -> None:
    """Words go to standard error, so that standard output pipes."""
    if sys.stderr is not None:  # else print would put them among the results
        print(words, end=end, file=sys.stderr, flush=True)


def _in_words(error: Exception) -> str:
    """The system's own errors without their number: "colours.json: No such file or directory"."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
