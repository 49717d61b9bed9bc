"""The query of docs/history.md, run as it stands, on a history of the program's own."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from web.history.clock_trust import ClockReading, ClockTrust
from web.history.writer import History
from web.weather import Sample

DOCS = Path(__file__).parents[1] / "docs" / "history.md"


def test_the_query_for_programs(tmp_path: Path) -> None:
    (query,) = re.findall(r"```sql\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "history.sqlite"
    with History(path, "b0070001") as history:
        history.set_clock(ClockReading(1_767_225_600_000, ClockTrust.PHONE), 0)
        history.add(Sample(1_767_225_660.0, 1013.25, 17.2))
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as reading:
            rows = reading.execute(query).fetchall()
    assert rows == [("2026-01-01 00:01:00", 101325, 1720, "b0070001", 2)]
