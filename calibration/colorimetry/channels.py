"""The four channels, in the order in which every reading has them."""

from collections.abc import Iterable
from typing import Final

Channels = tuple[float, float, float, float]

CHANNEL_NAMES: Final = ("red", "green", "blue", "clear")

# The data sheet (TAOS099) calls the sensor linear up to 500 kHz at 100 % scaling, the least full
# scale it promises. A flicker reaches higher than its mean, so a tenth of it is kept free. The
# other scalings divide the same pulses: there the limit is the same at 100 %.
SATURATED_HZ: Final = 0.9 * 500_000.0


def as_channels(numbers: Iterable[float]) -> Channels:
    """Four numbers as the tuple that is kept."""
    red, green, blue, clear = numbers
    return red, green, blue, clear


def one_edge_hz(scaling: str) -> float:
    """One edge a second at OUT, in Hz at 100 % scaling: what is dimmer may be read as nothing."""
    return 1 / SCALINGS[scaling]


# The output scalings by the names the sensor's settings give them, as shares; "auto" times dim
# light at 20 %, and so does a board whose strapping is not configured.
SCALINGS: Final = {"": 0.2, "auto": 0.2, "2%": 0.02, "20%": 0.2, "100%": 1.0}
