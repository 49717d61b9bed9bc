"""The output scaling of a channel: as high as the pins can follow, and never 100 %.

    pins' fastest edges       20 kHz (Pi 4)              12 kHz (Pi Zero)
    2 % -> 20 % when          below 50 kHz               below 30 kHz        at 100 % scaling
    20 % -> 2 % when          above 100 kHz              above 60 kHz        or edges are lost

The gap between the two prevents switching back and forth.
"""

from math import inf

from ..errors import ConfigError
from ..readings import Frequency
from .filters import FrequencyScaling

_TWO, _TWENTY = FrequencyScaling.TWO_PERCENT, FrequencyScaling.TWENTY_PERCENT
# 20 % is chosen if it would give at most this share of the fastest edges.
_ROOM = 0.5
# A larger share of lost edges: the scaling is too high.
_TOO_MANY_LOST = 0.02
_NAMES = {f"{scaling.value:.0%}": scaling for scaling in FrequencyScaling}


def first_scaling(
    scaling: FrequencyScaling | str, *, strapped: bool
) -> tuple[bool, FrequencyScaling]:
    """Return whether to range automatically, and the first scaling.

    Raises ConfigError for an unknown scaling.
    """
    if scaling == "auto":
        return (False, _TWENTY) if strapped else (True, _TWO)
    if isinstance(scaling, FrequencyScaling):
        return False, scaling
    if isinstance(scaling, str) and scaling in _NAMES:
        return False, _NAMES[scaling]
    names = ", ".join(_NAMES)
    raise ConfigError(f"TCS3200: scaling={scaling!r}: give auto, {names} or a FrequencyScaling")


class Ranging:
    """The scaling of one channel, from one reading to the next."""

    def __init__(self, scaling: FrequencyScaling, *, auto: bool) -> None:
        self.scaling = scaling
        self._auto = auto
        # The light, at 100 %, at which edges were lost: climb again well below it.
        self._lost_at_hz = inf

    def fall(self, output: Frequency | None, fastest_hz: float) -> bool:
        """Go down to 2 % if OUT is too fast; output None: the pins could not follow it."""
        if not self._auto or self.scaling is _TWO:
            return False
        lossy = output is None or output.lost > _TOO_MANY_LOST * (output.edges + output.lost)
        if output is not None and not lossy and output.hz <= fastest_hz:
            return False
        if lossy and output is not None:
            self._lost_at_hz = output.hz / self.scaling.value
        self.scaling = _TWO
        return True

    def climb(self, output_hz: float, fastest_hz: float) -> bool:
        """Go up to 20 % if an output of at most this frequency at 2 % can be timed there."""
        if not self._auto or self.scaling is not _TWO:
            return False
        light_hz = output_hz / _TWO.value
        if light_hz > _ROOM * min(fastest_hz / _TWENTY.value, self._lost_at_hz):
            return False
        self.scaling = _TWENTY
        return True
