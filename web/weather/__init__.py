"""Pure arithmetic from samples of pressure to a tendency and a storm outlook."""

from .outlook import Outlook, StormLevel, StormWatch, replay
from .sample import Sample, Station
from .tendency import Tendency, tendency

__all__ = [
    "Outlook",
    "Sample",
    "Station",
    "StormLevel",
    "StormWatch",
    "Tendency",
    "replay",
    "tendency",
]
