"""What lies under the simulated lamp: nearer and farther, and nothing at all."""

import pytest

from sensors import ConfigError, RawColour, open_board
from sensors.simulated.scene import Scene, surfaces


def above_empty(scene: Scene) -> tuple[float, ...]:
    empty = Scene()
    empty.nothing()
    return tuple(hz - stray for hz, stray in zip(scene.light, empty.light, strict=True))


@pytest.mark.parametrize("word", surfaces())
@pytest.mark.parametrize("closeness", [0.3, 0.8, 1.0, 1.5])
def test_nearer_is_the_same_light_of_the_surface_and_more_of_it(
    word: str, closeness: float
) -> None:
    usual, moved = Scene(word), Scene()
    moved.show(word, closeness=closeness)
    assert above_empty(moved) == pytest.approx([closeness * hz for hz in above_empty(usual)])


@pytest.mark.parametrize("closeness", [0.0, -1.0, float("nan"), float("inf")])
def test_a_closeness_that_cannot_be_is_refused(closeness: float) -> None:
    scene = Scene("blue")
    before = scene.light
    with pytest.raises(ConfigError, match="closeness"):
        scene.show("red", closeness=closeness)
    assert scene.light == before


def test_nothing_is_not_darkness_yet_darker_than_any_surface() -> None:
    empty = Scene()
    empty.nothing()
    assert min(empty.light) > 0.0
    for word in surfaces():
        for hz, stray in zip(Scene(word).light, empty.light, strict=True):
            assert hz > 1.5 * stray


def test_the_room_stays_lit_when_the_place_is_empty_and_not_in_the_dark() -> None:
    scene = Scene()
    room = RawColour(10.0, 10.0, 10.0, 30.0)
    scene.ambient(room)
    scene.nothing()
    assert scene.background.light == room
    scene.dark()
    assert scene.light_hz("clear", lit=True) == (0.0, 0.0)


def test_the_stray_light_goes_out_with_the_lamp() -> None:
    with open_board({"colour": {"led": 5}}, simulated=True) as board:
        board.scene.nothing()
        lit = board.colour.read()
        assert min(lit) > 0.0
        assert lit.clear == pytest.approx(board.scene.light.clear, rel=0.1)
        assert board.scene.light_hz("clear", lit=False) == (0.0, 0.0)
