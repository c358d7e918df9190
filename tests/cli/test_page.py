"""When the page has to be built again."""

import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import support  # noqa: F401  (finds the package cli)

from cli import page, project
from cli.errors import Failure
from cli.steps import Log


class Built(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.emulator = Path(folder.name)
        for name in ("package.json", "src/chip/chip.ts", "page/index.html", "page/src/main.ts", "page/e2e/board.test.ts"):
            self.write(name)
        built = self.emulator / "page" / "dist"
        for module, name, value in (
            (project, "EMULATOR", self.emulator),
            (page, "BUILT", built),
            (page, "STAMP", built / ".made-of"),
        ):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def write(self, name, text=""):
        path = self.emulator / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def build(self):
        with mock.patch.object(Log, "run", lambda log, command, cwd: self.write("page/dist/index.html")):
            page.build(Log())
        self.assertTrue(page.is_built())

    def test_never_built(self):
        self.assertFalse(page.is_built())

    def test_a_file_that_is_new_changed_or_gone(self):
        for name in ("src/chip/new.ts", "page/src/main.ts", "package.json"):
            with self.subTest(name):
                self.build()
                self.write(name, f"// {name}")
                self.assertFalse(page.is_built())
        self.build()
        (self.emulator / "src" / "chip" / "chip.ts").unlink()
        self.assertFalse(page.is_built())
        self.build()
        os.utime(self.emulator / "page" / "index.html", (1, 1))
        self.assertFalse(page.is_built())

    def test_what_the_page_is_not_made_of(self):
        self.build()
        self.write("page/e2e/board.test.ts", "// more")
        self.write("page/dist/examples/01_blink.elf", "image")
        self.assertTrue(page.is_built())

    def test_built_by_somebody_else(self):
        self.build()
        (self.emulator / "page" / "dist" / ".made-of").unlink()  # as vite does
        self.assertFalse(page.is_built())

    def test_steps_leave_out_what_is_built(self):
        with mock.patch("cli.packages.steps", return_value=[]), mock.patch("cli.project.emulator_steps", return_value=[]):
            before = [step.title for step in page.steps(Path("site"))]
            self.build()
            after = [step.title for step in page.steps(Path("site"))]
        self.assertEqual(before, ["building for the Pico, gcc -Os", "building the page", "writing site"])
        self.assertEqual(after, ["building for the Pico, gcc -Os", "writing site"])


class Examples(unittest.TestCase):
    def test_each_says_what_to_do(self):
        names = [source.stem for source in page.sources()]
        self.assertIn("04_interval", names)
        self.assertEqual(list(json.loads(page.TODO.read_text(encoding="utf-8"))), names)
        self.assertIn("Press the button, twice", page.todo("04_interval"))

    def test_one_that_does_not_is_told_of(self):
        with self.assertRaisesRegex(Failure, "todo.json: does not say what to do with 99_new"):
            page.todo("99_new")


if __name__ == "__main__":
    unittest.main()
