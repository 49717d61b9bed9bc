"""The wires and frequencies of a TCS3200 in words."""

import sys

from sensors import Filter, Frequency

CHANNELS = (Filter.RED, Filter.GREEN, Filter.BLUE, Filter.CLEAR)


def bar(frequency: Frequency) -> str:
    """Format a frequency with its error bar, or the bound that darkness leaves."""
    if frequency.hz == 0.0:
        return f"<{frequency.uncertainty_hz:.0f}"
    return f"{frequency.hz:.0f}±{frequency.uncertainty_hz:.0f}"


def wiring_words(wiring: dict[str, int | None]) -> str:
    """List the wires by name and line."""
    return ", ".join(
        f"{name.upper()} on GPIO{pin}" for name, pin in wiring.items() if pin is not None
    )


class LiveLine:
    """A line on the terminal that is overwritten, with a patch of the raw colour."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._brightest_hz = 1.0

    def show(self, channels: dict[Filter, Frequency]) -> None:
        rgb_hz = [channels[channel].hz for channel in CHANNELS[:3]]
        self._brightest_hz = max(self._brightest_hz, *rgb_hz)
        swatch = ";".join(str(round(255 * hz / self._brightest_hz)) for hz in rgb_hz)
        numbers = "  ".join(f"{c.name[0]} {bar(channels[c])}" for c in CHANNELS)
        # 70 columns: a longer line would wrap on a terminal of 80.
        sys.stdout.write(f"\r\x1b[48;2;{swatch}m    \x1b[0m {self._source}  {numbers} Hz\x1b[K")
        sys.stdout.flush()
