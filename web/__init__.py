"""From readings to a warning on a phone. Importing this, or web.weather, needs nothing more."""
