"""The tail of Hotelling's T squared against published tables and against what can be counted."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.sorting.hotelling import hotelling_limit, hotelling_tail, incomplete_beta

# Upper points of F, from the usual tables (Abramowitz & Stegun, table 26.9): share, degrees of
# freedom of the numerator and the denominator, F.
F_TABLE = [
    (0.01, 3, 2, 99.17),
    (0.01, 4, 3, 28.71),
    (0.01, 3, 6, 9.78),
    (0.01, 4, 10, 5.99),
    (0.01, 3, 20, 4.94),
    (0.01, 4, 60, 3.65),
    (0.05, 3, 10, 3.71),
    (0.05, 4, 20, 2.87),
    (0.001, 4, 30, 6.12),
]
CHI_SQUARE_TABLE = [(0.01, 3, 11.345), (0.01, 4, 13.277), (0.001, 3, 16.266), (0.001, 4, 18.467)]


@pytest.mark.parametrize(("share", "channels", "rest", "expected"), F_TABLE)
def test_limits_are_those_of_the_f_table(
    share: float, channels: int, rest: int, expected: float
) -> None:
    freedom = rest + channels - 1
    f = hotelling_limit(share, channels, freedom) * rest / (freedom * channels)
    assert f == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(("share", "channels", "expected"), CHI_SQUARE_TABLE)
def test_with_many_readings_it_is_chi_square(share: float, channels: int, expected: float) -> None:
    assert hotelling_limit(share, channels, 1e7) == pytest.approx(expected, abs=0.001)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.001, 0.999))
def test_whole_numbers_count_coins(a: int, b: int, x: float) -> None:
    n = a + b - 1  # at least a heads of n coins
    heads = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert float(incomplete_beta(a, b, x)) == pytest.approx(heads, rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(st.floats(0.5, 500), st.floats(0.5, 50), st.floats(1e-6, 1 - 1e-6))
def test_what_is_left_of_x_and_right_of_it_is_all(a: float, b: float, x: float) -> None:
    left, right = incomplete_beta(a, b, x), incomplete_beta(b, a, 1 - x)
    assert float(left + right) == pytest.approx(1, abs=1e-9)


@settings(deadline=None)
@given(st.floats(1e-9, 0.5), st.sampled_from([3, 4]), st.floats(6, 1e5))
def test_a_limit_has_the_tail_it_was_asked_for(share: float, channels: int, freedom: float) -> None:
    limit = hotelling_limit(share, channels, freedom)
    assert float(hotelling_tail(limit, channels, freedom)) == pytest.approx(share, rel=1e-6)


@pytest.mark.parametrize(("count", "channels"), [(6, 3), (8, 4), (20, 4)])
def test_fresh_readings_of_a_gaussian_lie_beyond_the_limit_as_often_as_said(
    count: int, channels: int
) -> None:
    random = np.random.default_rng(count)
    taught = random.standard_normal((20_000, count, channels))
    fresh = random.standard_normal((20_000, channels))
    away = fresh - taught.mean(axis=1)
    centred = taught - taught.mean(axis=1, keepdims=True)
    covariance = np.einsum("rni,rnj->rij", centred, centred) / (count - 1)
    solved = np.linalg.solve(covariance, away[..., None])[..., 0]
    q = np.einsum("ri,ri->r", away, solved) / (1 + 1 / count)
    beyond = (q > hotelling_limit(0.01, channels, count - 1)).mean()
    assert beyond == pytest.approx(0.01, abs=0.003)
