"""Sends the conditions to other programs and displays: one file or folder a protocol."""
