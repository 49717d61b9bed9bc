"""Colour spaces, colour differences, arrays of readings."""
