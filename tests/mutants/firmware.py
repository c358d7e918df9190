#!/usr/bin/env python3
"""Do the firmware tests find mistakes? Puts one of firmware.txt at a time into a copy of the sources, for what only runs on the RP2040.

The copy is in build/mutants/firmware. For each mistake the script writes the changed file, builds with the preset pico-os the programs that
the mistake names, and runs the tests that it names on the emulated Pico, which has to be built: they are to fail. firmware.txt is as
mistakes.txt, but text is replaced as it stands, also in assembly, and `tests:` has test modules, classes or methods of tests/firmware
and the CMake targets that these need: `tests: test_loops.Core1 firmware_core1`.

    tests/mutants/firmware.py                   all, which takes about ten seconds each
    tests/mutants/firmware.py --only 'cores'    those with that in their names

Ends with 1 if a mistake survives that is not equivalent, or if the list does not fit the sources.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterable, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mutate  # noqa: E402  (found only now)
from mutate import ROOT, Mistake  # noqa: E402

PRESET = "pico-os"
FOLDER = ROOT / "build/mutants/firmware"


def tests_and_targets(mistakes: Iterable[Mistake]) -> tuple[list[str], list[str]]:
    words = sorted({word for mistake in mistakes for word in mistake.tests.split()})
    return [word for word in words if word.startswith("test_")], [word for word in words if not word.startswith("test_")]


def build(targets: Sequence[str]) -> Optional[str]:
    """What the compiler says, if it does not like the sources."""
    done = subprocess.run(
        ["cmake", "--build", FOLDER / PRESET, "-j", "1", "--target", *targets], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )
    return done.stdout if done.returncode else None


def failure(tests: Sequence[str]) -> Optional[str]:
    """What Python says of the first test that fails."""
    environment = {**os.environ, "UASYNC_BUILD_DIR": str(FOLDER), "UASYNC_FIRMWARE_PRESETS": PRESET}
    command = [sys.executable, "-m", "unittest", "-f", *(f"firmware.{test}" for test in tests)]
    done = subprocess.run(command, cwd=ROOT / "tests", env=environment, stderr=subprocess.PIPE, text=True, check=False)
    return done.stderr if done.returncode else None


def copy_of(mistake: Mistake) -> Path:
    return FOLDER / "source" / mutate.place_of(mistake)[0].relative_to(ROOT)


def attempt(mistake: Mistake) -> Optional[str]:
    """The test that caught it, or None."""
    file, begin, end = mutate.place_of(mistake)
    right = file.read_text(encoding="utf-8")
    copied = copy_of(mistake)
    copied.write_text(right[:begin] + mistake.new + right[end:], encoding="utf-8")
    tests, targets = tests_and_targets([mistake])
    try:
        if said := build(targets):
            print(said)
            return "DOES NOT COMPILE"
        found = failure(tests)
    finally:
        copied.write_text(right, encoding="utf-8")
    return found and (re.findall(r"^(?:FAIL|ERROR): (\w+)", found, re.M) or [found])[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="REGEX", default="", help="mistakes with this in their names")
    options = parser.parse_args()
    mistakes = mutate.all_mistakes("firmware.txt")
    if wrong := mutate.check(mistakes, at_once=False):
        sys.exit("\n".join(wrong))
    chosen = [mistake for mistake in mistakes if re.search(options.only, mistake.name)]

    begin = time.monotonic()
    mutate.copy([], FOLDER / "source")
    for mistake in chosen:  # a run that was interrupted may have left an object with a mistake
        copy_of(mistake).touch()
    configure: list[str | Path] = ["cmake", "--preset", PRESET, "-B", FOLDER / PRESET, "-DUASYNC_WERROR=OFF"]
    subprocess.run(configure, cwd=FOLDER / "source", check=True, stdout=subprocess.DEVNULL)
    tests, targets = tests_and_targets(chosen)
    if problem := build(targets) or failure(tests):
        sys.exit(f"without a mistake:\n{problem}")
    print(f"without a mistake all pass, after {time.monotonic() - begin:.0f} s", flush=True)

    survivors = []
    for mistake in chosen:
        start = time.monotonic()
        caught_by = attempt(mistake) if mistake.tests else None
        if caught_by in (None, "DOES NOT COMPILE") and not mistake.equivalent:
            survivors.append(mistake)
        result = caught_by or ("equivalent" if mistake.equivalent else "SURVIVED")
        print(f"{mistake.name:50}  {time.monotonic() - start:6.1f} s  {result}", flush=True)
    for mistake in survivors:
        print(f"survived: {mistake.name}: {mistake.why}")
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} caught or equivalent, {time.monotonic() - begin:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
