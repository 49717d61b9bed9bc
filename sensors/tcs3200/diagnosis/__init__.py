"""Faults of a TCS3200's wires and light: evidence from its pins, then a judgement."""

from .findings import Fault, Finding
from .judgement import diagnose, judge

__all__ = ["Fault", "Finding", "diagnose", "judge"]
