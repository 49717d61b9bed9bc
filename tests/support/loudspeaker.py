"""A loudspeaker that writes down what it plays: PulseAudio with a sink for nothing."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

import numpy as np

from tests.support.waiting import eventually

_RATE_HZ = 8000
_BLOCK_S = 0.05
_LEAST = 0.02  # of full scale: what is softer is not heard


class Beep(NamedTuple):
    """A stretch of sound. begin, end: Unix seconds, to about a tenth of a second."""

    begin: float
    end: float
    hz: float


class Loudspeaker:
    """What it has played so far. address: for the environment, as PULSE_SERVER."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._beeps: list[Beep] = []

    def beeps(self, since: float = 0.0) -> list[Beep]:
        """Return the beeps that ended after a moment."""
        return [beep for beep in list(self._beeps) if beep.end > since]

    def _listen(self, recording: IO[bytes]) -> None:
        size = round(_RATE_HZ * _BLOCK_S)
        was_loud = False
        while len(data := recording.read(2 * size)) == 2 * size:
            now, samples = time.time(), np.frombuffer(data, "<i2") / 32768
            is_loud = bool(np.sqrt(np.mean(samples**2)) > _LEAST)
            if is_loud:
                spectrum = np.abs(np.fft.rfft(samples * np.hanning(size)))
                hz = float(np.argmax(spectrum)) / _BLOCK_S
                if was_loud:
                    last = self._beeps[-1]
                    self._beeps[-1] = last._replace(end=now, hz=max(hz, last.hz))
                else:
                    self._beeps.append(Beep(now - _BLOCK_S, now, hz))
            was_loud = is_loud


@contextmanager
def loudspeaker(folder: Path) -> Iterator[Loudspeaker]:
    """Run one. folder: for its socket, a short path."""
    socket = folder / "speaker"
    address = f"unix:{socket}"
    environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    modules = [
        "module-null-sink sink_name=speaker",
        f"module-native-protocol-unix socket={socket} auth-anonymous=1",
    ]
    command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
    command += [f"-L{module}" for module in modules]
    record = ["parec", f"--server={address}", "--device=speaker.monitor", "--raw"]
    record += ["--format=s16le", f"--rate={_RATE_HZ}", "--channels=1", "--latency-msec=50"]
    with _running(command, environment):
        assert eventually(socket.is_socket)
        with _running(record, environment) as recorder:
            yield from _listening(recorder, address)


def _listening(recorder: subprocess.Popen[bytes], address: str) -> Iterator[Loudspeaker]:
    speaker = Loudspeaker(address)
    assert recorder.stdout
    listener = Thread(target=speaker._listen, args=(recorder.stdout,))
    listener.start()
    try:
        yield speaker
    finally:
        recorder.terminate()
        listener.join()


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
