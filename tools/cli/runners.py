"""Runs each kind of test, and counts how many passed."""

import os
import re
import sys

from . import project
from .project import ROOT
from .results import Counts, conclude, from_ctest, from_unittest, from_vitest
from .steps import StepFailed

FORMATTED = ("*.hpp", "*.cpp")
LINTED = "/uasync_(sim|linux)\\.dir/Unity/"  # all of the runtime as one file, so that its headers are looked at once
LEDGER = ROOT / "bench" / "ledger.py"
PAGE_TESTS = project.EMULATOR / "page" / "e2e"
PACE = PAGE_TESTS / "pace.test.ts"  # the page's tests that measure how fast it is
SITE = ROOT / "build" / "tested-page"


def ctest(log, preset, names=None):
    """Runs the tests of these names, or all."""
    if names is not None and not names:
        return Counts()
    junit = ROOT / "build" / preset / "test-results.xml"
    junit.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", ROOT / "build" / preset, "--output-on-failure", "--output-junit", junit, "--timeout", "300"]
    command += ["--parallel", os.cpu_count() or 1, "--test-output-size-passed", "1000000"]
    if names is not None:
        command += ["-R", f"^({'|'.join(map(re.escape, names))})$"]
    status, _ = log.run(command, cwd=ROOT, may_fail=True)
    return conclude(status, from_ctest(junit) if junit.exists() else Counts())


def unittest(log, where, text=None, environment=None):
    command = [sys.executable, "-m", "unittest", "discover", *where]
    if text is not None:
        command += ["-k", text]
    status, output = log.run(command, cwd=ROOT, env=environment, may_fail=True)
    counts = from_unittest(output)
    if counts == Counts():  # newer Pythons take no tests for an error
        status = 0
    return conclude(status, counts)


def test_tools(log, text=None):
    return unittest(log, ["-s", "tools", "-p", "*_test.py"], text)


def test_command_line(log, text=None):
    return unittest(log, ["-s", "tests/cli"], text)


def test_firmware(log, presets=project.PICO_PRESETS, text=None):
    return unittest(log, ["-s", "tests/firmware", "-t", "."], text, {"UASYNC_FIRMWARE_PRESETS": " ".join(presets)})


def test_emulator(log):
    return vitest(log, ["npm", "test"], project.EMULATOR / "build" / "test-results.json")


def test_some_of_emulator(log, files, text=None):
    """The tests in these files with a text in their names; without a text, those that import one of these files."""
    command = ["npm", "exec", "vitest", "--"]
    if text is not None:
        command += ["run", *(file.relative_to(project.EMULATOR) for file in files)]
    elif all(file.suffix == ".ts" and file.exists() for file in files):
        log.run(["npm", "exec", "tsc", "--", "-p", "tsconfig.test.json"], cwd=project.EMULATOR)
        command += ["related", "--run", *files]
    else:  # the tools', or one that is no longer there
        command = ["npm", "test"]
    return vitest(log, command, project.EMULATOR / "build" / "test-results.json", text)


def test_page(log, files=(), text=None, but=None):
    command = ["npm", "run", "test:page", "--", *(["--exclude", f"**/{but.name}"] if but else [])]
    # Only its tests can be chosen: the page is one program.
    command += [file.name for file in files if file.name.endswith(".test.ts")] if text is not None or files == [PACE] else []
    return vitest(log, command, project.EMULATOR / "build" / "page-test-results.json", text, {"UASYNC_SITE": str(SITE)})


def vitest(log, command, report, text=None, environment=None):
    report.unlink(missing_ok=True)
    if text is not None:
        command = [*command, f"--testNamePattern={re.escape(text)}"]
    status, _ = log.run(command, cwd=project.EMULATOR, env=environment, may_fail=True)
    counts = from_vitest(report) if report.exists() else Counts(failed=1)
    if text is not None:
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


def check_format(log, files=None):
    files = files or sources(log)
    status, output = log.run(["clang-format-19", "--dry-run", "-Werror", *files], cwd=ROOT, may_fail=True)
    wrong = sorted({line.split(":")[0] for line in output.splitlines() if "[-Wclang-format-violations]" in line})
    if wrong:
        log.write(f"To format {'it' if len(wrong) == 1 else 'them'}: clang-format-19 -i {' '.join(wrong)}\n")
    return conclude(status, Counts(passed=0 if status else 1))


def check_lint(log):
    return check_one(log, ["run-clang-tidy-19", "-quiet", "-p", ROOT / "build" / "clang", "-j", 1, LINTED])
