"""NMEA 0183 sentences of a barometer: MDA, which Signal K reads, and XDR, which OpenCPN prefers.

Both print the bar with five decimals, which is 1 Pa: a tendency of three hours lives of that.
"""

from pynmea2 import MDA, XDR

from ...display.units import UNITS
from ...weather import Sample

_TALKER = "WI"  # weather instruments
# Water, humidities, dew point and wind are not known here.
_NO_MORE = [""] * 14


def sentences(sample: Sample, *, with_air: bool) -> bytes:
    """The sentences of a sample, each with its checksum, CR and LF.

    with_air: the barometer's temperature is the air's, and is told as such.
    """
    bar, inhg = f"{sample.pressure_hpa / 1000:.5f}", UNITS["inhg"].of(sample.pressure_hpa)
    air, transducer = ["", ""], list[str]()
    if with_air and sample.temperature_c is not None:
        air = [f"{sample.temperature_c:.1f}", "C"]
        transducer = ["C", *air, "TempAir"]
    mda = MDA(_TALKER, "MDA", [f"{inhg:.4f}", "I", bar, "B", *air, *_NO_MORE])
    # The names hold the words that OpenCPN looks for, BARO and AIR.
    xdr = XDR(_TALKER, "XDR", ["P", bar, "B", "Barometer", *transducer])
    told: str = mda.render(newline=True) + xdr.render(newline=True)
    return told.encode("ascii")
