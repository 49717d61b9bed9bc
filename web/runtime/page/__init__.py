"""The page in a process of its own: whatever is done to it, recorder and alarm go on."""
