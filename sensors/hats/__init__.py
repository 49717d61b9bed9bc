"""Boards that are put on the header of a Raspberry Pi."""
