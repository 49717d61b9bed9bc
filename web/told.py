"""What the log has been told lately, so that what comes and goes does not fill it."""

# What comes again before so many samples were taken is the same thing going on: a loose plug, say.
_STEADY = 10


class Told:
    """Knows what is news: what has not been there while ten samples were taken."""

    def __init__(self) -> None:
        self._samples = 0
        self._last: dict[str, int] = {}

    def sample_taken(self) -> None:
        """Count a sample; one that is missed brings no outage nearer to its end."""
        self._samples += 1

    def is_news(self, what: str) -> bool:
        """Whether this is to be told now."""
        last = self._last.get(what)
        self._last[what] = self._samples
        return last is None or self._samples - last > _STEADY
