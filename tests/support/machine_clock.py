"""A machine's clocks at sea: what they say is set by the test, and it boots when the test says."""

from dataclasses import dataclass

from web.history.clock_trust import ClockReading, ClockTrust


@dataclass
class SeaClock:
    """A machine's clocks. true_ms: what time it really is; nobody but the test knows.

    wrong_ms: how far the machine's own clock is off.
    """

    true_ms: int
    wrong_ms: int = 0
    trust: ClockTrust = ClockTrust.NONE
    boot_id: str = "b0070001"
    booted_ms: int = 0

    def __post_init__(self) -> None:
        self.booted_ms = self.true_ms

    def boot(self, boot_id: str, *, wrong_ms: int, trust: ClockTrust) -> None:
        """Switch it off and on again."""
        self.boot_id, self.wrong_ms, self.trust = boot_id, wrong_ms, trust
        self.booted_ms = self.true_ms

    def monotonic_ms(self) -> int:
        """Milliseconds since it was switched on."""
        return self.true_ms - self.booted_ms

    def reading(self) -> ClockReading:
        """What its clock says, and whose word that is."""
        return ClockReading(self.booted_ms + self.wrong_ms, self.trust)
