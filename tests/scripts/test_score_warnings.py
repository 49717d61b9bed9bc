"""The score by its definition, by hand and on real records whose counts are published."""

import csv
import io
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from math import nan
from pathlib import Path

import pytest
from storm_records.simple_rules import SimpleRule, without_tide
from storm_records.warning_chances import verify
from storm_records.warning_hours import HourlyRecord, hours_of, read_rows
from storm_records.warning_scores import Score, score

from sensors import RecordError
from web.weather import Station

ROOT = Path(__file__).parents[2]
RECORDS = ROOT.parent / "shared" / "data" / "pressure"
BUOY = ("gulf_of_maine_44005_2012.csv", Station(43.20, -69.13))
FLORIDA = ("apalachicola_2012_2013.csv", Station(29.79, -84.88))
JFK = ("nyc_jfk_2013.csv", Station(40.64, -73.78))
GALE = 17.2


def winds(length: int, gales: Sequence[int], calm: float = 5.0) -> HourlyRecord:
    """Steady pressure, and a gale in these hours."""
    blows = [20.0 if hour in gales else calm for hour in range(length)]
    return HourlyRecord(0, [1010.0] * length, blows)


def scored(alarms: Sequence[int], hours: HourlyRecord) -> Score:
    return score([hour in alarms for hour in range(len(hours))], hours, GALE)


def test_an_alarm_an_hour_before_is_a_hit_and_one_with_the_gale_is_none() -> None:
    hours = winds(100, [50, 51])
    for begin, hit in ((49, True), (50, False), (51, False)):
        found = scored([begin], hours)
        assert (len(found.events), found.hits) == (1, int(hit))
    assert scored([49], hours).lead_h == 1


def test_an_alarm_that_ended_twelve_hours_before_is_the_last_that_counts() -> None:
    hours = winds(100, [50])
    assert scored([37], hours).hits == 0
    assert scored([38], hours).hits == 1
    assert scored([30, 31, 32, 37, 38], hours).lead_h == 20
    assert scored(list(range(10, 50)), hours).lead_h == 24


def test_gales_twelve_hours_apart_are_one_event_and_the_first_day_has_none() -> None:
    assert len(scored([], winds(200, [50, 62, 74])).events) == 1
    assert len(scored([], winds(200, [50, 63])).events) == 2
    assert len(scored([], winds(200, [23])).events) == 0


def test_an_event_without_wind_or_pressure_before_it_is_not_counted() -> None:
    hours = winds(100, [50])
    blind = [nan if 40 <= hour < 50 else wind for hour, wind in enumerate(hours.winds_ms)]
    assert len(score([False] * 100, HourlyRecord(0, hours.pressures_hpa, blind), GALE).events) == 0
    blank = [nan if 44 <= hour < 50 else 1010.0 for hour in range(100)]
    assert len(score([False] * 100, HourlyRecord(0, blank, hours.winds_ms), GALE).events) == 0


def test_an_episode_verifies_by_a_gale_within_a_day_or_twelve_hours_of_its_end() -> None:
    assert scored([30], winds(100, [54])).false == 0
    assert scored([30], winds(100, [55])).false == 1
    # Cut into days: 30 to 53, and 54 to 55, which a gale at 67 follows.
    long = scored(range(30, 56), winds(120, [67]))
    assert [(piece.hour, piece.is_good) for piece in long.pieces] == [(30, False), (54, True)]


def test_alarms_six_hours_apart_are_one_and_those_in_a_gale_do_not_count() -> None:
    assert len(scored([30, 36, 42], winds(150, [])).pieces) == 1
    assert len(scored([30, 37], winds(150, [])).pieces) == 2
    assert scored([55], winds(150, [50])).pieces == ()
    assert scored([10], winds(150, [])).pieces == ()


def test_always_on_catches_all_and_is_worth_little() -> None:
    found = scored(range(3000), winds(3000, [500, 1700]))
    assert found.detected == 1
    assert found.success < 0.03


def test_pooled_counts_are_sums_and_ranges_hold_them() -> None:
    one, other = scored([30], winds(1500, [40])), scored([90], winds(3000, [200, 2000]))
    both = one + other
    assert (len(both.events), both.hits, both.false) == (3, 1, 1)
    ranges = both.ranges()
    assert ranges.success[0] <= both.success <= ranges.success[1]
    assert ranges.false_a_month[0] <= both.false_a_month <= ranges.false_a_month[1]


def test_chances_are_compared_with_the_next_twelve_hours_while_it_is_calm() -> None:
    hours = winds(60, [30])
    found = verify([0.25] * 60, hours, GALE, 13.9)
    assert (
        len(found.chances) == 60 - 1 - 9
    )  # the gale itself, and the end, after which nine winds are not known
    assert sum(found.happened) == 12
    (one,) = found.bins()
    assert one.stated == pytest.approx(0.25)
    assert one.hours == len(found.chances)


# The counts of the reference: 44005 for gales, the three measured files for near gales.
PUBLISHED = [
    ((BUOY,), GALE, SimpleRule(3, 3.6), False, (5, 0.80, 0.86, 0.13, 9)),
    ((BUOY,), GALE, SimpleRule(3, 6.0), False, (5, 0.60, 0.40, 0.43, 6)),
    ((BUOY,), GALE, SimpleRule(6, 5.0), False, (5, 0.80, 0.91, 0.09, None)),
    ((BUOY, FLORIDA, JFK), 13.9, SimpleRule(3, 3.6), False, (30, 0.37, 0.82, 0.12, None)),
    ((BUOY, FLORIDA, JFK), 13.9, SimpleRule(3, 3.6), True, (30, 0.37, 0.74, 0.17, None)),
    ((BUOY, FLORIDA, JFK), 13.9, SimpleRule(3, 3.6, 1005.0), False, (30, 0.27, 0.44, 0.22, None)),
    ((BUOY, FLORIDA, JFK), 13.9, SimpleRule(6, 5.0), False, (30, 0.50, 0.88, 0.10, None)),
]


@pytest.mark.long("years of records")
@pytest.mark.parametrize(("records", "wind_ms", "rule", "flat", "counts"), PUBLISHED)
def test_published_counts_of_simple_rules(
    records: Sequence[tuple[str, Station]],
    wind_ms: float,
    rule: SimpleRule,
    flat: bool,
    counts: tuple[int, float, float, float, int | None],
) -> None:
    pooled: Score | None = None
    for name, station in records:
        if not (RECORDS / name).exists():
            pytest.skip(f"{name} is not in ../shared/data/pressure")
        hours = hours_of(read_rows(RECORDS / name))
        pressures = without_tide(hours, station) if flat else hours.pressures_hpa
        one = score(rule.alarm(pressures), hours, wind_ms)
        pooled = one if pooled is None else pooled + one
    assert pooled is not None
    events, detected, false_share, success, lead_h = counts
    assert len(pooled.events) == events
    assert pooled.detected == pytest.approx(detected, abs=0.0051)
    assert pooled.false_share == pytest.approx(false_share, abs=0.0051)
    assert pooled.success == pytest.approx(success, abs=0.0051)
    assert lead_h is None or pooled.lead_h == lead_h


def record(path: Path, rows: Sequence[str], header: str = "time_utc,pressure_hpa,wind_ms") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_fast_record_has_the_largest_wind_of_the_hour_before(tmp_path: Path) -> None:
    rows = [
        f"2020-01-01T{n // 4:02}:{n % 4 * 15:02}:00Z,{1000 + n},{20 if n == 5 else 1}"
        for n in range(16)
    ]
    hours = hours_of(read_rows(record(tmp_path / "fast.csv", rows)))
    assert hours.winds_ms == [1, 1, 20, 1]
    assert hours.pressures_hpa == [1000, 1004, 1008, 1012]


def test_spikes_and_impossible_pressures_are_left_out(tmp_path: Path) -> None:
    hpa = [1000, 1000, 900, 1000, 1010, 1001, 1000]
    rows = [f"2020-01-01T{n:02}:50:00Z,{value}," for n, value in enumerate(hpa)]
    hours = hours_of(read_rows(record(tmp_path / "spikes.csv", rows)))
    known = [value for value in hours.pressures_hpa if value == value]
    assert known == [1000, 1000, 1000, 1001]
    assert all(wind != wind for wind in hours.winds_ms)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["2020-01-01T00:00:00Z,1000,x"], "line 2, column wind_ms"),
        (["2020-01-01T00:00:00Z,1000,1e999"], "line 2, column wind_ms"),
        (["yesterday,1000,5"], "line 2, column time_utc"),
        (["2020-01-01T01:00:00Z,1000,5", "2020-01-01T00:00:00Z,1000,5"], "line 3: the times"),
        (["2020-01-01T00:00:00Z,1000,999"], "999 m/s is no wind; leave the field empty"),
        (["2020-01-01T00:00:00Z,1000,-1"], "-1 m/s is no wind"),
        (["2020-01-01T00:00:00Z,nan,5"], "column pressure_hpa: 'nan' is not a number"),
        (["", "1920-01-01,1000,5", "2020-06-01,1000,5"], "line 4: .* hundred years after"),
        (["1990-01-01,1000,5", "2020-06-01,1000,5"], "2 rows in 30 years are no record of hours"),
        (['2020-01-01T00:00:00Z,1000,"5'], "is not a CSV file"),
        ([f"2020-01-01,1000,{'5' * 140_000}"], "is not a CSV file"),
        (["2020-01-01T00:00:00Z,1000,5"], "at least two rows"),
    ],
)
def test_a_bad_record_is_refused_by_line(tmp_path: Path, rows: list[str], words: str) -> None:
    with pytest.raises(RecordError, match=words):
        read_rows(record(tmp_path / "bad.csv", rows))


def test_a_record_that_is_no_text_or_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(b"time_utc,pressure_hpa,wind_ms,Stra\xdfe\n")
    for name, words in (("old.csv", "is not a text file"), ("gone.csv", "No such file")):
        with pytest.raises(RecordError, match=rf"{name}.*{words}"):
            read_rows(tmp_path / name)


def test_a_row_that_is_cut_off_has_no_wind(tmp_path: Path) -> None:
    rows = read_rows(record(tmp_path / "cut.csv", ["2020-01-01,1000,5", "2020-01-02,1001"]))
    assert rows.pressures_hpa == [1000, 1001]
    assert rows.winds_ms[0] == 5 and rows.winds_ms[1] != rows.winds_ms[1]
    with pytest.raises(RecordError, match="line 4, column time_utc"):
        read_rows(record(tmp_path / "cut.csv", ["2020-01-01,1000,5", "2020-01-02,1001", ","]))


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / name), *arguments], capture_output=True, text=True
    )


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """Thirty days with a storm in the middle: 30 hPa in twelve hours, and wind after it."""
    rows = []
    for hour in range(720):
        fall, rise = min(1.0, max(0.0, (hour - 400) / 12)), max(0.0, min(30.0, (hour - 424) / 2))
        hpa = 1015 - 30 * fall + rise
        wind = 19.0 if 408 <= hour < 430 else 5.0
        rows.append(f"2020-01-{1 + hour // 24:02}T{hour % 24:02}:00:00Z,{hpa:.2f},{wind}")
    return record(tmp_path / "month.csv", rows)


def test_the_table_is_csv_and_the_words_are_beside_it(month: Path, tmp_path: Path) -> None:
    picture = tmp_path / "chances.svg"
    result = run("score_warnings.py", "--simple", f"{month}@50,-5", "--picture", str(picture))
    assert result.returncode == 0, result.stderr
    scores, chances = result.stdout.split("\n\n")
    rows = list(csv.DictReader(io.StringIO(scores)))
    storm = [row for row in rows if (row["rule"], row["force"]) == ("STORM", "F8")]
    assert [(row["events"], row["hits"]) for row in storm] == [("1", "1")]
    assert any(row["rule"] == "3 h >= 3.6 (tide off)" for row in rows)
    assert {row["chance"] for row in csv.DictReader(io.StringIO(chances))} == {"near gale", "gale"}
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone.csv"], "gone.csv: No such file"),
        (["{month}@95,0"], "position"),
        (["{month}@north"], "position"),
        (["--since", "soon", "{month}"], "time"),
        (["--since", "2030-01-01", "{month}"], "no rows"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    month: Path, arguments: list[str], words: str
) -> None:
    result = run("score_warnings.py", *(text.format(month=month) for text in arguments))
    assert result.returncode == 1
    assert words in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_a_replay_is_drawn_with_its_levels_and_its_wind(month: Path, tmp_path: Path) -> None:
    picture = tmp_path / "storm.svg"
    result = run(
        "replay_storm.py", "--at", "50,-5", "--picture", str(picture), "--gale", "17.2",
        "--since", "2020-01-16", "--until", "2020-01-20", str(month),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows[0]["time_utc"] == "2020-01-16T00:00:00Z"
    assert "storm" in {row["level"] for row in rows}
    drawn = picture.read_text(encoding="utf-8")
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "<title>storm from 2020-01-1" in drawn
    assert ">gale</text>" in drawn
    assert "<polyline" in drawn


def test_a_calm_is_drawn_and_a_wind_that_is_none_is_told(tmp_path: Path) -> None:
    """As a spreadsheet saves it: with a mark before the first column."""
    picture = tmp_path / "calm.svg"
    for wind, words in (("0", ""), ("1e9", "line 2, column wind_ms: 1e9 m/s is no wind")):
        rows = [f"2020-01-01T{hour:02}:00:00Z,{1010 - hour},{wind}" for hour in range(12)]
        path = record(tmp_path / "calm.csv", rows, "\ufefftime_utc,pressure_hpa,wind_ms")
        result = run("replay_storm.py", "--picture", str(picture), str(path))
        assert result.returncode == (1 if words else 0), result.stderr
        assert words in result.stderr and "Traceback" not in result.stderr
    assert "<polyline" in picture.read_text(encoding="utf-8")


def test_a_record_without_wind_is_drawn_without_it(tmp_path: Path) -> None:
    rows = [f"2020-01-01T{hour:02}:00:00Z,{1010 - hour}" for hour in range(12)]
    path = record(tmp_path / "plain.csv", rows, "time_utc,pressure_hpa")
    picture = tmp_path / "plain.svg"
    result = run("replay_storm.py", "--picture", str(picture), str(path))
    assert result.returncode == 0, result.stderr
    assert "<polyline" not in picture.read_text(encoding="utf-8")
