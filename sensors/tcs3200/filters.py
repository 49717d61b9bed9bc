"""The control inputs of a TCS3200: filters by S2 and S3, output scalings by S0 and S1.

            S2 S3                       S0 S1                    full scale
    red     L  L            power down  L  L    output high-Z
    blue    L  H            2 %         L  H                     12 kHz
    clear   H  L            20 %        H  L                     120 kHz
    green   H  H            100 %       H  H    only on request: 600 kHz

(data sheet TAOS099, tables 1 and 2)
"""

from enum import Enum


class Filter(Enum):
    """The colour filters; values: the levels of (S2, S3)."""

    RED = (False, False)
    BLUE = (False, True)
    CLEAR = (True, False)
    GREEN = (True, True)


# Only one bit changes from filter to filter, so that no third filter comes in between.
IN_TURN = (Filter.RED, Filter.BLUE, Filter.GREEN, Filter.CLEAR)


class FrequencyScaling(Enum):
    """Output scalings, as the share of full frequency that reaches OUT: "2%", "20%", "100%"."""

    TWO_PERCENT = 0.02
    TWENTY_PERCENT = 0.2
    FULL = 1.0

    @property
    def levels(self) -> tuple[bool, bool]:
        """The levels of (S0, S1) that select this scaling."""
        return {
            FrequencyScaling.TWO_PERCENT: (False, True),
            FrequencyScaling.TWENTY_PERCENT: (True, False),
            FrequencyScaling.FULL: (True, True),
        }[self]


# The levels of (S0, S1) that switch the chip off: its output floats.
POWER_DOWN = (False, False)
