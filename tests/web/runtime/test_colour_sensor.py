"""The colour sensor as the page asks for it: its channels in order, and its LED spared."""

import pytest

from sensors import PinError
from sensors.board import Board
from sensors.config import BarometerConfig, ColourConfig, SimulatedConfig
from sensors.ports import Pins
from sensors.simulated.bmp280 import SimulatedBMP280
from sensors.simulated.i2c import SimulatedI2C
from sensors.simulated.scene import Scene, surfaces
from sensors.simulated.tcs3200 import SimulatedTCS3200
from sensors.simulated.weather import Weather
from sensors.tcs3200.wiring import Wiring
from web.runtime.colour_sensor import ColourSensor

CONFIG = ColourConfig(s0=17, s1=27, led=5, gate_time_s=0.01, timeout_s=0.1)


@pytest.fixture
def pins() -> SimulatedTCS3200:
    scene = Scene("orange")
    return SimulatedTCS3200(scene, Wiring(25, 23, 24, 17, 27, led=5), noise=False)


@pytest.fixture
def board(pins: SimulatedTCS3200) -> Board:
    weather = Weather.of(SimulatedConfig())
    bus = SimulatedI2C({0x77: SimulatedBMP280(weather)})
    return Board(bus, lambda: pins, BarometerConfig(), CONFIG, (pins.scene, weather))


def test_red_green_blue_clear(board: Board) -> None:
    sensor = ColourSensor(lambda: board, CONFIG, "orange")
    seen = sensor.look()
    red, green, blue, clear = seen.raw
    assert clear > red > green > blue > 0
    assert seen.raw == pytest.approx(board.colour.read(), rel=0.01)
    assert all(
        0 < error < 0.01 * hz for hz, error in zip(seen.raw, seen.uncertainty_hz, strict=True)
    )
    assert seen.lost == 0


def test_what_lies_there(board: Board, pins: SimulatedTCS3200) -> None:
    sensor = ColourSensor(lambda: board, CONFIG, "orange")
    assert sensor.lies_there == "orange"
    assert {surface.name: surface.xyz for surface in sensor.surfaces} == {
        word: surface.xyz for word, surface in surfaces().items()
    }
    sensor.show("blue", 1.2)
    assert sensor.lies_there == "blue"
    near = sensor.look().raw
    sensor.show("blue", 0.6)
    assert sensor.look().raw[3] < 0.6 * near[3]
    sensor.show("", 1.0)
    assert sensor.lies_there == ""
    assert sensor.look().raw[3] < 0.05 * near[3]


def test_at_rest_the_led_is_off_until_the_next_look(board: Board, pins: SimulatedTCS3200) -> None:
    sensor = ColourSensor(lambda: board, CONFIG)
    sensor.rest()  # nothing was looked at yet, and nothing is touched
    assert pins.levels == {}
    sensor.look()
    assert pins.levels[5]
    sensor.rest()
    assert not pins.levels[5]
    sensor.look()
    assert pins.levels[5]
    board.close()
    sensor.rest()  # and a board that is closed is left alone


def test_pins_that_cannot_be_had_are_told_at_the_look(board: Board) -> None:
    def refuse() -> Pins:
        raise PinError("GPIO25 is in use by another program")

    other = Board(SimulatedI2C({}), refuse, BarometerConfig(), CONFIG)
    sensor = ColourSensor(lambda: other, CONFIG, simulated=False)
    assert sensor.surfaces == ()
    with pytest.raises(PinError, match="GPIO25"):
        sensor.look()
    sensor.rest()


@pytest.mark.parametrize(
    ("config", "scaling"),
    [(ColourConfig(), "20%"), (CONFIG, "auto"), (ColourConfig(scaling="2%"), "2%")],
)
def test_the_scaling_as_the_settings_call_it(
    board: Board, config: ColourConfig, scaling: str
) -> None:
    assert ColourSensor(lambda: board, config).scaling == scaling
