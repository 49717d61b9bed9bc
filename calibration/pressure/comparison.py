"""A barometer against a trusted reference: ten minutes in steady weather give one dated offset.

    hPa |        . .      .    .          reference at the sensor's height
        |  ---------------------------------------------------------------
        |                                    |
        |                                    | offset
        |  .  .     .  . .   .       . .     v
        |  -----.-----------.--.--.-------.--------- fitted line: mean and slope
        |    .     .      .         .  .      .
        +-------------------------------------------- 10 min

One constant is enough: of the chip's errors (BMP280 data sheet, table 2) the solder's shift of
-0.5 to 2 hPa and the drift of 1 hPa a year are the same at all pressures; what is left of the
slope is 0.12 hPa. Standard library only: the logger does this without numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import isfinite, sqrt
from statistics import fmean, linear_regression, stdev
from typing import Final, NamedTuple

from ..errors import CalibrationError
from .offset import LARGEST_HPA, PressureOffset, ReferenceKind, check_who
from .sea_level import (
    HPA_PER_INHG,
    HPA_PER_MMHG,
    check_height,
    station_from_qff,
    station_from_qnh,
)

SHORTEST_S: Final = 600.0

_FEWEST: Final = 10
# No silence longer than this share of the time: else a few readings stand for all of it.
_LONGEST_SILENCE: Final = 0.2
# Where "falling slowly" ends in UK coastal station reports (Met Office marine glossary).
_STEADY_HPA_IN_3_H: Final = 1.6
_KNOWN_TO_HPA: Final = 0.1
_STRETCHES: Final = 10
_3_H_S: Final = 3 * 3600.0

# The lowest and highest ever measured at sea level are 870 and 1085 hPa.
_AT_SEA_LEVEL_HPA: Final = (860.0, 1095.0)
_AT_A_STATION_HPA: Final = (300.0, 1100.0)  # as far as the BMP280 measures
# The data sheet's 1 hPa, 2 from the solder: more is a poor chip, or a mistake of kind or unit if
# one would leave no more than this share of it.
UNUSUAL_HPA: Final = 3.0
_LEFT_BY_A_MISTAKE: Final = 1 / 3

Samples = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Reference:
    """The number to be believed, in hPa; what it is, who gave it, and where the sensor is.

    height_m: of the sensor above the sea. outdoor_c: only for a QFF, which was made with it.
    A station pressure is one at the sensor's own height: of a barometer laid beside it.

    Raises CalibrationError: a number of another unit, or a field that cannot be.
    """

    value_hpa: float
    kind: ReferenceKind
    who: str
    height_m: float
    outdoor_c: float | None = None

    def __post_init__(self) -> None:
        check_who(self.who)
        check_height(self.height_m)
        if self.kind is ReferenceKind.QFF and self.outdoor_c is None:
            raise CalibrationError("a QFF was made with the temperature outdoors: give it too")
        if self.kind is not ReferenceKind.QFF and self.outdoor_c is not None:
            raise CalibrationError(
                f"the temperature outdoors is for a QFF, not a {self.kind.words}"
            )
        is_station = self.kind is ReferenceKind.STATION
        lowest, highest = _AT_A_STATION_HPA if is_station else _AT_SEA_LEVEL_HPA
        if not lowest <= self.value_hpa <= highest:
            raise CalibrationError(
                f"{self.value_hpa:g} as {self.kind.words}: {_other_unit(self.value_hpa)}"
            )
        _ = self.station_hpa  # the temperature is checked too

    @property
    def station_hpa(self) -> float:
        """What the reference says of the pressure at the sensor."""
        if self.kind is ReferenceKind.QNH:
            return station_from_qnh(self.value_hpa, self.height_m)
        if self.outdoor_c is not None:
            return station_from_qff(self.value_hpa, self.height_m, self.outdoor_c)
        return self.value_hpa

    def check_against(self, measured_hpa: float) -> None:
        """Raise CalibrationError for an offset so large that it is a mistake; say which.

        measured_hpa: what the sensor says. One reading is enough to see it.
        """
        offset_hpa = self.station_hpa - measured_hpa
        if abs(offset_hpa) > UNUSUAL_HPA:
            left_hpa = min(LARGEST_HPA, _LEFT_BY_A_MISTAKE * abs(offset_hpa))
            for mistake, value_hpa in self._mistakes():
                if abs(value_hpa - measured_hpa) <= left_hpa:
                    raise CalibrationError(
                        f"{self._against(measured_hpa)}, an offset of {offset_hpa:+.1f}: {mistake}"
                    )
        if not abs(offset_hpa) <= LARGEST_HPA:
            raise CalibrationError(
                f"{self._against(measured_hpa)}, an offset of {offset_hpa:+.1f}: no sensor worth"
                f" correcting is off by more than {LARGEST_HPA:g}; look at the number again, at"
                f" its kind, at its date, and at the height of {self.height_m:g} m"
            )

    def _against(self, measured_hpa: float) -> str:
        return (
            f"{self.value_hpa:g} as {self.kind.words} is {self.station_hpa:.1f} hPa at the sensor,"
            f" which says {measured_hpa:.1f}"
        )

    def _mistakes(self) -> list[tuple[str, float]]:
        """List what else the number may be, and the pressure at the sensor in that case."""
        millimetres = (
            "it is in millimetres of mercury, as it seems: give"
            f" {self.value_hpa * HPA_PER_MMHG:.1f} hPa",
            self.value_hpa * HPA_PER_MMHG,
        )
        if self.kind is ReferenceKind.STATION:
            return [
                millimetres,
                (
                    "it is a pressure at sea level, as it seems: give it as QNH",
                    station_from_qnh(self.value_hpa, self.height_m),
                ),
            ]
        return [
            (
                "it is a station pressure, as it seems, not reduced to the sea: give it as one",
                self.value_hpa,
            )
        ]


class Comparison(NamedTuple):
    """What the samples say of the barometer.

    measured_hpa, reference_hpa: both at the sensor. scatter_hpa: of one sample about the fitted
    line. known_to_hpa: two standard errors of the mean. slope_hpa: in three hours.
    """

    offset: PressureOffset
    measured_hpa: float
    reference_hpa: float
    scatter_hpa: float
    known_to_hpa: float
    slope_hpa: float


def compare(samples: Samples, reference: Reference, sensor: str = "") -> Comparison:
    """Compare samples (Unix seconds and station pressure in hPa, in time order) with a reference.

    sensor: the serial of the barometer, as it tells it.
    Raises CalibrationError: less than ten minutes, too few samples or a hole in them, an offset
    that is a mistake of kind or unit, a scatter that hides the mean, weather that is moving.
    """
    _check(samples)
    measured_hpa = fmean(hpa for _, hpa in samples)
    reference.check_against(measured_hpa)
    line = _fitted(samples)
    _check_scatter(line)
    _check_steady(line)
    offset = PressureOffset(
        round(reference.station_hpa - measured_hpa, 2),
        datetime.fromtimestamp(round(samples[-1][0]), UTC),
        reference.who,
        reference.kind,
        reference.height_m,
        sensor,
    )
    return Comparison(
        offset,
        measured_hpa,
        reference.station_hpa,
        line.scatter_hpa,
        line.known_to_hpa,
        line.slope_hpa,
    )


def _check(samples: Samples) -> None:
    if len(samples) < _FEWEST:
        raise CalibrationError(
            f"too few samples for a mean ({len(samples)}): take at least {_FEWEST}, over"
            f" {SHORTEST_S / 60:g} minutes or more"
        )
    lowest, highest = _AT_A_STATION_HPA
    for taken_at, hpa in samples:
        if not (isfinite(taken_at) and lowest <= hpa <= highest):
            raise CalibrationError(
                f"a sample of {hpa:g} hPa at {taken_at:g} s: see to the sensor first"
            )
    steps_s = [after - before for (before, _), (after, _) in pairwise(samples)]
    if min(steps_s) <= 0:
        raise CalibrationError("the samples go back in time: the clock was set; take them again")
    span_s = sum(steps_s)
    if span_s < SHORTEST_S:
        raise CalibrationError(
            f"the samples span {span_s / 60:.1f} minutes: take at least {SHORTEST_S / 60:g}, over"
            " which waves and gusts are levelled out"
        )
    if max(steps_s) > _LONGEST_SILENCE * span_s:
        raise CalibrationError(
            f"there is a hole of {max(steps_s) / 60:.1f} minutes in the {span_s / 60:.0f} minutes"
            " of samples: take them again, or over a longer time"
        )


class _Line(NamedTuple):
    """A line through the samples; slopes in hPa in three hours."""

    slope_hpa: float
    slope_error_hpa: float
    scatter_hpa: float
    known_to_hpa: float


def _fitted(samples: Samples) -> _Line:
    begin = samples[0][0]
    along_s = [taken_at - begin for taken_at, _ in samples]
    pressures_hpa = [hpa for _, hpa in samples]
    slope, start_hpa = linear_regression(along_s, pressures_hpa)
    residuals = [hpa - start_hpa - slope * s for s, hpa in zip(along_s, pressures_hpa, strict=True)]
    n = len(samples)
    scatter_hpa = sqrt(sum(r * r for r in residuals) / (n - 2))
    slope_error = scatter_hpa / (stdev(along_s) * sqrt(n - 1))
    return _Line(slope * _3_H_S, slope_error * _3_H_S, scatter_hpa, _known_to(residuals))


def _known_to(residuals: Sequence[float]) -> float:
    """Two standard errors of the mean, from the means of ten stretches.

    Neighbours in a swell are alike: counting each as a witness of its own would promise too much.
    """
    n = len(residuals)
    edges = [n * i // _STRETCHES for i in range(_STRETCHES + 1)]
    means = [fmean(residuals[begin:end]) for begin, end in pairwise(edges)]
    return 2 * stdev(means) / sqrt(_STRETCHES)


def _check_scatter(line: _Line) -> None:
    if line.known_to_hpa > _KNOWN_TO_HPA:
        raise CalibrationError(
            f"the samples scatter by {line.scatter_hpa:.2f} hPa, so that their mean is known to"
            f" {line.known_to_hpa:.2f} hPa and not to {_KNOWN_TO_HPA:g}: shield the sensor from"
            " wind and draught, wait for a calmer sea, or take a longer time"
        )


def _check_steady(line: _Line) -> None:
    if 2 * line.slope_error_hpa > _STEADY_HPA_IN_3_H:
        raise CalibrationError(
            f"the samples scatter by {line.scatter_hpa:.2f} hPa, too much to tell in this time"
            " whether the weather is steady: take a longer time, or more samples"
        )
    if abs(line.slope_hpa) > _STEADY_HPA_IN_3_H:
        raise CalibrationError(
            f"the pressure moves by {line.slope_hpa:+.1f} hPa in 3 h, so that the reference is of"
            f" another pressure than the samples: wait until it moves by less than"
            f" {_STEADY_HPA_IN_3_H:g}"
        )


def _other_unit(value: float) -> str:
    """Guess the unit of a number that cannot be hPa."""
    units = (
        ("pascals", 0.01),
        ("kilopascals", 10.0),
        ("inches of mercury", HPA_PER_INHG),
        ("millimetres of mercury", HPA_PER_MMHG),
    )
    lowest, highest = _AT_SEA_LEVEL_HPA
    for unit, factor in units:
        if lowest <= value * factor <= highest:
            return f"these are {unit}, as it seems; give {value * factor:.1f} hPa"
    return "no barometer at such a place says so; give hPa, as 1013.2"
