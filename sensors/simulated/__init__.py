"""Twins of the chips, written from the data sheets: drivers run on them unchanged, anywhere."""
