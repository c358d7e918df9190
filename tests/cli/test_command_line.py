"""What a user meets before any work begins: help, and mistakes in the command line."""

import re
import unittest

from support import ROOT, in_process, uasync

from cli import run
from cli.main import VERBS


class Help(unittest.TestCase):
    def test_without_a_verb_it_lists_the_verbs(self):
        done = uasync()
        self.assertEqual(done.returncode, 0)
        for verb in ("demo", "page", "docs", "new", "flash", "console", "watch", "run", "ps", "test", "bench", "size"):
            self.assertRegex(done.stdout, rf"(?m)^  {verb} +\S")

    def test_every_verb_has_help_with_examples(self):
        for verb in VERBS:
            with self.subTest(verb):
                done = in_process(verb, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout.startswith(f"Usage: ./uasync {verb}"), done.stdout)
                self.assertIn(f"Examples:\n  ./uasync {verb}", done.stdout)

    def test_works_from_any_folder(self):
        self.assertEqual(uasync("--help", cwd="/").stdout, in_process().stdout)


class Mistakes(unittest.TestCase):
    def assert_one_line(self, done, pattern):
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertRegex(done.stderr, pattern)

    def test_unknown_verb(self):
        self.assert_one_line(uasync("tset"), r"^uasync: unknown verb 'tset'; the verbs are demo, page, docs, new, flash, console, watch, run, ps, test, bench, size")

    def test_unknown_option_before_a_verb(self):
        self.assert_one_line(in_process("--fast"), r"^uasync: unknown option '--fast'")

    def test_unknown_option_of_each_verb(self):
        for verb in VERBS:
            with self.subTest(verb):
                image = {"new": ["hello"], "flash": ["hello"], "run": ["firmware.elf"], "ps": ["firmware.elf"], "page": ["--out", "site"]}.get(verb, [])
                self.assert_one_line(in_process(verb, *image, "--bogus"), rf"^uasync {verb}: .*--bogus; see \./uasync {verb} --help")

    def test_missing_value(self):
        self.assert_one_line(in_process("bench", "--json"), r"^uasync bench: .*--json.*expected one argument")

    def test_no_image(self):
        self.assert_one_line(in_process("run"), r"^uasync run: .*IMAGE")

    def test_image_that_does_not_exist(self):
        self.assert_one_line(in_process("run", "no.elf"), r"^uasync run: no\.elf: no such file")
        self.assert_one_line(in_process("ps", "no.elf"), r"^uasync ps: no\.elf: no such file")
        self.assert_one_line(in_process("size", "no.elf"), r"^uasync size: no\.elf: no such file")

    def test_options_are_not_guessed_from_their_beginnings(self):
        self.assert_one_line(in_process("run", "no.elf", "--unt", "1s"), r"--unt")


class Page(unittest.TestCase):
    def test_needs_a_folder(self):
        done = in_process("page")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^uasync page: .*--out")

    def test_does_not_write_over_what_is_no_page(self):
        done = in_process("page", "--out", str(ROOT / "docs"))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^uasync page: .*docs: is not empty, and not a page that was written before")


class EmulatorOptions(unittest.TestCase):
    def test_are_those_of_the_emulator(self):
        source = (ROOT / "emulator" / "src" / "cli" / "options.ts").read_text(encoding="utf-8")
        there = dict(re.findall(r"(\w+): \{ type: '(string|boolean)'", source))
        del there["help"]
        here = {name.lstrip("-"): "string" if value else "boolean" for name, value, _ in run.OPTIONS}
        self.assertEqual(here, there)


if __name__ == "__main__":
    unittest.main()
