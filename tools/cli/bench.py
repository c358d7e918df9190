"""`./uasync bench`: the ledger of speed and size."""

from __future__ import annotations

import subprocess
import sys
from typing import Sequence

from . import packages, project, values
from .errors import Failure
from .options import Parser
from .steps import Progress

LEDGER = project.ROOT / "bench" / "ledger.py"
PACKAGES = (
    *packages.BUILD,
    *packages.HOST_GCC,
    *packages.CLANG,
    *packages.PICO,
    *packages.NODE,
    *packages.LEDGER,
)


def parser() -> Parser:
    result = Parser(
        "bench",
        "[--json FILE] [--readme]",
        """
        Measures what uasync costs, on the emulated Pico in cycles and bytes, on this machine in instructions and nanoseconds,
        and prints it as a table beside the limits and other libraries' figures. Cycles, bytes and instructions are
        the same on every run; the times depend on this machine and are only good for comparison with each other.
        """,
        """
        ./uasync bench
        ./uasync bench --json ledger.json      also as a flat map of names to numbers
        ./uasync bench --readme                also into the README's tables
        """,
    )
    result.add_argument("--json", metavar="FILE", type=values.output_file, help="also write the figures to FILE, as a flat map of names to numbers")
    result.add_argument("--readme", action="store_true", help="also write the figures into the README's tables")
    result.add_common()
    return result


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    Progress(options.verbose).run([*packages.steps(PACKAGES), *project.emulator_steps()])
    if not LEDGER.exists():
        raise Failure("bench/ledger.py is missing from this tree")
    print("measuring; this takes a few minutes", flush=True)
    verb = "readme" if options.readme else "measure"
    status = subprocess.call([sys.executable, str(LEDGER), verb, *(["--json", options.json] if options.json else [])])
    if status != 0:
        raise Failure(f"bench/ledger.py {verb} ended with status {status}")
    return 0
