"""What is asked of the operating system and the network."""
