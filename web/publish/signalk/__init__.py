"""Signal K, by WebSocket or UDP."""
