"""One target before atheris for some seconds, in a process of its own.

worker.py ROOM/TARGET SECONDS FOLDER [INPUT]: findings go to FOLDER/findings.jsonl, one a line, and
what reached something new to FOLDER/corpus. With an INPUT that alone is fed, and the error shown.
With 0 seconds the seeds are fed, and ten changes of each, always the same, without atheris.
"""

import contextlib
import hashlib
import json
import logging
import os
import resource
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests" / "benchmarks")]

from fuzzing.mutation import mutant  # noqa: E402
from fuzzing.target import Shape, Target  # noqa: E402

_OURS = ["sensors", "calibration", "web"]
_OUR_SCRIPTS = ["card_list", "replay_storm", "score_warnings", "warning_hours"]
_LONGEST_S = 2.0
_MOST_GROWTH_KB = 200 * 1024
_LONGEST_INPUT = 65_536
_MOST_RSS_MB = 1500
_CHANGES = 10


class Watch:
    """Feeds a target, and keeps one input of each way in which it fails."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._folder = target, folder
        self._known: set[str] = set()
        self._file = folder / "findings.jsonl"

    def feed(self, data: bytes) -> None:
        """Feed it, and note what must not be."""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        try:
            self._target.feed(data)
        except self._target.expected:
            pass
        except (Exception, SystemExit) as error:
            words = f"{type(error).__name__}: {error}"
            self._note(type(error).__name__, words[:300], _where(error), data)
        lasted_s = time.process_time() - began
        if lasted_s > _LONGEST_S:
            self._note("slow", f"{lasted_s:.1f} s", "", data)
        growth_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        if growth_kb > _MOST_GROWTH_KB:
            self._note("memory", f"{growth_kb // 1024} MB", "", data)

    def _note(self, kind: str, words: str, where: str, data: bytes) -> None:
        key = f"{kind} {where}"
        if key in self._known:
            return
        self._known.add(key)
        name = f"{kind}-{hashlib.sha256(data).hexdigest()[:10]}"
        (self._folder / name).write_bytes(data)
        finding = {"kind": kind, "words": words, "where": where, "input": name}
        with self._file.open("a") as file:
            file.write(json.dumps(finding) + "\n")


def _where(error: BaseException) -> str:
    """The last line of ours that it came through."""
    frames = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(ROOT)) and ".venv" not in frame.filename
    ]
    return frames[-1] if frames else ""


def prepare() -> None:
    """Nobody sleeps, logs, or starts this anew."""
    from support import environment

    environment.enter = lambda: None
    time.sleep = lambda seconds: None
    logging.disable(logging.CRITICAL)


def target_of(name: str, folder: Path) -> Target:
    """The target of this name; its room is loaded here and now."""
    room, _, one = name.partition("/")
    found: Target = import_module(f"fuzzing.{room}_room").TARGETS[one](folder / "scratch")
    return found


def main() -> None:
    """Fuzz, or feed one input."""
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    (folder / "corpus").mkdir(exist_ok=True)
    os.environ["HOME"] = os.environ["XDG_DATA_HOME"] = str(folder / "scratch")
    if len(sys.argv) > 4:
        data = Path(sys.argv[4]).read_bytes()
        prepare()
        target_of(name, folder).feed(data)
        print("nothing wrong with it")
        return
    if seconds == 0:
        prepare()
        target = target_of(name, folder)
        watch = Watch(target, folder)
        for seed in target.seeds:
            watch.feed(seed)
            for changed in (mutant(seed, target.shape, number) for number in range(_CHANGES)):
                if changed is not None:
                    watch.feed(changed)
        return
    _fuzz(name, seconds, folder)


def _fuzz(name: str, seconds: int, folder: Path) -> None:
    import atheris

    prepare()
    with atheris.instrument_imports(include=_OURS + _OUR_SCRIPTS):
        target = target_of(name, folder)
        for seed in target.seeds:
            seed_name = hashlib.sha256(seed).hexdigest()[:16]
            (folder / "corpus" / seed_name).write_bytes(seed)

        def change(data: bytes, most: int, seed: int) -> bytes:
            found = mutant(data, target.shape, seed) if seed % 4 else None
            changed: bytes = atheris.Mutate(data, most) if found is None else found[:most]
            return changed

        options: dict[str, Any] = {}
        if target.shape is not Shape.BYTES:
            options["custom_mutator"] = change
        arguments = [
            *(sys.argv[0], str(folder / "corpus"), f"-max_total_time={seconds}"),
            *(f"-max_len={_LONGEST_INPUT}", "-timeout=30", f"-rss_limit_mb={_MOST_RSS_MB}"),
            *(f"-artifact_prefix={folder}/", "-print_final_stats=1", "-handle_int=0"),
        ]
        watch = Watch(target, folder)
        atheris.Setup(arguments, watch.feed, **options)
        with contextlib.suppress(KeyboardInterrupt):
            atheris.Fuzz()


if __name__ == "__main__":
    main()
