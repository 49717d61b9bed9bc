"""How a TCS3200's wires and frequencies are told to a person."""

from sensors import Filter, Frequency

CHANNELS = (Filter.RED, Filter.GREEN, Filter.BLUE, Filter.CLEAR)


def bar(frequency: Frequency) -> str:
    """A frequency with its error bar, or the bound that darkness leaves."""
    if frequency.hz == 0.0:
        return f"<{frequency.uncertainty_hz:.0f}"
    return f"{frequency.hz:.0f}±{frequency.uncertainty_hz:.0f}"


def wiring_words(wiring: dict[str, int | None]) -> str:
    """The wires by name and line."""
    return ", ".join(
        f"{name.upper()} on GPIO{pin}" for name, pin in wiring.items() if pin is not None
    )
