"""NMEA 0183 sentences, by UDP or TCP."""
