"""Has Spin visit every state of a model of the wake-up, as it is and with each of its rules broken: the first has to be right, the others wrong.

Usage: check_model.py SPIN C_COMPILER MODEL
"""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Optional

SPIN, COMPILER = sys.argv[1:3]
MODEL = pathlib.Path(__file__).resolve().parent / sys.argv[3]


def verify(mutation: Optional[str] = None) -> tuple[int, str, str]:
    """How many errors Spin finds, what it said, and how it came to the first."""
    define = [f"-D{mutation}"] if mutation else []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([SPIN, *define, "-a", MODEL], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        # Not optimised: a search takes less time than the compiler would. A hash table that suits some hundred thousand states.
        subprocess.run([COMPILER, "-O0", "-w", "-DSAFETY", "-o", "pan", "pan.c"], cwd=folder, check=True)
        said = subprocess.run(["./pan", "-m100000", "-w20"], cwd=folder, check=True, capture_output=True, text=True).stdout
        errors = re.search(r"errors: (\d+)", said)
        if errors is None or "max search depth too small" in said:
            sys.exit(f"Spin did not finish:\n{said}")
        trail = ""
        if int(errors[1]) != 0 and mutation is None:
            told = subprocess.run([SPIN, "-k", f"{MODEL.name}.trail", "-t", "-p", "-g", MODEL], cwd=folder, check=False,
                                  capture_output=True, text=True)
            trail = told.stdout
        return int(errors[1]), said, trail


def main() -> int:
    mutations = re.findall(r"^   ([A-Z_]{5,}) ", MODEL.read_text(encoding="utf-8"), re.MULTILINE)
    if len(mutations) < 5:
        sys.exit(f"{MODEL}: the list of macros was not found")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        whole, *broken = pool.map(verify, [None, *mutations])
    errors, said, trail = whole
    states = re.search(r"(\d+) states, stored", said)
    print(f"as it is: {errors} errors, {states[1] if states else '?'} states")
    unreached = re.findall(re.escape(MODEL.name) + r":(\d+), state \d+, \"(?!-end-)", said)
    failed = errors != 0 or bool(unreached)
    if unreached:
        print("never reached: lines " + ", ".join(unreached))
    if failed:
        print(said, trail)
    for mutation, (errors, said, _) in zip(mutations, broken):
        what = re.search(r"pan:1: (.*?) \(at depth", said)
        print(f"{mutation}: {what[1] if what else 'NO ERROR, but there has to be one'}")
        failed |= errors == 0
    return 1 if failed else 0


sys.exit(main())
