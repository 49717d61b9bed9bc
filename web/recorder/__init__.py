"""The loop: read, judge, ring, show, store."""
