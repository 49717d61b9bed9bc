"""Seven rows of LEDs: the Scroll pHAT HD."""
