"""From raw readings to XYZ: references, correction, the profile and its file."""
