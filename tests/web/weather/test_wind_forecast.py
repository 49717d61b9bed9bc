"""The wind forecast grows with each sign, and the chances with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.weather.wind_forecast import Signs, contributions, wind_forecast

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
    assert wind_forecast(other).wind_ms > wind_forecast(one).wind_ms + 0.5
    assert wind_forecast(other).chance_gale > wind_forecast(one).chance_gale
    name = sign.partition("_")[0]
    assert contributions(other)[0].sign == name


@given(signs)
def test_the_parts_and_the_base_are_the_whole(found: Signs) -> None:
    usual = wind_forecast(Signs(0.0, 0.0, 1.01, 1.01, 0.0, 30.0, None, 0.0)).wind_squared
    whole = usual + sum(each.adds for each in contributions(found))
    assert wind_forecast(found).wind_squared == pytest.approx(max(30.0, whole))


@given(signs)
def test_a_gale_is_never_likelier_than_a_near_gale_and_neither_is_certain(found: Signs) -> None:
    forecast = wind_forecast(found)
    assert 0 < forecast.chance_gale <= forecast.chance_near_gale <= 0.6
    assert forecast.chance_gale <= 0.45


@given(signs, st.floats(0, 60))
def test_with_the_wind_of_now_a_gale_is_never_likelier_either(found: Signs, wind: float) -> None:
    forecast = wind_forecast(found, wind)
    assert 0 < forecast.chance_gale <= forecast.chance_near_gale < 1


def test_a_wind_that_blows_already_is_believed() -> None:
    calm, blowing = wind_forecast(USUAL, 2.0), wind_forecast(USUAL, 20.0)
    assert calm.chance_near_gale < wind_forecast(USUAL).chance_near_gale
    assert blowing.chance_near_gale > 0.9
    assert blowing.chance_gale > 0.6
