"""The driver of the TCS3200 and its parts; diagnosis/ finds faults of wires and light."""
