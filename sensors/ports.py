"""What a driver asks downward: two narrow ports, which a twin can take as well as a kernel."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class I2CBus(Protocol):
    """Three of smbus2's methods; an `smbus2.SMBus` is one as it stands.

    A failed transfer raises OSError. Addresses are 7 bit, registers and values 8 bit.
    """

    def read_byte_data(self, i2c_addr: int, register: int, /) -> int:
        """Return one register."""

    def write_byte_data(self, i2c_addr: int, register: int, value: int, /) -> None:
        """Write one register."""

    def read_i2c_block_data(self, i2c_addr: int, register: int, length: int, /) -> list[int]:
        """Return `length` registers from `register` on, read in one transfer."""


class Edges(NamedTuple):
    """The rising edges of one gate, oldest first.

    timestamps_ns: a monotonic clock's nanoseconds, as close to the pin as the source can stamp.
    sequence_numbers: one for each edge, counted before any is dropped (from a full queue) or left
    out (because its moment is not known), so that these leave a gap; None when the source has
    none. elapsed_s: how long the gate was open. dropped: edges that a full queue is known to have
    dropped before the first of these. scatter_ns: one standard deviation of a stamp, where the
    source knows it.
    """

    timestamps_ns: Sequence[int]
    sequence_numbers: Sequence[int] | None
    elapsed_s: float
    dropped: int = 0
    scatter_ns: float | None = None


class Pins(Protocol):
    """GPIO lines by BCM number. Nothing is claimed before it is first used.

    Hashable, as plain objects are: sensors that share one know each other by it.
    """

    @property
    def fastest_hz(self) -> float:
        """The most edges a second that these pins time without losing many of them."""

    def drive(self, levels: Mapping[int, bool], /) -> None:
        """Make these lines outputs at these levels, as near to all at once as can be."""

    def rising_edges(self, pin: int, gate_time_s: float, /) -> Edges:
        """Open the gate for this long and return what rose after this call began.

        No edge at all is an answer. Stamps from before the call are never delivered. Raises
        EdgesTooFast when edges come faster than this source can tell apart.
        """

    def level(self, pin: int, /, *, pull_up: bool) -> bool:
        """Return the level of an input that is pulled up or down: what nobody drives follows."""

    def close(self) -> None:
        """Give the lines back as inputs. Closing twice is fine."""
