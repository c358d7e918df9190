"""The ledger: what uasync costs, in cycles, bytes, instructions and time, held against limits and beside others.

  ledger.py measure [--json FILE]   measure, and print a table
  ledger.py check [--json FILE]     the same, and fail if a limit in limits.json is passed
  ledger.py hold                    measure, and tighten limits.json to what was measured
  ledger.py readme                  measure, and write the README's figures
  ledger.py publish [--out DIR]     measure, and write the comparison, docs/comparison.md; --readme writes the README's figures, too

Cycles, bytes and instructions are repeatable and may have limits. Times are told, and held only as a share of what another library
takes in the same run. So is the speed of the emulator, beside rp2040js.

A limit in limits.json has `max` (or `min`), which the project has promised, and perhaps `held`: what was reached, with a little
slack, so that growth is seen long before it breaks the promise. If growth is worth what it buys, `hold` makes it the new state.
`reason` says why a promise is not what the project aims at.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import books, emulator, host, pico, pico_sdk, readme
from .build import Failure
from .comparison import about, publish
from .files import Figures, load_figures, load_limits


def measure(arguments: argparse.Namespace) -> Figures:
    if arguments.figures is not None:
        return load_figures(Path(arguments.figures))
    figures: Figures = {}
    if arguments.only in (None, "host", "instructions"):
        host.measure_instructions(figures, of_peers=arguments.verb == "publish")
    if arguments.only in (None, "host", "times"):
        host.measure_times(figures, arguments.quick)
    if arguments.only in (None, "pico"):
        pico.measure(figures)
        pico_sdk.measure(figures)
        emulator.measure(figures)
    return {name: books.rounded(value) for name, value in figures.items()}


def run_to_publish(arguments: argparse.Namespace) -> publish.Run:
    """Measures everything, or reads what publish has written."""
    if arguments.only is not None or arguments.quick:
        raise Failure("publish compares everything; leave out --only and --quick")
    publish.prepare(arguments.out)
    if arguments.figures is not None:
        return publish.load_run(Path(arguments.figures))
    watch = about.Watch()
    figures = measure(arguments)
    systems = [system for system in books.MEASURED if f"host.{system}.switch_ns" in figures]
    return publish.Run(figures, about.describe(watch.cores(), systems))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["measure", "check", "hold", "readme", "publish"])
    parser.add_argument("--json", metavar="FILE", help="write the figures as a flat map of names to numbers")
    parser.add_argument(
        "--from", dest="figures", metavar="FILE", help="measure nothing: take the figures from a file that --json wrote, or publish, for publish"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, default=publish.DOCS, help="where publish writes comparison.md (docs)")
    parser.add_argument("--readme", action="store_true", help="with publish: also write the README's figures")
    parser.add_argument(
        "--only",
        choices=["pico", "host", "instructions", "times"],
        help="leave out the rest; host is instructions and times, and only times need a quiet machine",
    )
    parser.add_argument("--quick", action="store_true", help="of the others only what limits compare with; each time once")
    arguments = parser.parse_args()
    try:
        run = run_to_publish(arguments) if arguments.verb == "publish" else None
        figures = measure(arguments) if run is None else run.figures
        if arguments.json is not None:
            Path(arguments.json).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        limits = load_limits(books.LIMITS)
        if arguments.verb == "hold":
            books.hold(figures, limits)
        books.print_table(figures, limits)
        if run is not None:
            publish.write(arguments.out, run)
        if arguments.verb == "readme" or arguments.readme:
            readme.write(figures)
        if arguments.verb == "check":
            sentences = list(books.failures(figures, limits))
            for sentence in sentences:
                print(f"ledger: {sentence}", file=sys.stderr)
            return 1 if sentences else 0
    except Failure as failure:
        print(f"ledger: {failure}", file=sys.stderr)
        return 2
    return 0
