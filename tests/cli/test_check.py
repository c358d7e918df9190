"""Which steps `./uasync test` has, and what may run beside what."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import ROOT

from cli import check
from cli.results import Counts
from cli.steps import Step


def steps_of(*arguments):
    """The steps, on a machine that has everything; by title. The emulator is to be built."""
    emulator = [Step("building the emulator", lambda log: None)]
    with mock.patch("cli.packages.steps", return_value=[]), mock.patch("cli.project.emulator_steps", return_value=emulator):
        return {step.title: step for step in check.steps(check.read(arguments))}


def comes_after(step, title):
    return any(other.title == title or comes_after(other, title) for other in step.after)


class WhichPython(unittest.TestCase):
    def path_after(self, *folders):
        with mock.patch.dict(os.environ, PATH=os.pathsep.join(folders)):
            check.pass_on_python()
            return os.environ["PATH"], shutil.which("python3")

    def test_what_a_run_starts_finds_this_python_and_no_script_that_looks_for_it(self):
        with tempfile.TemporaryDirectory() as shims, tempfile.TemporaryDirectory() as real:
            for folder in (shims, real):
                Path(folder, "python3").write_text("#!/bin/sh\n", encoding="utf-8")
                Path(folder, "python3").chmod(0o755)
            with mock.patch.object(sys, "executable", f"{real}/python3"):
                self.assertEqual(self.path_after(shims, "/bin"), (f"{real}:{shims}:/bin", f"{real}/python3"))
                self.assertEqual(self.path_after(real, shims), (f"{real}:{shims}", f"{real}/python3"))
                self.assertEqual(self.path_after("/nowhere"), ("/nowhere", None))


class SideBySide(unittest.TestCase):
    def test_what_measures_times_runs_alone(self):
        self.assertIsNone(steps_of()["ledger: times on Linux"].cores)

    def test_beside_the_browser_runs_only_what_gives_way(self):
        steps = steps_of()
        self.assertTrue(steps["tests of the page in a browser"].undisturbed)
        giving = {title for title, step in steps.items() if step.gives_way}
        self.assertEqual(giving, {
            "tests on QEMU's machines", "ledger: cycles and sizes on the Pico", "tests of the packages", "lint", "ledger: instructions on Linux",
        })  # fmt: skip

    def test_what_uses_all_cores_itself_runs_alone(self):
        for title, step in steps_of().items():
            if title.startswith(("building for", "tests for", "tests of the emulator")):
                self.assertIsNone(step.cores, title)

    def test_long_steps_of_one_core_do_not(self):
        steps = steps_of()
        for title in ("tests on the emulated Pico", "ledger: cycles and sizes on the Pico", "lint"):
            self.assertEqual(steps[title].cores, 1, title)

    def test_what_may_run_beside_others_says_what_it_needs(self):
        """A step that needs all cores is never overtaken; one that does not could start before a step that it has to come after."""
        steps = steps_of()
        for title, first in (
            ("tests on the emulated Pico", ("building the emulator", "building for the Pico, clang -Os")),
            ("ledger: cycles and sizes on the Pico", ("building the emulator", "building for the Pico, clang -Os")),
            ("ledger: instructions on Linux", ("building for Linux, gcc",)),
            ("tests of the page in a browser", ("building the page", "writing the page", "writing the documentation's site", "building for the Pico, gcc -Os")),
            ("building the page", ("building the emulator",)),
            ("lint", ("building for Linux, clang",)),
            ("tests of the packages", ("building the emulator", "building for Linux, gcc")),
        ):
            for other in first:
                self.assertTrue(comes_after(steps[title], other), f"{title} comes after {other}")


class PicoSdk(unittest.TestCase):
    NOT_TESTED = "Pico SDK: not tested, because PICO_SDK_PATH is not set"

    def titles(self, path, *arguments):
        with mock.patch.dict("os.environ", {"PICO_SDK_PATH": path}):
            return [title for title in steps_of(*arguments) if "Pico SDK" in title]

    def test_is_tested_where_it_is(self):
        both = ["building in Pico SDK projects", "tests in Pico SDK projects"]
        self.assertEqual(self.titles("/opt/pico-sdk"), both)
        self.assertEqual(self.titles("/opt/pico-sdk", "-k", "second_core"), both)
        self.assertEqual(self.titles("/opt/pico-sdk", "--quick"), [])

    def test_elsewhere_a_step_says_why_not_and_counts_as_skipped(self):
        self.assertEqual(self.titles(""), [self.NOT_TESTED])
        with mock.patch.dict("os.environ", {"PICO_SDK_PATH": ""}):
            self.assertEqual(steps_of()[self.NOT_TESTED].work(None), Counts(skipped=1))


class Choice(unittest.TestCase):
    def test_quick_leaves_out_what_is_slow(self):
        titles = set(steps_of("--quick"))
        self.assertEqual(
            titles - {"building the emulator"},
            {
                "formatting",
                "documentation",
                "types of the tools",
                "tests of the tools",
                "tests of the command line",
                "building for Linux, gcc",
                "tests for Linux, gcc",
                "building for the Pico, gcc -Os",
                "tests on the emulated Pico",
            },
        )

    def test_a_filter_builds_nothing_for_tests_that_do_not_have_the_name(self):
        self.assertEqual(list(steps_of("-k", "no such test")), [*TOOLS, "building for Linux, gcc", "tests for Linux, gcc"])

    def test_a_filter_takes_what_has_it_in_a_file_of_tests(self):
        one = next((ROOT / "emulator" / "test").rglob("*.test.ts"))
        titles = list(steps_of("-k", one.stem))
        self.assertIn("tests of the emulator", titles)
        self.assertIn("building the emulator", titles)
        self.assertNotIn("building for the Pico, gcc -Os", titles)
        titles = list(steps_of("-k", "test_gdb"))
        self.assertIn("tests on the emulated Pico", titles)
        self.assertNotIn("building for the Pico, gcc -O2", titles)

    def test_everywhere_is_with_every_compiler(self):
        titles = list(steps_of("-k", "test_gdb", "--everywhere"))
        for title in ("tests for Linux, thread sanitizer", "building for the Pico, clang -Os"):
            self.assertIn(title, titles)

    def test_changed_takes_the_folders_that_have_a_change(self):
        for files, wanted in (
            ([], []),
            (["tools/cli/check.py"], ["types of the tools", *TOOLS]),
            (["docs/tutorial.md"], ["documentation"]),
            (["README.md"], ["documentation"]),
            (["emulator/src/chip/chip.ts"], ["building the emulator", "tests of the emulator"]),
            (["examples/01_blink.cpp"], ["building the emulator", "formatting", *ON_THE_PICO]),
            (["include/uasync/gone.hpp"], ["documentation"]),
            (["packaging/uasync.1"], ["building the emulator", "tests of the packages"]),
            (["emulator/page/index.html"], ["building the emulator", *ON_THE_PAGE]),
        ):
            with self.subTest(files=files), mock.patch("cli.selection.changed_since", return_value=files):
                self.assertEqual(set(steps_of("--changed")), {*wanted, "building for Linux, gcc", "tests for Linux, gcc"})


TOOLS = ["tests of the tools", "tests of the command line"]
ON_THE_PICO = ["building for the Pico, gcc -Os", "tests on the emulated Pico"]
ON_THE_PAGE = ["building for the Pico, gcc -Os", "building the page", "writing the page", "tests of the page in a browser"]


if __name__ == "__main__":
    unittest.main()
