"""What is stored in good form and cannot be: one bit that fell over, which SQLite does not see."""

import sqlite3

from .boots import all_boots
from .copied_row import PRESSURES_PA


def implausible(connection: sqlite3.Connection) -> str:
    """The first thing of a history that cannot be, in words; empty where all can."""
    for boot in all_boots(connection):
        if not boot.is_sound:
            return f"boot {boot.ordinal} is of no time"
    sample = connection.execute(
        "SELECT id, pressure_pa FROM samples WHERE pressure_pa NOT BETWEEN ? AND ? LIMIT 1",
        PRESSURES_PA,
    ).fetchone()
    if sample:
        return f"sample {sample[0]} has {sample[1]} Pa"
    hour = connection.execute(
        "SELECT id FROM hours WHERE count < 1 OR low_pa < ? OR high_pa > ?"
        " OR sum_pa NOT BETWEEN low_pa * count AND high_pa * count LIMIT 1",
        PRESSURES_PA,
    ).fetchone()
    return f"hour {hour[0]} is not that of its samples" if hour else ""
