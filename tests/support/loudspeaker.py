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
    """A stretch of sound. begin, end: Unix seconds, to about a fifth of a second."""

    begin: float
    end: float
    hz: float


class Loudspeaker:
    """What it has played so far. address: for the environment, as PULSE_SERVER."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._blocks: list[tuple[float, float]] = []

    def beeps(self, since: float = 0.0) -> list[Beep]:
        """Return the beeps that ended after a moment; blocks side by side are one."""
        beeps: list[Beep] = []
        for at, hz in list(self._blocks):
            if beeps and at - beeps[-1].end < 1.5 * _BLOCK_S:
                beeps[-1] = beeps[-1]._replace(end=at + _BLOCK_S, hz=max(hz, beeps[-1].hz))
            else:
                beeps.append(Beep(at, at + _BLOCK_S, hz))
        return [beep for beep in beeps if beep.end > since]

    def _listen(self, recording: IO[bytes]) -> None:
        size = round(_RATE_HZ * _BLOCK_S)
        began, blocks = time.time(), 0
        while len(data := recording.read(2 * size)) == 2 * size:
            samples = np.frombuffer(data, "<i2") / 32768
            # The stream's own pace, unless it has fallen behind: bytes come in lumps.
            began, blocks = max(began, time.time() - (blocks + 1) * _BLOCK_S - 1.0), blocks + 1
            if np.sqrt(np.mean(samples**2)) > _LEAST:
                spectrum = np.abs(np.fft.rfft(samples * np.hanning(size)))
                hz = float(np.argmax(spectrum)) / _BLOCK_S
                self._blocks.append((began + (blocks - 1) * _BLOCK_S, hz))


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
    quiet = {"stderr": subprocess.DEVNULL, "env": environment}
    with subprocess.Popen(
        ["pulseaudio", *options, *(f"-L{m}" for m in modules)], **quiet
    ) as server:
        try:
            assert eventually(socket.is_socket)
            record = ["parec", f"--server={address}", "--device=speaker.monitor", "--raw"]
            record += ["--format=s16le", f"--rate={_RATE_HZ}", "--channels=1", "--latency-msec=50"]
            with subprocess.Popen(record, stdout=subprocess.PIPE, **quiet) as recorder:
                speaker = Loudspeaker(address)
                assert recorder.stdout
                listener = Thread(target=speaker._listen, args=(recorder.stdout,))
                listener.start()
                try:
                    yield speaker
                finally:
                    recorder.terminate()
                    listener.join()
        finally:
            server.terminate()
