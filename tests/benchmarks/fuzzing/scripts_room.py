"""What the scripts read: records of pressure and wind, and cards."""

import contextlib
import io
import sys
from collections.abc import Callable
from math import isfinite
from pathlib import Path

import replay_storm
import score_warnings
from colour_bench import card_list
from fuzzing.sensors_room import RECORDS
from fuzzing.target import Shape, Target, check

from calibration import CalibrationError
from calibration.profiles.cards import COLORCHECKER
from sensors import SensorError

# What a script tells in one sentence (scripts/support/command.py).
_TOLD = (SensorError, CalibrationError, OSError)


def replay(folder: Path) -> Target:
    """scripts/replay_storm.py with a picture."""
    file = folder / "record.csv"
    words = ["replay_storm.py", "--all", "--picture", str(folder / "picture.svg"), str(file)]

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        _has_no_nan(_run(replay_storm.main, words))
        _has_no_nan((folder / "picture.svg").read_text(encoding="utf-8"))

    return Target(feed, RECORDS, _TOLD, Shape.LINES)


def score(folder: Path) -> Target:
    """scripts/score_warnings.py."""
    file = folder / "record.csv"

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        _run(score_warnings.main, ["score_warnings.py", f"{file}@53.5,-9"])

    hourly = "".join(
        f"2014-02-{10 + hour // 24}T{hour % 24:02}:00:00Z,{1010 - hour / 2:.1f},{hour / 3:.1f}\n"
        for hour in range(72)
    )
    seeds = (*RECORDS, f"time_utc,pressure_hpa,wind_ms\n{hourly}".encode())
    return Target(feed, seeds, _TOLD, Shape.LINES)


def cards(folder: Path) -> Target:
    """A list of cards."""
    file = folder / "cards.csv"

    def feed(data: bytes) -> None:
        file.write_bytes(data)
        for card in card_list.read_cards(file):
            check(all(isfinite(number) for number in card.xyz), f"{card}")

    seeds = (
        b"name,x,y,z\nred,0.2,0.12,0.03\ngreen,0.1,0.2,0.07\n",
        COLORCHECKER.read_bytes(),
    )
    return Target(feed, seeds, _TOLD, Shape.LINES)


def _run(main: Callable[[], None], words: list[str]) -> str:
    sys.argv = words
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
        main()
    return output.getvalue()


def _has_no_nan(text: str) -> None:
    words = set(text.replace(",", " ").replace('"', " ").lower().split())
    check(not words & {"nan", "inf", "-inf", "+nan", "+inf"}, "it says nan or inf")


TARGETS: dict[str, Callable[[Path], Target]] = {
    "replay": replay,
    "score": score,
    "cards": cards,
}
