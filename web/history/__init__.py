"""Samples on disk: SQLite, daily CSV files, recovery of a damaged file."""
