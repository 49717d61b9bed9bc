"""The driver of the BMP280 and BME280, and its pure halves: start-up and compensation."""
