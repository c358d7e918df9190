"""`./uasync test`: builds everything and runs every test."""

import os
import re
import sys
import time

from . import packages, page, project
from .errors import Failure
from .options import Parser
from .project import ROOT, build_step
from .results import Counts, conclude, from_ctest, from_unittest, from_vitest
from .steps import Progress, Step, StepFailed, format_seconds

HOST_PRESETS = ("gcc", "clang", "asan", "tsan")
FORMATTED = ("*.hpp", "*.cpp")
LINTED = "/uasync_(sim|linux)\\.dir/Unity/"  # all of the runtime as one file, so that its headers are looked at once
LEDGER = ROOT / "bench" / "ledger.py"
FIRMWARE_TESTS = ROOT / "tests" / "firmware"
PAGE_TESTS = project.EMULATOR / "page" / "e2e"
SITE = ROOT / "build" / "tested-page"

PACKAGES = (
    *packages.BUILD,
    *packages.HOST_GCC,
    *packages.CLANG,
    *packages.PICO,
    *packages.NODE,
    *packages.LEDGER,
    *packages.MODEL,
    *packages.GDB,
    *packages.BROWSER,
    *packages.FORMAT,
    *packages.LINT,
)
QUICK_PACKAGES = (*packages.BUILD, *packages.HOST_GCC, *packages.PICO, *packages.NODE, *packages.GDB, *packages.FORMAT)


def parser():
    result = Parser(
        "test",
        "[--quick] [-k FILTER]",
        """
        Builds everything and runs every test: the host tests with two compilers and under the sanitizers, the firmware tests on the
        emulated Pico, the emulator's and the tools' own tests, the page in a browser, the ledger of speed and size, formatting and
        lint. Goes on after a failure, so that all of them are seen; the status is then 1.

        Not yet built, all of it takes up to 20 minutes on two cores; --quick takes under two once built.
        """,
        """
        ./uasync test                  everything
        ./uasync test --quick          host tests with gcc, the quick firmware tests, formatting
        ./uasync test -k queue         only tests with 'queue' in their names; no ledger, formatting or lint
        """,
    )
    result.add_argument("--quick", action="store_true", help="only host tests with gcc, the quick firmware tests, and formatting")
    result.add_argument("-k", dest="filter", metavar="FILTER", help="only the tests whose names contain FILTER")
    result.add_common()
    return result


def main(arguments):
    options = parser().parse_args(arguments)
    progress = Progress(options.verbose)
    start = time.monotonic()
    try:
        outcomes = progress.run(steps(options), keep_going=True)
    except Failure as failure:  # nothing could be installed
        print(f"uasync test: {failure}\n\n{Counts(failed=1)}")
        return 1
    counts = sum(map(count, outcomes), Counts())
    print("\n" + table(outcomes, time.monotonic() - start))
    print(failures(outcomes), end="")
    if options.filter is not None and not counts.passed and not counts.failed:
        print(f"uasync test: no test has '{options.filter}' in its name")
        counts = Counts(failed=1)
    print(counts)
    return 1 if counts.failed else 0


def count(outcome):
    """A step that builds is not a test, unless it fails."""
    if outcome.not_run:
        return Counts(skipped=1)
    if isinstance(outcome.value, Counts):
        return outcome.value
    return Counts(failed=1 if outcome.failed else 0)


def failures(outcomes):
    """The names of the tests that failed: what was printed of them may be far above."""
    lines = [f"  {outcome.step.title}: {name}\n" for outcome in outcomes for name in count(outcome).names]
    return "".join(["Failed:\n", *lines, "\n"]) if lines else ""


def table(outcomes, seconds):
    width = max(len(outcome.step.title) for outcome in outcomes)
    rows = []
    for outcome in outcomes:
        result = "not run" if outcome.not_run else "FAILED" if outcome.failed else "ok"
        counts = str(outcome.value) if isinstance(outcome.value, Counts) else ""
        rows.append(f"{outcome.step.title:<{width}}  {result:<7}  {format_seconds(outcome.seconds):>11}  {counts}".rstrip())
    return "\n".join([*rows, f"{'':<{width}}  {'':<7}  {format_seconds(seconds):>11}", ""])


def steps(options):
    """All there is to do, in an order in which quick answers come early.

    Steps of one core run side by side. What measures times, or sees things move in a browser, runs alone, and so do compilers and
    tests that use all cores themselves.
    """
    setup = packages.steps(QUICK_PACKAGES if options.quick else PACKAGES)
    emulator = project.emulator_steps()
    for step in emulator:
        step.after = tuple(setup)
    result = [*setup, *emulator]
    everything = options.filter is None

    def add(title, work, *after, cores=None):
        result.append(Step(title, work, (*setup, *after), cores))
        return result[-1]

    def add_build(preset):
        step = build_step(preset)
        step.after = tuple(setup)
        result.append(step)
        return step

    if everything:
        add("formatting", check_format, cores=1)
    add("tests of the tools", lambda log: unittest(log, options, ["-s", "tools", "-p", "*_test.py"]), cores=1)
    add("tests of the command line", lambda log: unittest(log, options, ["-s", "tests/cli"]), cores=1)
    if not options.quick:
        bundled = add("building the page", page.build, *emulator, cores=1)
        add("tests of the emulator", lambda log: test_emulator(log, options), *emulator)
    built = {}
    for preset in HOST_PRESETS[:1] if options.quick else HOST_PRESETS:
        built[preset] = add_build(preset)
        add(f"tests {project.PRESETS[preset]}", lambda log, preset=preset: ctest(log, preset, options), built[preset])
    for preset in project.PICO_PRESETS[:1] if options.quick else project.PICO_PRESETS:
        built[preset] = add_build(preset)
    images = [built[preset] for preset in project.PICO_PRESETS if preset in built]
    if FIRMWARE_TESTS.is_dir():
        add("tests on the emulated Pico", lambda log: test_firmware(log, options), *emulator, *images, cores=1)
    if options.quick:
        return result
    written = add("writing the page", lambda log: page.write_site(SITE), bundled, built[page.PRESET], cores=1)
    has_ledger = everything and LEDGER.exists()
    if has_ledger:
        add("ledger: cycles and sizes on the Pico", lambda log: check_ledger(log, "pico"), *emulator, *images, cores=1)
        add("ledger: instructions on Linux", lambda log: check_ledger(log, "instructions"), built["gcc"], cores=1)
    if everything:
        add("lint", check_lint, built["clang"], cores=1)
    add("tests of the page in a browser", lambda log: test_page(log, options), written)
    if has_ledger:
        add("ledger: times on Linux", lambda log: check_ledger(log, "times"), built["gcc"])
    return result


def ctest(log, preset, options):
    junit = ROOT / "build" / preset / "test-results.xml"
    junit.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", ROOT / "build" / preset, "--output-on-failure", "--output-junit", junit, "--timeout", "300"]
    command += ["--parallel", os.cpu_count() or 1, "--test-output-size-passed", "1000000"]
    if options.filter is not None:
        command += ["-R", options.filter]
    status, _ = log.run(command, cwd=ROOT, may_fail=True)
    return conclude(status, from_ctest(junit) if junit.exists() else Counts())


def unittest(log, options, where, environment=None):
    command = [sys.executable, "-m", "unittest", "discover", *where]
    if options.filter is not None:
        command += ["-k", options.filter]
    status, output = log.run(command, cwd=ROOT, env=environment, may_fail=True)
    counts = from_unittest(output)
    if counts == Counts():  # newer Pythons take no tests for an error
        status = 0
    return conclude(status, counts)


def test_firmware(log, options):
    return unittest(log, options, ["-s", "tests/firmware", "-t", "."], {"UASYNC_QUICK": "1"} if options.quick else None)


def test_emulator(log, options):
    command = ["npm", "test"] if options.filter is None else ["npm", "exec", "vitest", "--", "run"]
    return vitest(log, options, command, project.EMULATOR / "build" / "test-results.json")


def test_page(log, options):
    command = ["npm", "run", "test:page"]
    if options.filter is not None:
        command = ["npm", "exec", "vitest", "--", "run", "--config", PAGE_TESTS / "vitest.config.ts"]
    return vitest(log, options, command, project.EMULATOR / "build" / "page-test-results.json", {"UASYNC_SITE": str(SITE)})


def vitest(log, options, command, report, environment=None):
    report.unlink(missing_ok=True)
    if options.filter is not None:
        command = [*command, f"--testNamePattern={re.escape(options.filter)}"]
    status, _ = log.run(command, cwd=project.EMULATOR, env=environment, may_fail=True)
    counts = from_vitest(report) if report.exists() else Counts(failed=1)
    if options.filter is not None:
        counts.skipped = 0  # to vitest, all the others
    return conclude(status, counts)


def check_ledger(log, part):
    # Quick: times that have no limits need not be exact.
    return check_one(log, [sys.executable, LEDGER, "check", "--quick", "--only", part])


def check_one(log, command):
    """A command that is a single test."""
    status, _ = log.run(command, cwd=ROOT, may_fail=True)
    return conclude(status, Counts(passed=0 if status else 1))


def sources(log):
    """The sources in the tree, those not yet committed among them."""
    if (ROOT / ".git").exists():
        listed = log.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *FORMATTED], cwd=ROOT)
        names = [name for name in listed.splitlines() if (ROOT / name).exists()]
    else:  # an unpacked archive
        skipped = {"build", "node_modules", "dist"}
        names = [
            str(path.relative_to(ROOT))
            for pattern in FORMATTED
            for path in ROOT.rglob(pattern)
            if not skipped.intersection(path.relative_to(ROOT).parts)
        ]
    if not names:
        raise StepFailed("no sources found")
    return sorted(names)


def check_format(log):
    files = sources(log)
    status, output = log.run(["clang-format-19", "--dry-run", "-Werror", *files], cwd=ROOT, may_fail=True)
    wrong = sorted({line.split(":")[0] for line in output.splitlines() if "[-Wclang-format-violations]" in line})
    if wrong:
        log.write(f"To format {'it' if len(wrong) == 1 else 'them'}: clang-format-19 -i {' '.join(wrong)}\n")
    return conclude(status, Counts(passed=0 if status else 1))


def check_lint(log):
    return check_one(log, ["run-clang-tidy-19", "-quiet", "-p", ROOT / "build" / "clang", "-j", 1, LINTED])
