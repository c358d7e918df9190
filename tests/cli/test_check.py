"""Which steps `./uasync test` has, and what may run beside what."""

import unittest
from unittest import mock

import support  # noqa: F401 (finds the tools)

from cli import check
from cli.steps import Step


def steps_of(*arguments):
    """The steps, on a machine that has everything; by title. The emulator is to be built."""
    emulator = [Step("building the emulator", lambda log: None)]
    with mock.patch("cli.packages.steps", return_value=[]), mock.patch("cli.project.emulator_steps", return_value=emulator):
        return {step.title: step for step in check.steps(check.parser().parse_args(arguments))}


def comes_after(step, title):
    return any(other.title == title or comes_after(other, title) for other in step.after)


class SideBySide(unittest.TestCase):
    def test_what_measures_times_runs_alone(self):
        steps = steps_of()
        for title in ("tests of the page in a browser", "ledger: times on Linux"):
            self.assertIsNone(steps[title].cores, title)

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
            ("tests of the page in a browser", ("building the page", "writing the page", "building for the Pico, gcc -Os")),
            ("building the page", ("building the emulator",)),
            ("lint", ("building for Linux, clang",)),
        ):
            for other in first:
                self.assertTrue(comes_after(steps[title], other), f"{title} comes after {other}")


class Choice(unittest.TestCase):
    def test_quick_leaves_out_what_is_slow(self):
        titles = set(steps_of("--quick"))
        self.assertEqual(
            titles - {"building the emulator"},
            {
                "formatting",
                "tests of the tools",
                "tests of the command line",
                "building for Linux, gcc",
                "tests for Linux, gcc",
                "building for the Pico, gcc -Os",
                "tests on the emulated Pico",
            },
        )

    def test_a_filter_leaves_out_what_has_no_names(self):
        left_out = set(steps_of()) - set(steps_of("-k", "queue"))
        self.assertEqual({title for title in left_out if not title.startswith("ledger")}, {"formatting", "lint"})
        self.assertEqual(len(left_out), 5)


if __name__ == "__main__":
    unittest.main()
