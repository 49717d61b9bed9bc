"""Which files belong to a board: simulated ones never touch real ones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration.pressure.offset import PressureOffset, ReferenceKind
from sensors import ConfigError, open_board
from web.config.tables import HistoryConfig, StationConfig
from web.runtime.paths import (
    history_path,
    load_offset,
    offset_path,
    profile_path,
    sorter_path,
    token_path,
)

OFFSET = PressureOffset(
    -0.8, datetime(2026, 10, 3, tzinfo=UTC), "Horta", ReferenceKind.STATION, 2.0
)


@pytest.fixture
def history(tmp_path: Path) -> HistoryConfig:
    return HistoryConfig(str(tmp_path / "boat.sqlite"))


def test_the_files_of_a_real_board(history: HistoryConfig, tmp_path: Path) -> None:
    with open_board(simulated=False) as board:
        assert history_path(board, history) == tmp_path / "boat.sqlite"
        beside = offset_path(board, StationConfig(), history)
        assert beside == tmp_path / "barometer-offset.json"
        assert load_offset(board, StationConfig(), history) is None
        OFFSET.save(beside)
        assert load_offset(board, StationConfig(), history) == OFFSET
        named = StationConfig(offset=str(tmp_path / "mine.json"))
        assert offset_path(board, named, history) == tmp_path / "mine.json"


def test_a_real_offset_is_not_for_a_played_record(history: HistoryConfig, tmp_path: Path) -> None:
    OFFSET.save(tmp_path / "barometer-offset.json")
    OFFSET.save(tmp_path / "mine.json")
    with open_board(simulated=True) as board:
        for station in (StationConfig(), StationConfig(offset=str(tmp_path / "mine.json"))):
            assert load_offset(board, station, history) is None
            path = offset_path(board, station, history)
            assert "-simulated-" in path.name
            assert path.stem.rpartition("-")[2] == history_path(board, history).stem[-8:]


def test_a_simulated_offset_is_not_for_a_real_board(history: HistoryConfig) -> None:
    with open_board(simulated=True) as board:
        OFFSET.save(offset_path(board, StationConfig(), history))
        assert load_offset(board, StationConfig(), history) == OFFSET
    with open_board(simulated=False) as board:
        assert load_offset(board, StationConfig(), history) is None


def test_what_colours_are_lies_beside_the_history(history: HistoryConfig, tmp_path: Path) -> None:
    with open_board(simulated=False) as board:
        assert profile_path(board, history) == tmp_path / "colour-profile.json"
        assert sorter_path(board, history) == tmp_path / "colour-classes.json"
    with open_board(simulated=True) as board:
        assert profile_path(board, history) == tmp_path / "colour-profile-simulated.json"
        assert sorter_path(board, history) == tmp_path / "colour-classes-simulated.json"
    assert token_path(history) == tmp_path / "page-token"


def test_one_that_is_asked_for_has_to_be_there(history: HistoryConfig, tmp_path: Path) -> None:
    named = StationConfig(offset=str(tmp_path / "gone.json"))
    with (
        open_board(simulated=False) as board,
        pytest.raises(ConfigError, match=r"gone\.json.*scripts/calibrate_barometer\.py"),
    ):
        load_offset(board, named, history)


def test_a_damaged_one_is_an_error_and_not_a_zero(history: HistoryConfig, tmp_path: Path) -> None:
    beside = tmp_path / "barometer-offset.json"
    with open_board(simulated=False) as board:
        beside.write_text('{"format": ')
        with pytest.raises(ConfigError, match="cut short"):
            load_offset(board, StationConfig(), history)
        beside.unlink()
        beside.symlink_to(tmp_path / "a card that was pulled out")
        with pytest.raises(ConfigError, match="cannot read"):
            load_offset(board, StationConfig(), history)
