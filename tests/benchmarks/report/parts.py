"""The parts of the report: which program answers which question, and what it needs."""

from pathlib import Path
from typing import Final, NamedTuple

BENCHMARKS: Final = Path(__file__).resolve().parents[1]


class Part(NamedTuple):
    """One program of tests/benchmarks and how it is run.

    question: what it answers, for the report. arguments, quick: for a full run and a rough one.
    usually_s: how long that takes, roughly. data: of the folder that is not shipped, what it is
    given as its first argument. commands: programs of the system that it calls. root: that it
    mounts small disks.
    """

    name: str
    title: str
    question: str
    program: str
    usually_s: int
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] | None = None
    data: str = ""
    commands: tuple[str, ...] = ()
    root: bool = False

    def command(self, python: str, data: Path | None, is_quick: bool) -> list[str]:
        """The command to run, in the folder of the benchmarks."""
        chosen = self.quick if is_quick and self.quick is not None else self.arguments
        given = [str(data / self.data)] if self.data and data else []
        return [python, self.program, *given, *chosen]

    @property
    def by_hand(self) -> str:
        """The same for a person in the checkout."""
        words = [f"DATA/{self.data}"] if self.data else []
        program = f"tests/benchmarks/{self.program}"
        return " ".join([".venv/bin/python", program, *words, *self.arguments])


PARTS: Final = (
    Part(
        "frequency",
        "How true a frequency is",
        "The same late, merged and lost edges are given to everybody: to the phase fit of Storm"
        " Petrel, to reciprocal counting by the first and last stamp, to counting in a gate, and to"
        " the tutorial that most sketches come from (read the clock, wait for ten edges, read the"
        " clock). The delays are a model of a Pi 4 and of a Pi Zero, assumed and not measured on"
        " boards.",
        "frequency.py",
        40,
        quick=("150",),
    ),
    Part(
        "reading",
        "What a reading of four channels takes",
        "In real time, before a simulated sensor: four channels, darkness, a busy machine.",
        "reading.py",
        75,
        quick=("300",),
    ),
    Part(
        "wiring",
        "Whether a wrong wire is named",
        "Each wire off, each two exchanged, each kind of bad light, in four wirings and in random"
        " scenes; and healthy scenes, in which nothing may be found. No other library looks.",
        "diagnosis.py",
        45,
        arguments=("--scenes", "1000", "--each", "20"),
        quick=("--scenes", "100", "--each", "2"),
    ),
    Part(
        "faults",
        "A barometer under eight faults",
        "Ten other Python drivers and ours, before one and the same simulated chip: (a) the first"
        " reading after power-up; (b) a wrong id; (c) trimming parameters of zeros, (d) of 0xFF;"
        " (e) a measuring bit that hangs; (f) no conversion; (g) a dip of the supply; (h) one NACK"
        " anywhere in the set-up. Survived is a right value, or an error that says what is wrong."
        " Some drivers stand there twice, in two modes.",
        "barometer_faults.py",
        60,
    ),
    Part(
        "cost",
        "What a reading of the barometer costs",
        "Processor time on a bus that costs next to nothing, all drivers in turn, in units of the"
        " least that a forced reading can cost in Python (no check at all: the two floors are no"
        " drivers); and what goes over a bus of 100 kHz.",
        "barometer_cost.py",
        30,
        quick=("3",),
    ),
    Part(
        "cabin",
        "A barometer's bad day at sea",
        "Dips of the supply, NACKs, minutes without the chip, and the chip exchanged, at a reading"
        " a second: six hours, of the day that the program can take.",
        "barometer_soak.py",
        20,
        arguments=("6",),
        quick=("1",),
    ),
    Part(
        "colours",
        "How right colours are, by the number of cards",
        "Virtual sensors read cards, then surfaces that they have not seen: 1,269 Munsell chips,"
        " the 190 of rawtoaces, a third of those of TM-30. Each lamp is judged by a prior that was"
        " built without it. Beside it the best that we know to do with the cards alone.",
        "corrections.py",
        15,
    ),
    Part(
        "words",
        "The basic word of a colour",
        "After 24 cards, under six lamps and units: ours beside what sketches do (shares of white"
        " as sRGB, nearest CSS colour), references alone, and a 3x3 matrix.",
        "words.py",
        15,
    ),
    Part(
        "checker",
        "A ColorChecker, near and far",
        "Synthetic readings of a chart under a cool white LED, at three distances.",
        "colorchecker.py",
        5,
    ),
    Part(
        "naming",
        "What a word for a colour costs",
        "A reading of four frequencies to its word, all in; and the import, in a fresh"
        " interpreter. webcolors compares in RGB, the others by CIEDE2000.",
        "colour_cost.py",
        30,
        quick=("3",),
    ),
    Part(
        "sweets",
        "Ten close kinds of sweets, by hand",
        "Simulated sweets between red, orange, brown and pink, fifteen pieces of each taught; and"
        " nine strangers that lie between them.",
        "sweets_by_hand.py",
        5,
    ),
    Part(
        "belt",
        "A robot's belt",
        "Sweets of eight colours and strangers go by, twelve readings each: the first reading, one"
        " at random, and the vote.",
        "robot_pass.py",
        5,
    ),
    Part(
        "recording",
        "A recording of real readings",
        "A LEGO EV3 colour sensor over seven coloured targets, sorted by blocks in time.",
        "sort_recording.py",
        10,
        data="colour/ev3_7colours_raw_counts.csv",
    ),
    Part(
        "storms",
        "The storm rule beside rules of thumb",
        "Years that the rule had not seen, and two stations. CSI: hits by events and false alarms"
        " together; in brackets where 90 % of draws of months lie. The best of sixteen rules of"
        " thumb is chosen after the fact, separately for each record and wind, which none of them"
        " could have been before it.",
        "storm_scores.py",
        20,
        data="pressure",
    ),
    Part(
        "fit",
        "Whether the shipped numbers are those that were fitted",
        "The storm rule's numbers, fitted anew on 2000 to 2008; and the chances beside a table by"
        " the three-hour change.",
        "storm_fit.py",
        20,
        data="pressure/merra2_ireland_sw_2000_2017.csv",
    ),
    Part(
        "boat",
        "Whether the boat itself rings the alarm",
        "January 2014 off Ireland, a reading a second, with and without heave, gusts, hatches,"
        " glitches, gaps and another sensor.",
        "boat_month.py",
        40,
        data="pressure/merra2_ireland_sw_2000_2017.csv",
    ),
    Part(
        "page",
        "What the page costs a phone and the Pi",
        "The real program with a year of minutes in its history.",
        "page_budgets.py",
        20,
    ),
    Part(
        "phone",
        "The page on a slow phone",
        "Chromium with its processor slowed down six times; every address it asks for is noted.",
        "page_throttled.py",
        30,
        commands=("chromium",),
    ),
    Part(
        "crowd",
        "Two hundred phones at once",
        "Whether the recorder misses a reading, and how long they wait; clients and program share"
        " this machine. Half a minute.",
        "page_crowd.py",
        60,
        arguments=("30",),
        quick=("10",),
    ),
    Part(
        "store",
        "What keeping a history costs",
        "A year of minutes on the disk, a day of commits, and the recorder's memory.",
        "history_cost.py",
        40,
        commands=("strace",),
    ),
    Part(
        "power-cuts",
        "What a history survives",
        "The program killed under load, its files cut, zeroed and garbled, a full disk, a disk that"
        " turns read-only, and the history made of its daily copies. Rows that had to be there are"
        " those that were acknowledged, or that plain SQLite can still read. Two fifths of the full"
        " campaign.",
        "history_faults.py",
        120,
        arguments=("0.4",),
        quick=("0.05",),
        commands=("mkfs.ext4",),
        root=True,
    ),
    Part(
        "clock",
        "Voyages with a wrong clock",
        "The clock forty days back, stepped in the middle of a fall, right too late: the real"
        " recorder, history and storm rule.",
        "wrong_clock.py",
        40,
    ),
    Part(
        "silence",
        "How soon each output tells that something is broken",
        "The real program over a chip, a bus and a disk that break, in CALM and in STORM.",
        "alarm_faults.py",
        600,
        quick=("dead",),
        commands=("mosquitto", "mkfs.ext4"),
        root=True,
    ),
    Part(
        "soak",
        "Days of random faults",
        "Two days at a reading a second: sensor, disk, network, clock and power fail at random.",
        "alarm_soak.py",
        150,
        arguments=("2",),
        quick=("0.25",),
        commands=("mosquitto",),
    ),
    Part(
        "siege",
        "Strangers flood the page while a STORM begins",
        "The real program with at most 256 descriptors; each kind of flood for 20 s, up to a"
        " thousand connections. A phone with the token reads and acknowledges meanwhile.",
        "siege.py",
        480,
        arguments=("--seconds", "20", "--limits", "256"),
        quick=("--seconds", "10", "--limits", "256", "--", "unread"),
    ),
    Part(
        "fleet",
        "A fleet before one InfluxDB",
        "Thirty boats send a day of minutes to a real InfluxDB; it is ended at half time.",
        "fleet_soak.py",
        30,
        quick=("5", "6"),
        commands=("influxd",),
    ),
    Part(
        "pi-zero",
        "The work on a Pi Zero, on paper",
        "Instructions counted, and what they would take on the slowest board; no Zero was asked.",
        "pi_zero.py",
        600,
        quick=("--only", "turn"),
        commands=("valgrind",),
    ),
)


def shipped() -> tuple[Part, ...]:
    """The parts whose programs are there."""
    return tuple(part for part in PARTS if (BENCHMARKS / part.program).exists())
