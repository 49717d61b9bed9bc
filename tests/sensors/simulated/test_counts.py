"""Counts turned back into an air by the data sheets' listings, in exact fractions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.simulated.bme280 import HUMIDITY_TRIMMING
from sensors.simulated.bmp280 import TRIMMING
from sensors.simulated.counts import T_FINE_PER_C, Counts, HumidityCounts
from tests.support.exact_compensation import humidity_listing, listing

TRIMMINGS = st.tuples(
    st.integers(19000, 35000),
    st.integers(22000, 30000),
    st.integers(-3000, 3000),
    st.integers(30000, 42000),
    st.integers(-12970, -8000),
    st.integers(-5000, 8000),
    st.integers(-10000, 18000),
    st.integers(-500, 1100),
    st.integers(-1000, 1000),
    st.integers(-32768, 32767),
    st.integers(-30000, 10000),
    st.integers(-30000, 30000),
)
TEMPERATURES_C = st.floats(-40, 85)


def test_the_data_sheets_worked_example() -> None:
    counts = Counts(TRIMMING)
    t_fine = 128422.0  # as printed: a whole number, which is worth a hundredth of a count
    assert counts.temperature(t_fine) == pytest.approx(519888, abs=0.5)
    assert counts.pressure(100653.27, t_fine) == pytest.approx(415148, abs=0.5)


@given(trimming=TRIMMINGS, temperature_c=TEMPERATURES_C, pressure_pa=st.floats(30e3, 110e3))
def test_an_air_becomes_counts_that_become_that_air(
    trimming: tuple[int, ...], temperature_c: float, pressure_pa: float
) -> None:
    counts, t_fine = Counts(trimming), temperature_c * T_FINE_PER_C
    adc_t, adc_p = counts.temperature(t_fine), counts.pressure(pressure_pa, t_fine)
    exact_c, exact_pa = listing(adc_t, adc_p, trimming)
    assert float(exact_c) == pytest.approx(temperature_c, abs=1e-9)
    assert float(exact_pa) == pytest.approx(pressure_pa, abs=1e-6)


@given(
    trimming=st.tuples(
        st.integers(0, 255),
        st.integers(200, 500),
        st.integers(0, 255),
        st.integers(200, 500),
        st.integers(-2048, 2047),
        st.integers(-128, 127),
    ),
    temperature_c=TEMPERATURES_C,
    percent=st.floats(0, 100),
)
def test_humidity_likewise(trimming: tuple[int, ...], temperature_c: float, percent: float) -> None:
    t_fine = temperature_c * T_FINE_PER_C
    adc_h = HumidityCounts(trimming).humidity(percent, t_fine)
    assert float(humidity_listing(adc_h, t_fine, trimming)) == pytest.approx(percent, abs=1e-9)


def test_plausible_humidity_stays_within_sixteen_bits() -> None:
    counts = HumidityCounts(HUMIDITY_TRIMMING)
    for temperature_c in (-40, 0, 25, 85):
        for percent in (0, 50, 100):
            assert 0 < counts.humidity(percent, temperature_c * T_FINE_PER_C) < 2**16
