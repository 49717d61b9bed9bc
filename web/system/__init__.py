"""The operating system and the network: HTTP, systemd, commands, private files, the log."""
