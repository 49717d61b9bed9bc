"""The least that a reading can cost in Python: the bus and the polynomial, and no check at all."""

from collections.abc import Callable
from struct import unpack
from typing import Any

Reading = Callable[[], tuple[float, float]]


def burst_floor(bus: Any) -> Reading:
    """One burst of six bytes, as in normal mode; returns (degrees C, hPa)."""
    compensated = _polynomial(bus)
    burst = bus.read_i2c_block_data

    def read() -> tuple[float, float]:
        p_2, p_1, p_0, t_2, t_1, t_0 = burst(0x76, 0xF7, 6)
        return compensated(t_2 << 12 | t_1 << 4 | t_0 >> 4, p_2 << 12 | p_1 << 4 | p_0 >> 4)

    return read


def forced_floor(bus: Any) -> Reading:
    """Force a conversion, look at the status, one burst; the waiting is left out."""
    burst = burst_floor(bus)
    write, status = bus.write_byte_data, bus.read_byte_data

    def read() -> tuple[float, float]:
        write(0x76, 0xF4, 0x25)
        status(0x76, 0xF3)
        return burst()

    return read


def _polynomial(bus: Any) -> Callable[[int, int], tuple[float, float]]:
    raw = bytes(bus.read_i2c_block_data(0x76, 0x88, 24))
    t1, t2, t3, p1, p2, p3, p4, p5, p6, p7, p8, p9 = unpack("<HhhHhhhhhhhh", raw)
    x_0, x_1, x_2 = 16 * t1, t2 / 2**14, t3 / 2**34
    # In v = t_fine/2 - 64000, and all of it in hPa.
    o_0, o_1, o_2 = 2**20 - 16 * p4, p5 / 2**13, p6 / 2**29
    s_0, s_1, s_2 = p1 / 6250, p1 * p2 / 2**34 / 6250, p1 * p3 / 2**53 / 6250
    q_0, q_1, q_2 = p7 / 1600, (1 + p8 / 2**19) / 100, p9 / 2**35 / 100

    def compensated(adc_t: int, adc_p: int) -> tuple[float, float]:
        x = adc_t - x_0
        t_fine = x * (x_1 + x * x_2)
        v = t_fine / 2 - 64000
        p = (o_0 - adc_p - v * (o_1 + v * o_2)) / (s_0 + v * (s_1 + v * s_2))
        return t_fine / 5120, q_0 + p * (q_1 + p * q_2)

    return compensated
