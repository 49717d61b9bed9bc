"""The state of the alarm, what sounds it, and who is notified."""
