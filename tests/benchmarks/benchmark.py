"""Run every comparison, and write what came of it into one report with pictures.

  scripts/benchmark                          all parts that need no data
  scripts/benchmark --data DIR               with the records that are not shipped
  scripts/benchmark --quick                  a rough run, some minutes
  scripts/benchmark --only cost --only faults    two parts
  scripts/benchmark --output FOLDER          the report goes there

The report is docs/benchmarks.md with docs/benchmarks-*.svg; that of a rough run, or of some parts
alone, goes to the folder build/benchmarks, if --output names no other. A part that fails is told in
the report and stops no other; the exit status is then 1. A goal that is not reached is told as
well, and is no failure.

DIR holds colour/ and pressure/: where its records are from, docs/storms.md says. Drivers and
libraries of others are installed from PyPI, once, each in an environment of its own in the cache
folder. Nothing else should run beside it: times are compared within a turn, but a busy machine
widens every range.

The parts, and how long each usually takes:

"""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

from report.machine import ROOT, facts, load
from report.parts import Part, shipped
from report.pictures import Picture, pictures
from report.results import Result, Status
from report.running import run
from report.writing import Run, report

_REPORT = "benchmarks.md"


def main(arguments: Sequence[str], parts: Sequence[Part]) -> int:
    """Run, write, and say where the report is; 1 when a part failed."""
    options = _options(arguments, parts)
    is_partial = bool(options.only)
    chosen = [part for part in parts if not is_partial or part.name in options.only]
    began = time.monotonic()
    known = list(facts())
    results = _run_all(chosen, options)
    drawn = list(pictures({result.part.name: result for result in results}))
    took_s = time.monotonic() - began
    known.append(("load at its end", load()))
    words = report(
        Run(
            results,
            known,
            {picture.part: (picture.name, picture.words) for picture in drawn},
            options.quick,
            is_partial,
            took_s,
        )
    )
    folder = options.output
    _write(folder, words, drawn)
    failed = [result.part.name for result in results if result.status is Status.FAILED]
    _say(f"\nThe report: {folder / _REPORT}, after {took_s / 60:.0f} min")
    if failed:
        _say(f"Failed: {', '.join(failed)}; why, stands in the report")
    return 1 if failed else 0


def _options(arguments: Sequence[str], parts: Sequence[Part]) -> argparse.Namespace:
    lines = [
        f"  {part.name:12}{part.usually_s:5} s  {part.title}{' (--data)' if part.data else ''}"
        for part in parts
    ]
    minutes = sum(part.usually_s for part in parts) / 60
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description=(__doc__ or "") + "\n".join([*lines, f"\nTogether: {minutes:.0f} minutes."]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", help="where the records are that are not shipped")
    add("--quick", action="store_true", help="a rough run with fewer repetitions")
    add("--output", type=Path, metavar="FOLDER", help="where the report goes")
    names = [part.name for part in parts]
    add("--only", action="append", metavar="NAME", choices=names, help="this part; may be repeated")
    options = parser.parse_args(arguments)
    if options.data and not options.data.is_dir():
        parser.error(f"--data: {options.data} is no folder; it holds colour/ and pressure/")
    if options.data:
        options.data = options.data.resolve()
    options.output = options.output or _usual_folder(options.quick or bool(options.only))
    try:  # now, and not when all has been run
        options.output.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=options.output).close()
    except OSError as error:
        parser.error(f"--output: {options.output} cannot be written: {error.strerror}")
    return options


def _run_all(parts: Sequence[Part], options: argparse.Namespace) -> list[Result]:
    results = []
    for number, part in enumerate(parts, start=1):
        less = "less than " if options.quick and part.quick is not None else ""
        _say(
            f"[{number}/{len(parts)}] {part.name}: {part.title} ({less}{part.usually_s} s usually)"
        )
        result = run(part, options.data, options.quick)
        results.append(result)
        if result.status is Status.RAN:
            missed = f"; not all of its own goals: {result.missed}" if result.missed else ""
            _say(f"      ran in {result.took_s:.0f} s{missed}")
        else:
            _say(f"      {result.status.value}: {result.words}")
    return results


def _usual_folder(is_rough: bool) -> Path:
    return ROOT / "build" / "benchmarks" if is_rough else ROOT / "docs"


def _write(folder: Path, words: str, drawn: Sequence[Picture]) -> None:
    for picture in drawn:
        (folder / picture.name).write_text(picture.svg, encoding="utf-8")
    (folder / _REPORT).write_text(words, encoding="utf-8")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Ended by whatever, it ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:], shipped()))
    except KeyboardInterrupt:
        sys.exit(130)
