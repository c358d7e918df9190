"""`./uasync test`: builds everything and runs every test."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import time
from argparse import Namespace
from typing import Any, Callable, Iterable, Optional, Sequence, Union

from . import docs, graph, packages, packaging, page, pico_sdk, project, runners, selection
from .display import format_seconds
from .errors import Failure, UsageError
from .options import Parser
from .project import PRESETS, build_step
from .results import Counts
from .steps import Log, Outcome, Progress, Step

PACKAGES = (
    *packages.BUILD,
    *packages.HOST_GCC,
    *packages.CLANG,
    *packages.PICO,
    *packages.QEMU,
    *packages.NODE,
    *packages.LEDGER,
    *packages.MODEL,
    *packages.GDB,
    *packages.BROWSER,
    *packages.PACKAGING,
    *packages.DOXYGEN,
    *packages.BOOK,
    *packages.FORMAT,
    *packages.LINT,
    *packages.TYPES,
)
QUICK_PACKAGES = (
    *packages.BUILD,
    *packages.HOST_GCC,
    *packages.PICO,
    *packages.NODE,
    *packages.GDB,
    *packages.DOXYGEN,
    *packages.FORMAT,
    *packages.TYPES,
)

Chosen = Union[selection.Named, selection.Changed]


def parser() -> Parser:
    result = Parser(
        "test",
        "[--quick | -k FILTER | --changed [COMMIT]] [--everywhere]",
        """
        Builds everything and runs every test: the host tests with two compilers and under the sanitizers, the firmware tests on the
        emulated Pico, the emulator's and the tools' own tests, the page in a browser, the ledger of speed and size, formatting and
        lint. Goes on after a failure, so that all of them are seen; the status is then 1.

        --quick, -k and --changed take gcc alone, and of the Pico's builds gcc -Os, unless --everywhere is said. -k and --changed build only
        what they run. --changed compares with the commit where this branch left the main branch, or COMMIT, and runs the host tests that include
        a changed file, and the tests of the tools, the emulator, the page and the firmware whose folders have one.
        """,
        """
        ./uasync test                  everything
        ./uasync test --quick          the quick host tests with gcc and firmware tests, formatting, documentation and types
        ./uasync test -k queue.queue   only tests with 'queue.queue' in their names; no ledger, formatting or lint
        ./uasync test --changed        only what depends on the files that this branch has changed
        ./uasync test --changed HEAD   only what depends on the files that are not committed
        """,
    )
    which = result.add_mutually_exclusive_group()
    which.add_argument("--quick", action="store_true", help="only the quick host tests with gcc and firmware tests, and what takes seconds")
    which.add_argument("-k", dest="filter", metavar="FILTER", help="only the tests whose names contain FILTER")
    which.add_argument("--changed", nargs="?", const="", metavar="COMMIT", help="only the tests that changed files concern")
    result.add_argument("--everywhere", action="store_true", help="with -k or --changed: with all compilers and sanitizers")
    result.add_common()
    return result


def main(arguments: Sequence[str]) -> int:
    options = read(arguments)
    chosen = options.chosen
    pass_on_python()
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
    if chosen is not None and not counts.passed and not counts.failed:
        print(f"uasync test: {chosen}")
        if options.filter is not None:
            counts = Counts(failed=1)
    if chosen is not None and chosen.left_out:
        print(chosen.left_out + "\n")
    print(counts)
    return 1 if counts.failed else 0


def pass_on_python() -> None:
    """Has what the tests run find this Python. Where a version manager is installed, `python3` is a script that looks for it, which takes ten times
    as long as Python itself, hundreds of times in a run."""
    found = shutil.which("python3")
    folder = os.path.dirname(sys.executable)
    if found and not os.path.samefile(found, sys.executable) and os.path.exists(os.path.join(folder, "python3")):
        os.environ["PATH"] = os.pathsep.join([folder, os.environ["PATH"]])


def read(arguments: Sequence[str]) -> Namespace:
    """The options; `chosen` says which tests are to run, None for all or the quick ones."""
    options = parser().read(arguments)
    options.chosen = None
    if options.filter is not None:
        options.chosen = selection.Named(options.filter)
    elif options.changed is not None:
        options.chosen = selection.Changed(selection.changed_since(options.changed))
    elif options.everywhere:
        raise UsageError("--everywhere goes with -k or --changed; see ./uasync test --help")
    return options


def count(outcome: Outcome) -> Counts:
    """A step that builds is not a test, unless it fails."""
    if outcome.not_run:
        return Counts(skipped=1)
    if isinstance(outcome.value, Counts):
        return outcome.value
    return Counts(failed=1 if outcome.failed else 0)


def failures(outcomes: Iterable[Outcome]) -> str:
    """The names of the tests that failed: what was printed of them may be far above."""
    lines = [f"  {outcome.step.title}: {name}\n" for outcome in outcomes for name in count(outcome).names]
    return "".join(["Failed:\n", *lines, "\n"]) if lines else ""


def table(outcomes: Sequence[Outcome], seconds: float) -> str:
    width = max(len(outcome.step.title) for outcome in outcomes)
    rows = []
    for outcome in outcomes:
        result = "not run" if outcome.not_run else "FAILED" if outcome.failed else "ok"
        counts = str(outcome.value) if isinstance(outcome.value, Counts) else ""
        rows.append(f"{outcome.step.title:<{width}}  {result:<7}  {format_seconds(outcome.seconds):>11}  {counts}".rstrip())
    return "\n".join([*rows, f"{'':<{width}}  {'':<7}  {format_seconds(seconds):>11}", ""])


class Plan:
    """Steps that are gathered one by one. All of them come after the installation of packages."""

    def __init__(self, needed: Iterable[str]) -> None:
        self.setup = packages.steps(needed)
        self.steps = [*self.setup]

    def add(
        self, title: str, work: Callable[[Log], Any], *after: Step, cores: Optional[int] = None, gives_way: bool = False, undisturbed: bool = False
    ) -> Step:
        return self.append(Step(title, work, after, cores, gives_way, undisturbed))

    def append(self, step: Step) -> Step:
        step.after = (*self.setup, *step.after)
        self.steps.append(step)
        return step

    def add_emulator(self) -> list[Step]:
        return [self.append(step) for step in project.emulator_steps()]


def steps(options: Namespace) -> list[Step]:
    if options.chosen is not None:
        return chosen_steps(options, options.chosen)
    return quick_steps() if options.quick else all_steps()


def all_steps() -> list[Step]:
    """All there is to do, in an order in which quick answers come early.

    Compilers and tests that use all cores themselves run alone, and so does what measures times. The page in a browser, which is to move at its
    pace, leaves much of a machine idle: beside it, at a lower priority, run steps of one core that nobody waits for.
    """
    plan = Plan(PACKAGES)
    emulator = plan.add_emulator()
    add_quick_checks(plan)
    bundled = plan.add("building the page", page.build, *emulator, cores=1)
    plan.add("tests of the emulator", runners.test_emulator, *emulator)
    built: dict[str, Step] = {}
    for preset in project.HOST_PRESETS:
        part = project.HOST_PARTS.get(preset)
        built[preset] = plan.append(build_step(preset, *([f"tests_{part}"] if part else [])))
        plan.add(f"tests {PRESETS[preset]}", functools.partial(runners.ctest, preset=preset, part=part), built[preset])
    for preset in project.PICO_PRESETS:
        built[preset] = plan.append(build_step(preset))
    images = [built[preset] for preset in project.PICO_PRESETS]
    written = plan.add("writing the page", lambda log: page.write_site(runners.SITE), bundled, built[page.PRESET], cores=1)
    # For one core, though it uses more: what runs beside it need not wait for it, nor it for them.
    programs = plan.add("building the documentation's programs", docs.build_programs, built[page.PRESET], cores=1)
    book = plan.add("writing the documentation's site", lambda log: docs.write_site(runners.DOCS_SITE, log), bundled, programs, cores=1)
    plan.add("tests of the page in a browser", runners.test_page, written, book, cores=1, undisturbed=True)
    aside = functools.partial(plan.add, cores=1, gives_way=True)
    aside("tests on QEMU's machines", runners.test_qemu, *images)
    aside("ledger: cycles and sizes on the Pico", lambda log: runners.check_ledger(log, "pico"), *emulator, *images)
    aside("tests of the packages", packaging.test, *emulator, built["gcc"], *images)
    aside("lint", runners.check_lint, built["clang"], *images)
    aside("ledger: instructions on Linux", lambda log: runners.check_ledger(log, "instructions"), built["gcc"], *images)
    plan.add("tests on the emulated Pico", runners.test_firmware, *emulator, *images, cores=1)
    for step in pico_sdk.steps(emulator):
        plan.append(step)
    plan.add("ledger: times on Linux", lambda log: runners.check_ledger(log, "times"), built["gcc"])
    return plan.steps


def quick_steps() -> list[Step]:
    plan = Plan(QUICK_PACKAGES)
    emulator = plan.add_emulator()
    built = plan.append(build_step("gcc"))
    image = plan.append(build_step(page.PRESET, *project.TESTED_IMAGES))
    # The rest runs side by side; the builds would have to wait for it.
    add_quick_checks(plan)
    plan.add(f"tests {PRESETS['gcc']}", lambda log: runners.ctest(log, "gcc", quick=True), built, cores=1)
    plan.add("tests on the emulated Pico", lambda log: runners.test_firmware(log, (page.PRESET,), quick=True), *emulator, image, cores=1)
    return plan.steps


def add_quick_checks(plan: Plan) -> None:
    plan.add("formatting", runners.check_format, cores=1)
    plan.add("documentation", runners.check_documentation, cores=1)
    plan.add("types of the tools", runners.check_types, cores=1)
    plan.add("tests of the tools", runners.test_tools, cores=1)
    plan.add("tests of the command line", runners.test_command_line, cores=1)


def chosen_steps(options: Namespace, chosen: Chosen) -> list[Step]:
    """The least that runs the chosen tests. Which host tests those are is known once they are configured."""
    firmware, emulated, paged, packed = chosen.firmware(), chosen.emulator(), chosen.page(), packaging.are_chosen(chosen)
    on_qemu = chosen.qemu()
    with_sdk = chosen.pico_sdk()
    plan = Plan(PACKAGES if options.everywhere or paged or packed or on_qemu else QUICK_PACKAGES)
    emulator = plan.add_emulator() if firmware or emulated or paged or packed or with_sdk else []
    sources = chosen.formatted()
    if sources:
        plan.add("formatting", lambda log: runners.check_format(log, sources), cores=1)
    if chosen.documentation():
        plan.add("documentation", runners.check_documentation, cores=1)
    if chosen.typed():
        plan.add("types of the tools", runners.check_types, cores=1)
    if chosen.tools():
        plan.add("tests of the tools", lambda log: runners.test_tools(log, chosen.text), cores=1)
        plan.add("tests of the command line", lambda log: runners.test_command_line(log, chosen.text), cores=1)
    for preset in project.HOST_PRESETS if options.everywhere else ("gcc",):
        add_chosen_host_tests(plan, preset, chosen)
    if packed:
        plan.add("tests of the packages", lambda log: packaging.test(log, chosen.text), *emulator)
    if emulated:
        plan.add("tests of the emulator", lambda log: runners.test_some_of_emulator(log, emulated, chosen.text), *emulator)
    if firmware:
        presets = project.PICO_PRESETS if options.everywhere else (page.PRESET,)
        images = [plan.append(build_step(preset, *project.TESTED_IMAGES)) for preset in presets]
        plan.add("tests on the emulated Pico", lambda log: runners.test_firmware(log, presets, chosen.text), *emulator, *images)
    if on_qemu:
        plan.add("tests on QEMU's machines", lambda log: runners.test_qemu(log, chosen.text))
    if with_sdk:
        for step in pico_sdk.steps(emulator, chosen.text):
            plan.append(step)
    if paged:
        bundled = plan.add("building the page", page.build, *emulator, cores=1)
        image = plan.append(build_step(page.PRESET, *project.TESTED_IMAGES))
        written = plan.add("writing the page", lambda log: page.write_site(runners.SITE), bundled, image)
        plan.add("tests of the page in a browser", lambda log: runners.test_page(log, paged, chosen.text), written)
    return plan.steps


def add_chosen_host_tests(plan: Plan, preset: str, chosen: Chosen) -> None:
    names: list[str] = []

    def build(log: Log) -> None:
        project.configure(log, preset)
        names.extend(chosen.host_tests(preset))
        tests = graph.tests(preset)
        targets = sorted({output for name in names for output in tests[name].needed})
        log.write(f"{len(names)} of {len(tests)} tests are chosen\n")
        if targets:
            project.build(log, preset, targets)

    built = plan.add(f"building {PRESETS[preset]}", build)
    plan.add(f"tests {PRESETS[preset]}", lambda log: runners.ctest(log, preset, names), built)
