"""The barometer's offset against a reference, and pressure at sea level."""
