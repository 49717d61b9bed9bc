"""The dialogue at the terminal with a person who lays things under the colour sensor.

It asks for a thing, shows live readings of it, and reads it several times. After a refused or
failed reading it prints the reason and asks again; earlier readings stay.
"""

import select
import sys
import time
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from colour_bench.swatch import columns_of, fitted, has_colours
from support.command import say

from calibration import CalibrationError
from calibration.profiles.repeated_readings import MedianReading, combine
from sensors import RawColour, SensorError
from sensors.board import Board
from sensors.config import ColourConfig
from sensors.simulated.scene import Scene, surfaces

_TRIES = 3  # failures of a simulated sensor, without a person, that end the script
_AFTER_A_FAULT_S = 0.5

Hand = Callable[[Scene], None]  # lays a thing under the simulated sensor
Preview = Callable[[RawColour], str]  # describes a live reading in one line
Doubt = Callable[[MedianReading], str]  # says what is odd about a reading, or ""


class Stop(Exception):
    """The person typed q, or the input has ended."""


class Dialogue:
    """Questions to a person, and the readings that answer them.

    asks: whether there is a person; a simulated sensor also works without one. readings: of each
    thing, three or more. scaling: the output scaling in the settings.
    """

    def __init__(self, board: Board, settings: ColourConfig, *, asks: bool, readings: int) -> None:
        self.board = board
        self.asks = asks
        self._readings = readings
        self.scaling = settings.scaling_in_use
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # a mistyped byte must not end it
        board.open_colour()  # report a missing library before the first question

    @property
    def mark(self) -> str:
        """The prefix of each line: "SIMULATED " without a real sensor."""
        return "SIMULATED " if self.board.simulated else ""

    @property
    def source(self) -> str:
        """The source of the readings, for a table."""
        return "SIMULATED" if self.board.simulated else "TCS3200"

    def tell(self, words: str) -> None:
        """Print an instruction, if there is a person."""
        if self.asks:
            say(f"{self.mark}{words}")

    def ask(self, question: str, look: Preview | None = None) -> str:
        """Return the answer in lower case; "" for Enter. Raise Stop for q.

        look: describes the live readings that a terminal shows meanwhile.
        """
        answer = self.ask_for_words(question, look).lower()
        if answer == "q":
            raise Stop
        return answer

    def ask_for_words(self, question: str, look: Preview | None = None) -> str:
        """Return the answer as typed, q too. Raise Stop at the end of the input."""
        if not self.asks:
            return ""
        is_watched = look is not None and has_colours(sys.stderr) and _is_terminal()
        if look is not None and is_watched:
            self._watch(question, look)
        else:
            say(question, end="")
        line = sys.stdin.readline() if sys.stdin else ""
        if not line or not _is_terminal():
            say("")  # no Enter has ended the line
        if not line:
            raise Stop
        return line.strip()

    def read(self, what: str, hand: Hand) -> MedianReading:
        """Read one thing several times and combine the readings.

        Raises CalibrationError for readings that are refused, SensorError for a failed one.
        """
        self._lay(hand)
        passing = has_colours(sys.stderr)  # a terminal shows the line during the reading
        if passing:
            say(f"  {self.mark}{what}: reading ...", end="")
        try:
            readings = [list(self.board.colour.read()) for _ in range(self._readings)]
        finally:
            if passing:
                say("\r\x1b[K", end="")
        return combine(readings, what, scaling=self.scaling)

    def show(
        self,
        what: str,
        question: str,
        hand: Hand,
        *,
        others: str = "",
        look: Preview | None = None,
        doubt: Doubt | None = None,
    ) -> MedianReading | str:
        """Ask for a thing until there is a reading of it, or one of the other answers.

        others: letters that the person may type instead of Enter. doubt: if it finds something odd,
        the person decides, and k keeps the reading; if it raises CalibrationError, the reading is
        refused.
        """
        doubted: MedianReading | None = None
        failures = 0
        while True:
            self._lay(hand)
            answer = self.ask(question, look)
            if answer == "k" and doubted is not None:
                return doubted
            if answer:
                if len(answer) == 1 and answer in others:
                    return answer
                say(f"  Enter when it lies there, or {' or '.join([*others, 'q'])}.")
                continue
            doubted = None
            try:
                reading = self.read(what, hand)
                odd = doubt(reading) if doubt else ""
            except (CalibrationError, SensorError) as error:
                failures += 1
                if not self.asks and failures == _TRIES:
                    raise
                say(f"  ! {self.mark}not taken: {error}")
                continue
            if odd:
                say(f"  ! {self.mark}{odd}{' (k keeps it, Enter reads again)' * self.asks}")
            if not odd or not self.asks:
                return reading
            doubted = reading

    def require(
        self, what: str, question: str, hand: Hand, doubt: Doubt | None = None
    ) -> MedianReading:
        """Ask for a thing that cannot be left out. Raise Stop if the person has none."""
        reading = self.show(what, question, hand, doubt=doubt)
        if isinstance(reading, str):
            raise Stop
        return reading

    def diagnose(self) -> None:
        """Print what may be wrong with the wires or the light of a real sensor."""
        if self.board.simulated:
            return
        say("  looking at the wires (some seconds) ...")
        try:
            for finding in self.board.colour.diagnose():
                say(f"  ! {finding}")
        except SensorError as error:
            say(f"  ! {error}")

    def _lay(self, hand: Hand) -> None:
        if self.board.simulated:
            hand(self.board.scene)

    def _watch(self, question: str, look: Preview) -> None:
        """Show live readings on the line above the question until the person types."""
        say("")
        say(question, end="")
        up = 1 + len(question) // columns_of(sys.stderr)
        while not _has_typed():
            try:
                words = look(self.board.colour.read())
            except (CalibrationError, SensorError) as error:
                words = str(error)
                time.sleep(_AFTER_A_FAULT_S)
            if not _has_typed():  # otherwise the cursor is on the next line already
                line = fitted(f"  now {self.mark}{words}", columns_of(sys.stderr))
                # Save the cursor, write on that line, and restore the cursor.
                say(f"\x1b7\x1b[{up}A\r{line}\x1b[K\x1b8", end="")


def hand_with(what: str, closeness: float = 1.0) -> Hand:
    """Return a hand that lays the simulated surface whose word is in `what` ("red sweet").

    Without such a word it leaves the place empty.
    """
    word = next((word for word in what.lower().split() if word in surfaces()), None)

    def lay(scene: Scene) -> None:
        if word is None:
            scene.nothing()
        else:
            scene.show(word, closeness=closeness)

    return lay


def in_hz(reading: Sequence[float]) -> str:
    """Format four frequencies."""
    red, green, blue, clear = reading
    return f"red {red:.0f}  green {green:.0f}  blue {blue:.0f}  clear {clear:.0f} Hz"


def _has_typed() -> bool:
    return bool(select.select([sys.stdin], [], [], 0.0)[0])


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
