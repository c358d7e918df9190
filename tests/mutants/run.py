#!/usr/bin/env python3
"""Do the tests find mistakes? Puts those of mistakes.txt into a copy of the library, and runs the tests with one at a time.

The copy, in build/mutants, has all of them and is built once; the environment variable UASYNC_MISTAKE names the one that a run
makes. The tests that are likely to notice run first, and the first that fails ends it. A test that takes ten times as long as
without a mistake has failed. A test in real time (linux.*) has to fail twice, and to pass without the mistake in between.

    tests/mutants/run.py                         all
    tests/mutants/run.py --only 'timer_wheel'    those with that in their names
    tests/mutants/run.py --only lock --among '^sync'    with the tests whose names begin with that, which are sooner built
    UASYNC_MISTAKE=loop.fail_forgets_the_end build/mutants/build/tests/test_kernel_loop     by hand, once it is built

Ends with 1 if fewer than 95 % of those that are not equivalent are caught, or if the list does not fit the sources.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterable, Optional, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mutate  # noqa: E402  (found only now)
from mutate import Mistake  # noqa: E402

BAR = 0.95
# Not those that only look at what compiles or links, nor the long ones, nor the explorer's own, which counts states of this very code.
TESTS = r"^(asyncio|board|device|kernel|linux|print|queue|report|sync|task|testing|time)\."
LEFT_OUT = r"^(testing\.soak|testing\.explorer|linux\.glib)$"
GIGABYTE = 2**30


class Test:
    def __init__(self, name: str, command: Sequence[str], folder: str) -> None:
        self.name = name
        self.command = command
        self.folder = folder
        self.cpu = 0.0
        self.wall = 0.0

    def in_real_time(self) -> bool:
        return self.name.startswith("linux.")

    def run(self, mistake: Optional[Mistake] = None) -> Optional[str]:
        """How it failed, or None."""
        environment = {**os.environ, mutate.VARIABLE: mistake.name if mistake else ""}
        # Threads that wait for each other by turns take their time on a machine that has something else to do.
        patience = 60 if self.in_real_time() else 3
        cpu_limit = 600 if mistake is None else int(patience + 10 * self.cpu)
        wall_limit = 600 if mistake is None else 20 + patience + 10 * self.wall

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_limit, cpu_limit + 1))
            resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        try:
            done = subprocess.run(
                [*self.command, "--abort-after=1"], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=wall_limit, check=False, preexec_fn=limit,
            )
        except subprocess.TimeoutExpired:
            return "hangs"
        if done.returncode == 0:
            return None
        if mistake is None:  # with a test that is broken anyway there is nothing to be learnt
            sys.stdout.write(done.stdout.decode(errors="replace"))
        return "fails" if done.returncode > 0 else {-24: "never ends", -9: "never ends"}.get(done.returncode, "crashes")

    def measure(self) -> Optional[str]:
        before = time.monotonic()
        cpu_before = resource.getrusage(resource.RUSAGE_CHILDREN)
        failure = self.run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic() - before
        self.cpu = after.ru_utime + after.ru_stime - cpu_before.ru_utime - cpu_before.ru_stime
        return failure


def build(mistakes: Sequence[Mistake], folder: Path, jobs: int, anew: bool, among: str) -> list[Test]:
    """Configures and builds the copy. Its tests."""
    source, binary = folder / "source", folder / "build"
    if anew:
        mutate.copy(mistakes, source)
    settings = ["CMAKE_CXX_COMPILER=g++", "CMAKE_BUILD_TYPE=Release", "UASYNC_WERROR=OFF", "CMAKE_CXX_FLAGS=-w"]
    if shutil.which("ccache"):
        settings.append("CMAKE_CXX_COMPILER_LAUNCHER=ccache")
    configure: list[str | Path] = ["cmake", "-S", source, "-B", binary, "-G", "Ninja", *(f"-D{setting}" for setting in settings)]
    if anew:
        subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    listing: list[str | Path] = ["ctest", "--test-dir", binary, "-C", "single", "--show-only=json-v1"]
    tests = []
    for entry in json.loads(subprocess.run(listing, check=True, capture_output=True, text=True).stdout)["tests"]:
        name = entry["name"]
        if re.search(TESTS, name) and not re.search(LEFT_OUT, name) and re.search(among, name):
            properties = {p["name"]: p["value"] for p in entry["properties"]}
            command = entry.get("command") or [str(binary / "tests" / ("test_" + name.replace(".", "_")))]
            if not properties.get("DISABLED"):
                tests.append(Test(name, command, properties.get("WORKING_DIRECTORY", str(binary))))
    targets = [Path(test.command[0]).name for test in tests]
    if anew:
        subprocess.run(["cmake", "--build", binary, "-j", str(jobs), "--target", *targets], check=True)
    return tests


def in_order(mistake: Mistake, tests: Iterable[Test]) -> list[Test]:
    """The likeliest first: those that the mistake names, those of the same header, those of the same folder; then the fastest."""
    words = mistake.tests.split()
    folder, _, stem = mistake.part.rpartition("/")

    def rank(test: Test) -> tuple[int, float]:
        for place, word in enumerate(words):
            if word in test.name:
                return place, test.cpu
        if test.name.split(".")[-1] == stem:
            return len(words), test.cpu
        return len(words) + (1 if test.name.startswith(folder) and test.wall < 1 else 2), test.cpu + test.wall

    return sorted(tests, key=rank)


def attempt(mistake: Mistake, tests: Iterable[Test]) -> tuple[Optional[str], float]:
    """Which test caught it, and how; or None. And how long that took."""
    begin = time.monotonic()
    for test in in_order(mistake, tests):
        how = test.run(mistake)
        if how and test.in_real_time():
            how = None if test.run() else test.run(mistake)
        if how:
            return f"{test.name} {how}", time.monotonic() - begin
    return None, time.monotonic() - begin


def show(mistakes: Iterable[Mistake]) -> None:
    for mistake in mistakes:
        print(f"{mistake.name}: {mistake.why}")
        if mistake.equivalent:
            print(f"    equivalent: {mistake.equivalent}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="REGEX", default="", help="mistakes with this in their names")
    parser.add_argument("--among", metavar="REGEX", default="", help="only with tests with this in their names")
    parser.add_argument("--list", action="store_true", help="say what the mistakes are, and do nothing")
    parser.add_argument("--check", action="store_true", help="only look whether this list, and that of firmware.py, fits the sources")
    parser.add_argument("--built", action="store_true", help="use what was built before as it is")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at once (default: %(default)s)")
    parser.add_argument("--build", type=Path, default=mutate.ROOT / "build/mutants", help="where (default: build/mutants)")
    options = parser.parse_args()
    mistakes = mutate.all_mistakes()
    chosen = [mistake for mistake in mistakes if re.search(options.only, mistake.name)]
    if options.list:
        show(chosen)
        return 0
    wrong = mutate.check_all()
    for line in wrong:
        print(line)
    if wrong or options.check:
        return 1 if wrong else 0

    begin = time.monotonic()
    tests = build(mistakes, options.build, options.jobs, not options.built, options.among)
    print(f"built in {time.monotonic() - begin:.0f} s; without a mistake:", flush=True)
    for test in tests:
        if failure := test.measure():
            print(f"{test.name} {failure} without a mistake")
            return 1
    print(f"{len(tests)} tests pass in {sum(test.wall for test in tests):.0f} s", flush=True)

    width = max((len(mistake.name) for mistake in chosen), default=0)
    survivors = []
    equivalents = [mistake for mistake in chosen if mistake.equivalent]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        attempts = {pool.submit(attempt, mistake, tests): mistake for mistake in chosen}
        for future in concurrent.futures.as_completed(attempts):
            mistake = attempts[future]
            caught_by, seconds = future.result()
            if caught_by and mistake.equivalent:
                caught_by += " (and was said to be equivalent)"
                equivalents.remove(mistake)
            elif caught_by is None and not mistake.equivalent:
                survivors.append(mistake)
            result = caught_by or ("equivalent" if mistake.equivalent else "SURVIVED")
            print(f"{mistake.name:{width}}  {seconds:6.1f} s  {result}", flush=True)

    print()
    for mistake in equivalents:
        print(f"equivalent: {mistake.name}: {mistake.equivalent}")
    for mistake in survivors:
        print(f"survived: {mistake.name}: {mistake.why}")
    total = len(chosen) - len(equivalents)
    caught = total - len(survivors)
    share = caught / total if total else 1
    print(f"{caught} of {total} caught: {100 * share:.1f} %, and {100 * BAR:.0f} % are to be. {len(equivalents)} are equivalent.")
    print(f"{time.monotonic() - begin:.0f} s")
    return 0 if share >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
