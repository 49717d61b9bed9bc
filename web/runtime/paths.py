"""Which files belong to a board: its history, its barometer's offset, what its colours are.

A played record has files of its own, which no real reading and no real offset ever enters; so has
a simulated colour sensor.
"""

from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from sensors.board import Board
from sensors.errors import ConfigError

from ..config.tables import HistoryConfig, StationConfig

if TYPE_CHECKING:
    from calibration.pressure.offset import PressureOffset

_OFFSET = "barometer-offset.json"
_PROFILE = "colour-profile.json"
_SORTER = "colour-classes.json"
_TOKEN = "page-token"
_SETTINGS = "page-settings.json"


def history_path(board: Board, history: HistoryConfig) -> Path:
    """Where the samples of this board are kept."""
    # Of a link the place that it leads to: what SQLite keeps beside a file is there.
    return _of_its_own(board, history.file).resolve()


def offset_path(board: Board, station: StationConfig, history: HistoryConfig) -> Path:
    """Where the offset of this board's barometer is kept; there need not be one."""
    path = Path(station.offset).expanduser() if station.offset else None
    return _of_its_own(board, path or history.file.with_name(_OFFSET))


def load_offset(
    board: Board, station: StationConfig, history: HistoryConfig
) -> "PressureOffset | None":
    """The offset that is to be shown with this board's readings; None where there is no file.

    Raises ConfigError for a file that cannot be used, and where a real board's is named and not
    there: readings shown without an offset that was asked for would be wrong quietly.
    """
    path = offset_path(board, station, history)
    is_asked_for = bool(station.offset) and not board.simulated
    if not is_asked_for and not path.exists() and not path.is_symlink():
        return None
    from calibration.errors import CalibrationError
    from calibration.pressure.offset import PressureOffset

    try:
        return PressureOffset.load(path)
    except CalibrationError as error:
        raise ConfigError(str(error)) from error


def profile_path(board: Board, history: HistoryConfig) -> Path:
    """Where the colour page keeps references and cards of this board's colour sensor."""
    return _of_a_twin(board, history.file.with_name(_PROFILE))


def sorter_path(board: Board, history: HistoryConfig) -> Path:
    """Where the colour page keeps the classes that this board's colour sensor was taught."""
    return _of_a_twin(board, history.file.with_name(_SORTER))


def token_path(history: HistoryConfig) -> Path:
    """Where the token is kept that a page needs in order to change anything."""
    return history.file.with_name(_TOKEN)


def settings_path(board: Board, history: HistoryConfig) -> Path:
    """Where what is set on the page is kept."""
    return _of_a_twin(board, history.file.with_name(_SETTINGS))


def _of_a_twin(board: Board, path: Path) -> Path:
    return path.with_stem(f"{path.stem}-simulated") if board.simulated else path


def _of_its_own(board: Board, path: Path) -> Path:
    if not board.simulated:
        return path
    rows = repr(board.weather.record.rows).encode()
    return path.with_name(f"{path.stem}-simulated-{crc32(rows):08x}{path.suffix}")
