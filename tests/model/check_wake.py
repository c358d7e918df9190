"""Has Spin visit every state of a model of the wake-up, as it is and with each of its rules broken: the first has to be right, the others wrong.

Usage: check_wake.py SPIN C_COMPILER [MODEL]       tests/model/wake.pml if no other is named
"""

import pathlib
import re
import subprocess
import sys
import tempfile

MODEL = pathlib.Path(__file__).resolve().parent / (sys.argv[3] if len(sys.argv) > 3 else "wake.pml")


def verify(spin, compiler, folder, mutation=None):
    """How many errors Spin finds, and what it said."""
    define = [f"-D{mutation}"] if mutation else []
    subprocess.run([spin, *define, "-a", MODEL], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([compiler, "-O1", "-w", "-DSAFETY", "-o", "pan", "pan.c"], cwd=folder, check=True)
    said = subprocess.run(["./pan", "-m100000"], cwd=folder, check=True, capture_output=True, text=True).stdout
    errors = re.search(r"errors: (\d+)", said)
    if errors is None or "max search depth too small" in said:
        sys.exit(f"Spin did not finish:\n{said}")
    return int(errors[1]), said


def main():
    spin, compiler = sys.argv[1:3]
    mutations = re.findall(r"^   ([A-Z_]{5,}) ", MODEL.read_text(encoding="utf-8"), re.MULTILINE)
    if len(mutations) < 5:
        sys.exit(f"{MODEL}: the list of macros was not found")
    with tempfile.TemporaryDirectory() as folder:
        errors, said = verify(spin, compiler, folder)
        states = re.search(r"(\d+) states, stored", said)
        print(f"as it is: {errors} errors, {states[1]} states")
        unreached = re.findall(re.escape(MODEL.name) + r":(\d+), state \d+, \"(?!-end-)", said)
        failed = errors != 0 or bool(unreached)
        if unreached:
            print("never reached: lines " + ", ".join(unreached))
        if failed:
            trail = subprocess.run([spin, "-t", "-p", "-g", MODEL], cwd=folder, check=False, capture_output=True, text=True)
            print(said, trail.stdout)
        for mutation in mutations:
            errors, said = verify(spin, compiler, folder, mutation)
            what = re.search(r"pan:1: (.*?) \(at depth", said)
            print(f"{mutation}: {what[1] if what else 'NO ERROR, but there has to be one'}")
            failed |= errors == 0
    return 1 if failed else 0


sys.exit(main())
