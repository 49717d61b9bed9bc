"""Kinds of pieces that were taught: classes, the sorter and its file."""
