"""JSON files with a checksum, written whole or not at all."""
