"""Builds the program that the command line and the settings ask for, and runs it."""
