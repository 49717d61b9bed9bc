"""NMEA 0183 sentences of a barometer: MDA, which Signal K reads, and XDR, which OpenCPN prefers.

Both give the pressure in bar with five decimals, which is 1 Pa: enough for a tendency of 3 h.
"""

from pynmea2 import MDA, XDR

from ...display.units import UNITS
from ...weather import Sample

_TALKER = "WI"  # weather instruments
# Water temperature, humidity, dew point and wind are unknown.
_NO_MORE = [""] * 14


def sentences(sample: Sample, *, with_air: bool) -> bytes:
    """Return the sentences of a sample, each with checksum, CR and LF.

    with_air: the barometer measures the temperature of the air, so send it.
    """
    bar, inhg = f"{sample.pressure_hpa / 1000:.5f}", UNITS["inhg"].of(sample.pressure_hpa)
    air, transducer = ["", ""], list[str]()
    if with_air and sample.temperature_c is not None:
        air = [f"{sample.temperature_c:.1f}", "C"]
        transducer = ["C", *air, "TempAir"]
    mda = MDA(_TALKER, "MDA", [f"{inhg:.4f}", "I", bar, "B", *air, *_NO_MORE])
    # OpenCPN looks for BARO and AIR in the names.
    xdr = XDR(_TALKER, "XDR", ["P", bar, "B", "Barometer", *transducer])
    text: str = mda.render(newline=True) + xdr.render(newline=True)
    return text.encode("ascii")
