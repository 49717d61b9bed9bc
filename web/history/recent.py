"""The last minutes of a history, to be compared with a barometer that is trusted."""

from pathlib import Path

from calibration.errors import CalibrationError

from ..display.times import date_words
from .reader import HistoryReader

_OLDEST_S = 15 * 60.0

Samples = list[tuple[float, float]]  # Unix seconds and hPa


def last_samples(path: Path, for_s: float) -> Samples:
    """The last so many seconds of a history, as measured, and the sample that they begin with.

    Raises CalibrationError: nothing is recorded, or it is not to be relied on.
    """
    if not path.exists():
        raise CalibrationError(
            f"nothing is recorded yet ({path} is not there): let scripts/dashboard run for"
            f" {for_s / 60:g} minutes"
        )
    with HistoryReader(path) as reader:
        if remark := reader.remark():
            raise CalibrationError(f"what is recorded is not to be relied on: {remark}")
        newest = reader.newest()
        if newest is None:
            raise CalibrationError(f"{path} holds no samples yet")
        window = reader.samples(newest.taken_at - 2 * for_s, newest.taken_at)
        samples = [(sample.taken_at, sample.pressure_hpa) for sample in window]
    last = newest.taken_at - for_s
    first = max((n for n, (taken_at, _) in enumerate(samples) if taken_at <= last), default=0)
    return samples[first:]


def check_age(samples: Samples, now: float) -> None:
    """Raise CalibrationError: a reference of this hour says nothing of samples of another."""
    newest = samples[-1][0]
    if now - newest > _OLDEST_S:
        raise CalibrationError(
            f"the newest sample is of {date_words(newest)}: is the dashboard running?"
        )
    if now < newest - _OLDEST_S:
        raise CalibrationError(
            f"the newest sample is of {date_words(newest)}, by this clock it is not taken yet: set"
            " the clock"
        )
