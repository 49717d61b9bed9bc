"""How every script ends: quietly, or with one sentence for a failure."""

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

    A closed pipe (`| head -3`) is not a failure.
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
        # The interpreter flushes standard output once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (SensorError, CalibrationError, OSError) as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {_in_words(error)}")
    sys.exit(status)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return an option parser; --help begins with the description as it stands."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def row(line: str) -> None:
    """Print a line of results in one write, which ctrl-C cannot cut."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(words: str, end: str = "\n") -> None:
    """Print words to standard error; standard output is for results."""
    if sys.stderr is not None:  # otherwise print() writes to standard output
        print(words, end=end, file=sys.stderr, flush=True)


def _in_words(error: Exception) -> str:
    """Format an error of the system without its number."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
