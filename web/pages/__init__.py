"""The HTTP side: Flask pages, the JSON API, charts, security."""
