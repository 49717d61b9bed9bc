"""Simulated chips, written from the data sheets: the drivers run on them unchanged."""
