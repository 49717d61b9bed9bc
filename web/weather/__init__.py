"""Pure arithmetic from samples of pressure to a tendency and a storm outlook."""

from .levels import StormLevel
from .outlook import Outlook, StormWatch, replay
from .sample import Sample, Station
from .tendency import NO_CHANGES, Changes, Tendency, tendency

__all__ = [
    "NO_CHANGES",
    "Changes",
    "Outlook",
    "Sample",
    "Station",
    "StormLevel",
    "StormWatch",
    "Tendency",
    "replay",
    "tendency",
]
