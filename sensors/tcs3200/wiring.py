"""The lines of a TCS3200 and the times of a reading, checked."""

from dataclasses import dataclass, fields

from ..errors import ConfigError

_HIGHEST_BCM = 53


@dataclass(frozen=True)
class Wiring:
    """The lines of one TCS3200 by BCM number; None for a pin that is strapped on the board.

    Raises ConfigError for impossible wiring.
    """

    out: int
    s2: int
    s3: int
    s0: int | None = None
    s1: int | None = None
    oe: int | None = None
    led: int | None = None

    def __post_init__(self) -> None:
        for name in ("out", "s2", "s3"):
            if getattr(self, name) is None:
                raise ConfigError(f"TCS3200: {name} is not given: out, s2 and s3 must be wired")
        if (self.s0 is None) != (self.s1 is None):
            raise ConfigError(
                "TCS3200: give s0 and s1 both, or neither (both strapped on the board)"
            )
        by_pin: dict[int, str] = {}
        for name, pin in self.wired().items():
            if not isinstance(pin, int) or isinstance(pin, bool) or not 0 <= pin <= _HIGHEST_BCM:
                raise ConfigError(
                    f"TCS3200: {name}={pin!r} is no BCM number; they run from 0 to {_HIGHEST_BCM}"
                )
            if pin in by_pin:
                raise ConfigError(f"TCS3200: {by_pin[pin]} and {name} are both on GPIO{pin}")
            by_pin[pin] = name

    def wired(self) -> dict[str, int]:
        """Return the pins that are on a line, by name."""
        lines = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: pin for name, pin in lines.items() if pin is not None}


@dataclass(frozen=True)
class Times:
    """The time for each channel, and the longest wait for a dark one.

    Raises ConfigError for impossible times.
    """

    gate_time_s: float
    timeout_s: float

    def __post_init__(self) -> None:
        gate_time_s, timeout_s = self.gate_time_s, self.timeout_s
        for name, seconds in (("gate_time_s", gate_time_s), ("timeout_s", timeout_s)):
            if not isinstance(seconds, int | float) or isinstance(seconds, bool):
                raise ConfigError(f"TCS3200: {name}={seconds!r} must be a number of seconds")
        if not 0.001 <= gate_time_s <= 10.0:
            raise ConfigError(f"TCS3200: gate_time_s={gate_time_s}: choose 0.001 to 10 s, say 0.05")
        if not gate_time_s <= timeout_s <= 60.0:
            raise ConfigError(
                f"TCS3200: timeout_s={timeout_s}: choose between gate_time_s ({gate_time_s}) and"
                " 60 s"
            )
