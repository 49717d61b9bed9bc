"""Plugs: what tells boats, houses and fleets. Each is one thin file, and is off by default."""
