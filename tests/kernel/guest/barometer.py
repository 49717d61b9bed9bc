"""A BMP280's registers on a real bus, read by the driver as it is."""

import struct

import bench
from smbus2 import SMBus

from sensors import BMP280, DeviceNotFound
from sensors.backends.i2c import LinuxI2C

# The trimming parameters and raw values of the data sheet's worked example (BST-BMP280-DS001).
TRIMMING = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
RAW_TEMPERATURE, RAW_PRESSURE = 519888, 415148

registers = bytearray(256)
registers[0x88:0xA0] = struct.pack("<HhhHhhhhhhhh", *TRIMMING)
registers[0xD0] = 0x58
registers[0xF7:0xFA] = (RAW_PRESSURE << 4).to_bytes(3, "big")
registers[0xFA:0xFD] = (RAW_TEMPERATURE << 4).to_bytes(3, "big")
with SMBus(1) as bus:
    for register, value in enumerate(registers):
        bus.write_byte_data(0x77, register, value)

bus_1 = LinuxI2C(1)
reading = BMP280(bus_1, address=0x77).read()
try:
    BMP280(bus_1, address=0x76).read()
except DeviceNotFound as error:
    nobody = str(error)
bench.report({"reading": reading._asdict(), "nobody": nobody})
