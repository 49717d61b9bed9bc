"""What is expected of the signs: it grows with each of them, and the chances with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.weather.wind_forecast import Signs, expectation, parts

USUAL = Signs(0.0, 0.0, 1.0, 1.0, 0.0, 30.0, 1.0, 0.0)

hectopascals = st.floats(0, 40)
signs = st.builds(
    Signs,
    st.floats(-30, 30) | st.none(),
    st.floats(-30, 30),
    hectopascals,
    hectopascals,
    st.floats(-40, 80),
    st.floats(0, 30),
    st.floats(0, 15) | st.none(),
    st.floats(-1, 1),
)


@pytest.mark.parametrize(
    ("sign", "less", "more"),
    [
        ("change_2h_hpa", 0.0, -3.0),
        ("fall_hpa", 1.0, 5.0),
        ("rise_hpa", 1.0, 5.0),
        ("below_hpa", 0.0, 15.0),
        ("restless_hpa", 1.0, 2.0),
        ("winter", -1.0, 1.0),
    ],
)
def test_each_sign_adds_its_part(sign: str, less: float, more: float) -> None:
    one, other = USUAL._replace(**{sign: less}), USUAL._replace(**{sign: more})
    assert expectation(other).wind_ms > expectation(one).wind_ms + 0.5
    assert expectation(other).chance_gale > expectation(one).chance_gale
    name = sign.partition("_")[0]
    assert parts(other)[0].sign == name


@given(signs)
def test_the_parts_and_the_base_are_the_whole(found: Signs) -> None:
    usual = expectation(Signs(0.0, 0.0, 1.01, 1.01, 0.0, 30.0, None, 0.0)).expected
    whole = usual + sum(part.adds for part in parts(found))
    assert expectation(found).expected == pytest.approx(max(30.0, whole))


@given(signs)
def test_a_gale_is_never_likelier_than_a_near_gale_and_neither_is_certain(found: Signs) -> None:
    said = expectation(found)
    assert 0 < said.chance_gale <= said.chance_near_gale <= 0.6
    assert said.chance_gale <= 0.45


@given(signs, st.floats(0, 60))
def test_with_the_wind_of_now_a_gale_is_never_likelier_either(found: Signs, wind: float) -> None:
    said = expectation(found, wind)
    assert 0 < said.chance_gale <= said.chance_near_gale < 1


def test_a_wind_that_blows_already_is_believed() -> None:
    calm, blowing = expectation(USUAL, 2.0), expectation(USUAL, 20.0)
    assert calm.chance_near_gale < expectation(USUAL).chance_near_gale
    assert blowing.chance_near_gale > 0.9
    assert blowing.chance_gale > 0.6
