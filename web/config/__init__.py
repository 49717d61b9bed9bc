"""The settings file as validated dataclasses: its tables, and all of it."""
