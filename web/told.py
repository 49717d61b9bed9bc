"""What the log has been told lately, so that what comes and goes does not fill it."""

# What comes again within so many samples is the same thing going on: a loose plug, say.
_STEADY = 10


class Told:
    """Knows what is news: what was not there for ten samples."""

    def __init__(self) -> None:
        self._samples = 0
        self._last: dict[str, int] = {}

    def next_sample(self) -> None:
        """Count a sample, taken or missed."""
        self._samples += 1

    def is_news(self, what: str) -> bool:
        """Whether this is to be told now, at this sample."""
        last = self._last.get(what)
        self._last[what] = self._samples
        return last is None or self._samples - last > _STEADY
