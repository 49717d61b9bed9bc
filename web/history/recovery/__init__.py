"""Brings the rows of a damaged history over into a new one."""
