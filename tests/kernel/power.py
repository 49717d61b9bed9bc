"""The virtual machine with a card in it, and a hand on its supply.

The moment of a cut is counted in requests to the card, not in seconds: nothing that happens
between two of them changes what is on the card, so that these are all the moments there are, and a
busy host misses none.
"""

import socket
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Thread, Timer
from typing import NamedTuple

from card import Card, Toss
from machine import Outcome, prepare_boot, read_outcome
from machine_parts import Parts, say
from nbd import Request, serve


class Cut(NamedTuple):
    """When the power goes: so many writes and flushes after so many lines that begin with a word.

    With no line to wait for they are counted from the start of the machine.
    """

    word: str
    lines: int
    requests: int


class Run(NamedTuple):
    """What a machine did until it was no more.

    before: the request that was not done any more; None when the machine switched itself off, or
    was stopped because it took too long. toss: what became of the card's cache.
    """

    outcome: Outcome
    before: Request | None
    toss: Toss


class _Supply:
    """The power of one machine, which goes after so many requests; None: it does not."""

    def __init__(self) -> None:
        self.requests_left: int | None = None
        self.machine: subprocess.Popen[bytes] | None = None
        self.cut_before: Request | None = None

    def admit(self, request: Request) -> bool:
        if request is Request.READ or self.requests_left is None:
            return True
        if self.requests_left:
            self.requests_left -= 1
            return True
        self.cut_before = request
        assert self.machine is not None, "a request from a machine that was not started"
        self.machine.kill()
        return False


def run_until_cut(
    parts: Parts,
    card: Card,
    cut: Cut | None,
    program: Path,
    *arguments: str,
    timeout_s: float = 240.0,
) -> Run:
    """Boot with this card and run a program until the power goes; without a cut, to its end."""
    say(f"running {program.name} {' '.join(arguments)} until {cut or 'it ends'}")
    began = time.monotonic()
    supply = _Supply()
    ours, the_machines = socket.socketpair()
    with tempfile.TemporaryDirectory(prefix="storm-petrel-") as folder, ours, the_machines:
        outbox = Path(folder)
        disk = f"file.driver=nbd,file.server.type=fd,file.server.str={the_machines.fileno()}"
        command = prepare_boot(parts, outbox, program, *arguments, disk=disk)
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[the_machines.fileno()],
        ) as supply.machine:
            the_machines.close()
            server = Thread(target=serve, args=(ours, card, supply.admit))
            server.start()
            limit = Timer(timeout_s, supply.machine.kill)
            limit.start()
            try:
                output = _follow(supply.machine, supply, cut)
            finally:
                supply.machine.kill()
                limit.cancel()
                server.join()
        outcome = read_outcome(outbox, output)
    before, took_s = supply.cut_before, time.monotonic() - began
    how = f"was cut before a {before.name}" if before else f"ended with {outcome.status}"
    say(f"{program.name} {how} in {took_s:.0f} s")
    return Run(outcome, before, card.lose_power())


def _follow(machine: subprocess.Popen[bytes], supply: _Supply, cut: Cut | None) -> bytes:
    """All that the machine wrote; at the line that the cut waits for its requests are counted."""
    if cut and not cut.lines:
        supply.requests_left = cut.requests
    assert machine.stdout is not None
    output, seen = b"", 0
    for line in machine.stdout:
        output += line
        if cut and line.startswith(cut.word.encode()):
            seen += 1
            if seen == cut.lines:
                supply.requests_left = cut.requests
    return output
