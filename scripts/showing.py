"""A person shows things to the colour sensor: asked for, looked at live, read several times.

A reading that is refused, or that the sensor fails to give, is told in words and the thing asked
for again; nothing that was read before is lost by it.
"""

import select
import sys
import time
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from command import say
from swatch import columns_of, fitted, has_colours

from calibration import CalibrationError
from calibration.taking import Taken, take
from sensors import RawColour, SensorError
from sensors.board import Board
from sensors.config import ColourConfig
from sensors.simulated.scene import Scene, surfaces

_TRIES = 3  # of a simulated sensor that nobody watches, before its refusal ends the script
_AFTER_A_FAULT_S = 0.5

Hand = Callable[[Scene], None]  # what lays a thing under the simulated sensor
Look = Callable[[RawColour], str]  # what a reading looks like, in one line
Doubt = Callable[[Taken], str]  # what is odd about a reading; empty when nothing is


class Stop(Exception):
    """The person has had enough: q, or the end of what was typed."""


class Bench:
    """A board, and somebody who lays things under its colour sensor.

    asks: whether there is somebody; a simulated sensor can also be shown its surfaces unasked.
    readings: how many are taken of each thing, three or more. scaling: the output scaling that
    the sensor's settings speak of.
    """

    def __init__(self, board: Board, settings: ColourConfig, *, asks: bool, readings: int) -> None:
        self.board = board
        self.asks = asks
        self._readings = readings
        self.scaling = settings.scaling_in_use
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # a slip of the hand is no reason to end
        board.open_colour()  # a missing library is reported before any question

    @property
    def mark(self) -> str:
        """What each line begins with when no real sensor is read."""
        return "SIMULATED " if self.board.simulated else ""

    @property
    def source(self) -> str:
        """What a table says of where its readings come from."""
        return "SIMULATED" if self.board.simulated else "TCS3200"

    def tell(self, words: str) -> None:
        """Say what to do, to whoever is there to do it."""
        if self.asks:
            say(f"{self.mark}{words}")

    def ask(self, question: str, look: Look | None = None) -> str:
        """What the person types, in lower case; Stop for q. Enter alone is an empty string.

        look: shows what the sensor sees meanwhile, on a terminal.
        """
        answer = self.ask_for_words(question, look).lower()
        if answer == "q":
            raise Stop
        return answer

    def ask_for_words(self, question: str, look: Look | None = None) -> str:
        """The same, as it was typed; a q is a word here. Stop at the end of the input."""
        if not self.asks:
            return ""
        is_watched = look is not None and has_colours(sys.stderr) and _is_terminal()
        if look is not None and is_watched:
            self._watch(question, look)
        else:
            say(question, end="")
        line = sys.stdin.readline() if sys.stdin else ""
        if not line or not _is_terminal():
            say("")  # nobody's Enter has ended the line
        if not line:
            raise Stop
        return line.strip()

    def read(self, what: str, hand: Hand) -> Taken:
        """Several readings of one thing, which lies there by now.

        Raises CalibrationError for readings that are refused, SensorError for none.
        """
        self._lay(hand)
        passing = has_colours(sys.stderr)  # on a terminal the line is there while it is read
        if passing:
            say(f"  {self.mark}{what}: reading ...", end="")
        try:
            readings = [list(self.board.colour.read()) for _ in range(self._readings)]
        finally:
            if passing:
                say("\r\x1b[K", end="")
        return take(readings, what, scaling=self.scaling)

    def show(
        self,
        what: str,
        question: str,
        hand: Hand,
        *,
        others: str = "",
        look: Look | None = None,
        doubt: Doubt | None = None,
    ) -> Taken | str:
        """Ask for a thing until there is a reading of it, or one of the other answers.

        others: the letters that may be typed instead of Enter. doubt: what is odd about a reading
        that could be right; the person decides, and k keeps it. A doubt may also be raised, as a
        CalibrationError: that reading is not taken.
        """
        doubted: Taken | None = None
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
                taken = self.read(what, hand)
                odd = doubt(taken) if doubt else ""
            except (CalibrationError, SensorError) as error:
                failures += 1
                if not self.asks and failures == _TRIES:
                    raise
                say(f"  ! {self.mark}not taken: {error}")
                continue
            if odd:
                say(f"  ! {self.mark}{odd}{' (k keeps it, Enter reads again)' * self.asks}")
            if not odd or not self.asks:
                return taken
            doubted = taken

    def need(self, what: str, question: str, hand: Hand, doubt: Doubt | None = None) -> Taken:
        """The same for a thing that cannot be left out."""
        taken = self.show(what, question, hand, doubt=doubt)
        if isinstance(taken, str):
            raise Stop
        return taken

    def diagnose(self) -> None:
        """Tell what may be wrong with the wires or the light of a real sensor."""
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

    def _watch(self, question: str, look: Look) -> None:
        """Readings on the line above the question, over and over, until something is typed."""
        say("")
        say(question, end="")
        up = 1 + len(question) // columns_of(sys.stderr)
        while not _has_typed():
            try:
                seen = look(self.board.colour.read())
            except (CalibrationError, SensorError) as error:
                seen = str(error)
                time.sleep(_AFTER_A_FAULT_S)
            if not _has_typed():  # else the terminal has gone on to the next line
                line = fitted(f"  now {self.mark}{seen}", columns_of(sys.stderr))
                # Up to that line and back to where the person types: cursor saved and restored.
                say(f"\x1b7\x1b[{up}A\r{line}\x1b[K\x1b8", end="")


def laid(what: str, closeness: float = 1.0) -> Hand:
    """A hand that lays the simulated surface of that name, or one named in it ("red sweet").

    Where none is, it leaves the place empty.
    """
    word = next((word for word in what.lower().split() if word in surfaces()), None)

    def lay(scene: Scene) -> None:
        if word is None:
            scene.nothing()
        else:
            scene.show(word, closeness=closeness)

    return lay


def in_hz(reading: Sequence[float]) -> str:
    """Four frequencies in words."""
    red, green, blue, clear = reading
    return f"red {red:.0f}  green {green:.0f}  blue {blue:.0f}  clear {clear:.0f} Hz"


def _has_typed() -> bool:
    return bool(select.select([sys.stdin], [], [], 0.0)[0])


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()
