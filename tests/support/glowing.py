"""The light of a filament or of the sun in the colour sensor: rich in infrared."""

from itertools import pairwise
from math import exp

from sensors import RawColour
from sensors.simulated.scene import spectra

_CHANNELS = ("clear", "red", "green", "blue")
# The responsivity beyond the spectra's 750 nm: clear, red, green, blue (data sheet, figure 1).
_INFRARED = {
    800: (0.90, 0.88, 0.59, 0.71),
    850: (0.79, 0.79, 0.71, 0.76),
    900: (0.66, 0.65, 0.64, 0.65),
    1000: (0.19, 0.20, 0.19, 0.19),
}


def glowing(kelvin: float, clear_hz: float) -> RawColour:
    """Return the light of a glowing body with its infrared: a filament is 2,700 K, the sun 5,800 K.

    clear_hz: the clear channel. Planck's law times the responsivity.
    """
    columns = spectra()
    rows = list(zip(columns["wavelength_nm"], *(columns[c] for c in _CHANNELS), strict=True))
    rows += [(float(nm), *response) for nm, response in _INFRARED.items()]
    powers = [0.0] * len(_CHANNELS)
    for (nm, *response), (next_nm, *next_response) in pairwise(rows):
        for i, (one, other) in enumerate(zip(response, next_response, strict=True)):
            one_power, other_power = one * _planck(nm, kelvin), other * _planck(next_nm, kelvin)
            powers[i] += (one_power + other_power) / 2 * (next_nm - nm)
    clear, red, green, blue = (clear_hz * power / powers[0] for power in powers)
    return RawColour(red, green, blue, clear)


def _planck(wavelength_nm: float, kelvin: float) -> float:
    """Return the power at a wavelength, in arbitrary units; 14,387,769 nm K is hc/k."""
    return 1e15 / wavelength_nm**5 / (exp(14_387_769 / (wavelength_nm * kelvin)) - 1)
