"""Which files belong to a board: simulated ones never touch real ones."""

from pathlib import Path

import pytest

from sensors import ConfigError, open_board
from web.config.tables import HistoryConfig, StationConfig
from web.runtime.paths import (
    check_offset_path,
    history_path,
    offset_path,
    profile_path,
    sorter_path,
    token_path,
)


@pytest.fixture
def history(tmp_path: Path) -> HistoryConfig:
    return HistoryConfig(str(tmp_path / "boat.sqlite"))


def test_the_files_of_a_real_board(history: HistoryConfig, tmp_path: Path) -> None:
    with open_board(simulated=False) as board:
        assert history_path(board, history) == tmp_path / "boat.sqlite"
        beside = offset_path(board, StationConfig(), history)
        assert beside == tmp_path / "barometer-offset.json"
        named = StationConfig(offset=str(tmp_path / "mine.json"))
        assert offset_path(board, named, history) == tmp_path / "mine.json"


def test_a_real_offset_is_not_for_a_played_record(history: HistoryConfig, tmp_path: Path) -> None:
    with open_board(simulated=True) as board:
        for station in (StationConfig(), StationConfig(offset=str(tmp_path / "mine.json"))):
            path = offset_path(board, station, history)
            assert "-simulated-" in path.name
            assert path.stem.rpartition("-")[2] == history_path(board, history).stem[-8:]
            check_offset_path(board, station, history)


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
    with open_board(simulated=False) as board:
        check_offset_path(board, StationConfig(), history)
        with pytest.raises(ConfigError, match=r"gone\.json.*scripts/calibrate_barometer\.py"):
            check_offset_path(board, named, history)
        (tmp_path / "gone.json.damaged-20261003T000000Z").touch()
        check_offset_path(board, named, history)


def test_a_link_into_a_folder_that_is_gone_stands_for_itself(tmp_path: Path) -> None:
    link = tmp_path / "boat.sqlite"
    with open_board(simulated=False) as board:
        link.symlink_to(tmp_path / "stick" / "boat.sqlite")
        assert history_path(board, HistoryConfig(str(link))) == link
        (tmp_path / "stick").mkdir()
        assert history_path(board, HistoryConfig(str(link))) == tmp_path / "stick" / "boat.sqlite"
