"""From Lab to a word: the ISCC-NBS names."""
