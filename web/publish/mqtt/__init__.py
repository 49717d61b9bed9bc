"""MQTT, and discovery by Home Assistant."""
