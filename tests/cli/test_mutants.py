"""The list of mistakes fits the sources; and how it is read and put in. The mistakes themselves take too long: tests/mutants/run.py."""

import sys
import tempfile
import unittest
from pathlib import Path

from support import ROOT

sys.path.insert(0, str(ROOT / "tests" / "mutants"))

import mutate  # noqa: E402
from mutate import Wrong  # noqa: E402

LIST = """For people.

[kernel/wheel]

turns_back: it turns the other way
- a < b
+ a > b
tests: kernel.wheel

stays: it does not turn at all
@ void turn()
@ {
- ++slot;
equivalent: nobody looks
"""

SOURCE = """#pragma once
bool before(int a, int b) { return a <
    b; }
void back() { ++slot; }
void turn() {
    ++slot;
}
"""


class TheLists(unittest.TestCase):
    def test_fit_the_sources(self):
        self.assertEqual(mutate.check_all(), [])

    def test_is_long_enough(self):
        self.assertGreaterEqual(len(mutate.all_mistakes()), 40)


class Reading(unittest.TestCase):
    def test_takes_what_the_list_says(self):
        first, second = mutate.read(LIST)
        self.assertEqual(
            (first.name, first.part, first.why, first.at, first.old, first.new, first.tests, first.equivalent),
            ("wheel.turns_back", "kernel/wheel", "it turns the other way", "", "a < b", "a > b", "kernel.wheel", ""),
        )
        self.assertEqual((second.at, second.old, second.new, second.equivalent), ("void turn()\n{", "++slot;", "", "nobody looks"))

    def test_refuses_a_line_that_says_nothing(self):
        with self.assertRaisesRegex(Wrong, "line 8 says nothing: test: kernel.wheel"):
            mutate.read(LIST.replace("tests:", "test:"))


class Changing(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.header = self.root / "include/uasync/kernel/wheel_of_time.hpp"
        self.header.parent.mkdir(parents=True)
        self.header.write_text(SOURCE, encoding="utf-8")

    def wrong(self, text):
        return mutate.check(mutate.read(text), self.root)

    def test_puts_all_in_at_once(self):
        turns_back, stays = (mutate.number_of(name) for name in ("wheel.turns_back", "wheel.stays"))
        self.assertEqual(self.wrong(LIST), [])
        self.assertEqual(
            mutate.mutated(mutate.read(LIST), self.root)[self.header],
            "#pragma once\n"
            "#include <uasync/mistake.hpp>\n"
            f"bool before(int a, int b) {{ return (UASYNC_MISTAKE({turns_back}U) ? (a > b) : (a < b)); }}\n"
            "void back() { ++slot; }\n"
            "void turn() {\n"
            f"    {{ if (UASYNC_MISTAKE({stays}U)) {{  }} else {{ ++slot; }} }}\n"
            "}\n",
        )

    def test_finds_what_is_gone(self):
        [line] = self.wrong(LIST.replace("a < b", "a <= b"))
        self.assertIn("wheel.turns_back: this is in kernel/wheel 0 times, not once: a <= b", line)

    def test_takes_no_part_of_a_name(self):
        [line] = self.wrong(LIST.replace("@ void turn()", "@ oid turn()"))
        self.assertIn("wheel.stays: this is in kernel/wheel 0 times, not once: oid turn()", line)
        [line] = self.wrong(LIST.replace("- ++slot;", "- ++slo"))
        self.assertIn("wheel.stays: this does not follow", line)

    def test_finds_what_is_there_twice(self):
        [line] = self.wrong(LIST.replace("@ void turn()\n@ {\n", ""))
        self.assertIn("wheel.stays: this is in kernel/wheel 2 times, not once: ++slot;", line)

    def test_finds_what_does_not_follow(self):
        [line] = self.wrong(LIST.replace("++slot;", "--slot;"))
        self.assertIn("wheel.stays: this does not follow", line)

    def test_finds_a_part_that_is_gone(self):
        [first, _] = self.wrong(LIST.replace("kernel/wheel]", "kernel/clock]"))
        self.assertEqual(first, "clock.turns_back: there is no kernel/clock")

    def test_finds_two_that_change_the_same(self):
        again = "\nstays_again: it does not turn either\n@ void turn() {\n- ++slot;\n"
        self.assertEqual(self.wrong(LIST + again), ["wheel.stays_again: changes what wheel.stays changes"])

    def test_finds_one_that_changes_nothing(self):
        self.assertEqual(self.wrong(LIST.replace("+ a > b", "+ a < b")), ["wheel.turns_back: it changes nothing"])

    def test_finds_the_end_of_a_statement(self):
        """Which would be compiled as a block in an expression."""
        self.assertEqual(self.wrong(LIST.replace("- a < b", "- a < b;")), ["wheel.turns_back: it begins in the middle of a statement, and ends with one"])

    def test_finds_half_a_statement(self):
        self.assertEqual(self.wrong(LIST.replace("- a < b", "- { return a < b;")), ["wheel.turns_back: it is neither a statement nor an expression"])

    def test_finds_two_of_one_name(self):
        self.assertEqual(self.wrong(LIST.replace("stays:", "turns_back:")), ["wheel.turns_back: there is another of this name"])


if __name__ == "__main__":
    unittest.main()
