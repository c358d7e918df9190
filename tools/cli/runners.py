"""Runs each kind of test, and counts how many passed."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Mapping, Optional, Sequence

from . import docs, project
from .project import ROOT
from .results import Counts, conclude, from_ctest, from_unittest, from_vitest
from .steps import Log, StepFailed, Word

FORMATTED = ("*.hpp", "*.cpp")
#: What lint looks at, as few files, since what takes its time is the library's headers: sources of a target that are joined, by their paths.
LINTED = (
    ("uasync_sim", r"/Unity/|/uasync_sim_\w+\.cpp$|/src/(board|device)/(?!pin\.cpp)"),
    ("uasync_sim", r"/src/(kernel/|board/pin\.cpp)|/ports/"),
    ("uasync_linux", r"/Unity/"),
)
#: The host tests that a quick run leaves out: they build whole projects, compile what must not compile, or search all states of a model.
SLOW = r"^(consumer|model|compile_fail|link)\.|^docs\.blocks$"
LEDGER = ROOT / "bench" / "ledger.py"
PAGE_TESTS = project.EMULATOR / "page" / "e2e"
SITE = ROOT / "build" / "tested-page"
DOCS_SITE = ROOT / "build" / "tested-docs"


def ctest(
    log: Log, preset: str, names: Optional[Sequence[str]] = None, quick: bool = False, part: Optional[str] = None
) -> Counts:
    """Runs the tests of these names, or all, or all but the slow ones, or a part."""
    if names is not None and not names:
        return Counts()
    junit = ROOT / "build" / preset / "test-results.xml"
    junit.unlink(missing_ok=True)
    command: list[Word] = ["ctest", "--test-dir", ROOT / "build" / preset, "--output-on-failure", "--output-junit", junit, "--timeout", "300"]
    command += ["--parallel", os.cpu_count() or 1, "--test-output-size-passed", "1000000"]
    if names is not None:
        command += ["-C", "single", "-R", f"^({'|'.join(map(re.escape, names))})$"]
    if quick:
        command += ["-E", SLOW]
    if part is not None:
        command += ["-L", f"^{part}$"]
    status, _ = log.run(command, cwd=ROOT, may_fail=True)
    return conclude(status, from_ctest(junit) if junit.exists() else Counts())


def unittest(
    log: Log, where: Sequence[str], text: Optional[str] = None, environment: Optional[Mapping[str, str]] = None
) -> Counts:
    command = [sys.executable, "-m", "unittest", "discover", *where]
    if text is not None:
        command += ["-k", text]
    status, output = log.run(command, cwd=ROOT, env=environment, may_fail=True)
    counts = from_unittest(output)
    if counts == Counts():  # newer Pythons take no tests for an error
        status = 0
    return conclude(status, counts)


def test_tools(log: Log, text: Optional[str] = None) -> Counts:
    return unittest(log, ["-s", "tools", "-p", "*_test.py"], text)


def test_command_line(log: Log, text: Optional[str] = None) -> Counts:
    return unittest(log, ["-s", "tests/cli"], text)


def test_firmware(
    log: Log, presets: Sequence[str] = project.PICO_PRESETS, text: Optional[str] = None, quick: bool = False
) -> Counts:
    environment = {"UASYNC_FIRMWARE_PRESETS": " ".join(presets), **({"UASYNC_QUICK": "1"} if quick else {})}
    return unittest(log, ["-s", "tests/firmware", "-t", "."], text, environment)


def test_qemu(log: Log, text: Optional[str] = None) -> Counts:
    return unittest(log, ["-s", "tests/qemu"], text)


def test_emulator(log: Log) -> Counts:
    return vitest(log, ["npm", "test"], project.EMULATOR / "build" / "test-results.json")


def test_some_of_emulator(log: Log, files: Sequence[Path], text: Optional[str] = None) -> Counts:
    """The tests in these files with a text in their names; without a text, those that import one of these files."""
    command: list[Word] = ["npm", "exec", "vitest", "--"]
    if text is not None:
        command += ["run", *(file.relative_to(project.EMULATOR) for file in files)]
    elif all(file.suffix == ".ts" and file.exists() for file in files):
        log.run(["npm", "exec", "tsc", "--", "-p", "tsconfig.test.json"], cwd=project.EMULATOR)
        command += ["related", "--run", *files]
    else:  # the tools', or one that is no longer there
        command = ["npm", "test"]
    return vitest(log, command, project.EMULATOR / "build" / "test-results.json", text)


def test_page(log: Log, files: Sequence[Path] = (), text: Optional[str] = None) -> Counts:
    command: list[Word] = ["npm", "run", "test:page"]
    if text is not None:  # only its tests can be chosen: the page is one program
        command += ["--", *(file.name for file in files if file.name.endswith(".test.ts"))]
    environment = {"UASYNC_SITE": str(SITE), "UASYNC_DOCS": str(DOCS_SITE)}
    return vitest(log, command, project.EMULATOR / "build" / "page-test-results.json", text, environment)


def vitest(
    log: Log, command: Sequence[Word], report: Path, text: Optional[str] = None, environment: Optional[Mapping[str, str]] = None
) -> Counts:
    report.unlink(missing_ok=True)
    if text is not None:
        command = [*command, f"--testNamePattern={re.escape(text)}"]
    status, _ = log.run(command, cwd=project.EMULATOR, env=environment, may_fail=True)
    counts = from_vitest(report) if report.exists() else Counts(failed=1)
    if text is not None:
        counts.skipped = 0  # to vitest, all the others
    return conclude(status, counts)


def check_ledger(log: Log, part: str) -> Counts:
    # Quick: times that have no limits need not be exact.
    return check_one(log, [sys.executable, LEDGER, "check", "--quick", "--only", part])


def check_one(log: Log, command: Sequence[Word]) -> Counts:
    """A command that is a single test."""
    status, _ = log.run(command, cwd=ROOT, may_fail=True)
    return conclude(status, Counts(passed=0 if status else 1))


def sources(log: Log) -> list[str]:
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


def check_format(log: Log, files: Optional[Sequence[str]] = None) -> Counts:
    files = files or sources(log)
    status, output = log.run(["clang-format-19", "--dry-run", "-Werror", *files], cwd=ROOT, may_fail=True)
    wrong = sorted({line.split(":")[0] for line in output.splitlines() if "[-Wclang-format-violations]" in line})
    if wrong:
        log.write(f"To format {'it' if len(wrong) == 1 else 'them'}: clang-format-19 -i {' '.join(wrong)}\n")
    return conclude(status, Counts(passed=0 if status else 1))


def check_documentation(log: Log) -> Counts:
    docs.check_sources(log)
    return Counts(passed=1)


def check_types(log: Log) -> Counts:
    return check_one(log, ["mypy", "--config-file", "tools/mypy.ini"])


def check_lint(log: Log) -> Counts:
    folder = ROOT / "build" / "clang" / "lint"
    write_linted(ROOT / "build" / "clang" / "compile_commands.json", folder)
    return check_one(log, ["run-clang-tidy-19", "-quiet", "-p", folder, "-j", 1])


def write_linted(commands: Path, folder: Path) -> None:
    """Writes the files that lint looks at, and how they are compiled."""
    known = json.loads(commands.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for number, (target, paths) in enumerate(LINTED):
        of_target = [entry for entry in known if f"/{target}.dir/" in entry["command"] and not entry["file"].endswith(".hxx.cxx")]
        joined = [entry for entry in of_target if re.search(paths, entry["file"])]
        if not joined:
            raise StepFailed(f"{commands}: no file of {target} is to be linted")
        file = folder / f"{number}_{target}.cpp"
        file.write_text("".join(f'#include "{entry["file"]}"\n' for entry in joined), encoding="utf-8")
        # A local name that is one of another file, too, is not a mistake: each file is compiled by itself with -Wshadow.
        command = joined[0]["command"].replace(joined[0]["file"], str(file)).replace(" -Wshadow", "")
        entries.append({"directory": joined[0]["directory"], "command": command, "file": str(file)})
    (folder / "compile_commands.json").write_text(json.dumps(entries, indent=1), encoding="utf-8")
