"""From the time stamps of edges to a frequency with its uncertainty; pure arithmetic."""

from .estimate import frequency_from_edges

__all__ = ["frequency_from_edges"]
