"""Numbers and times as text, in the units and the time zone of the reader."""
