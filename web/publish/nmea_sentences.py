"""NMEA 0183 sentences of a barometer: MDA, which Signal K reads, and XDR, which OpenCPN prefers.

Both print the bar with five decimals, which is 1 Pa: a tendency of three hours lives of that.
"""

from functools import reduce
from operator import xor

from ..weather import Sample

# Talker: weather instruments.
_TALKER = "WI"
_HPA_PER_INHG = 33.863886666667  # as at 0 °C; Signal K and most displays use the same
# Water, humidities, dew point and wind are not known here.
_NO_MORE = "," * 14


def sentences(sample: Sample, *, with_air: bool) -> bytes:
    """The sentences of a sample, each with its checksum, CR and LF.

    with_air: the barometer's temperature is the air's, and is told as such.
    """
    air_c = sample.temperature_c if with_air else None
    return mda(sample.pressure_hpa, air_c) + xdr(sample.pressure_hpa, air_c)


def mda(pressure_hpa: float, air_c: float | None) -> bytes:
    """Meteorological composite: inches of mercury, bar, and the air where it is known."""
    air = "," if air_c is None else f"{air_c:.1f},C"
    inhg = pressure_hpa / _HPA_PER_INHG
    return sentence(f"MDA,{inhg:.4f},I,{pressure_hpa / 1000:.5f},B,{air}{_NO_MORE}")


def xdr(pressure_hpa: float, air_c: float | None) -> bytes:
    """Transducers; the names hold the words that OpenCPN looks for, BARO and AIR."""
    air = "" if air_c is None else f",C,{air_c:.1f},C,TempAir"
    return sentence(f"XDR,P,{pressure_hpa / 1000:.5f},B,Barometer{air}")


def sentence(fields: str) -> bytes:
    """A whole sentence of these fields: the checksum is the XOR of all between $ and *."""
    body = f"{_TALKER}{fields}".encode("ascii")
    return b"$%s*%02X\r\n" % (body, reduce(xor, body))
