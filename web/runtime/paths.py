"""The paths of a board's files: history, offset, colours, settings.

A played record has its own files, which no real reading or offset ever enters; so has a simulated
colour sensor.
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
    """Return the path of this board's history."""
    # Of a link, its target: SQLite keeps its log beside that.
    return _by_record(board, history.file).resolve()


def offset_path(board: Board, station: StationConfig, history: HistoryConfig) -> Path:
    """Return the path of the barometer's offset; the file need not exist."""
    path = Path(station.offset).expanduser() if station.offset else None
    return _by_record(board, path or history.file.with_name(_OFFSET))


def load_offset(
    board: Board, station: StationConfig, history: HistoryConfig
) -> "PressureOffset | None":
    """Return the offset of this board's readings; None without a file.

    Raises ConfigError for a file that cannot be used, and for a named one that a real board does
    not have: pressures without the requested offset would be wrong without notice.
    """
    path = offset_path(board, station, history)
    is_named = bool(station.offset) and not board.simulated
    if not is_named and not path.exists() and not path.is_symlink():
        return None
    from calibration.errors import CalibrationError
    from calibration.pressure.offset import PressureOffset

    try:
        return PressureOffset.load(path)
    except CalibrationError as error:
        raise ConfigError(str(error)) from error


def profile_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of the colour page's references and cards."""
    return _with_mark(board, history.file.with_name(_PROFILE))


def sorter_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of the colour page's taught classes."""
    return _with_mark(board, history.file.with_name(_SORTER))


def token_path(history: HistoryConfig) -> Path:
    """Return the path of the token for changes on the page."""
    return history.file.with_name(_TOKEN)


def settings_path(board: Board, history: HistoryConfig) -> Path:
    """Return the path of the settings of the page."""
    return _with_mark(board, history.file.with_name(_SETTINGS))


def _with_mark(board: Board, path: Path) -> Path:
    return path.with_stem(f"{path.stem}-simulated") if board.simulated else path


def _by_record(board: Board, path: Path) -> Path:
    if not board.simulated:
        return path
    rows = repr(board.weather.record.rows).encode()
    return path.with_name(f"{path.stem}-simulated-{crc32(rows):08x}{path.suffix}")
