"""`./uasync new`: what it writes, and what it refuses. tests/consumer builds what it writes."""

import json
import os
import tempfile
import unittest
from pathlib import Path

from support import ROOT, in_process

from cli import new
from cli.place import version


class New(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make(self, name="hello", *options):
        path = self.folder / name
        done = in_process("new", str(path), *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return path, done.stdout

    def assert_refused(self, pattern, *words):
        before = sorted(self.folder.rglob("*"))
        done = in_process("new", *(str(word) for word in words))
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertRegex(done.stderr, rf"^uasync new: [^\n]*{pattern}[^\n]*\n$")
        self.assertEqual(sorted(self.folder.rglob("*")), before)

    def test_a_project_has_a_program_its_test_and_the_presets(self):
        for options, presets in (((), ["pico", "linux"]), (("--pico-sdk",), ["pico", "pico_w", "pico2", "pico2_w", "linux"])):
            with self.subTest(options=options):
                path, _ = self.make(f"hello{len(options)}", *options)
                files = sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())
                self.assertEqual(files, [".gitignore", "CMakeLists.txt", "CMakePresets.json", "src/app.hpp", "src/main.cpp", "tests/test_app.cpp"])
                written = json.loads((path / "CMakePresets.json").read_text(encoding="utf-8"))
                self.assertEqual([preset["name"] for preset in written["configurePresets"]], presets)
                self.assertEqual([preset["name"] for preset in written["workflowPresets"]], presets)

    def test_no_word_of_a_template_is_left(self):
        for kind in new.KINDS.values():
            path, _ = self.make(kind, *(["--pico-sdk"] if kind == "pico-sdk" else []))
            for file in path.rglob("*"):
                if file.is_file():
                    self.assertNotRegex(file.read_text(encoding="utf-8"), r"@[A-Z]+@")

    def test_the_program_has_the_folders_name(self):
        path, said = self.make("two-lights")
        self.assertIn("add_executable(two-lights src/main.cpp)", (path / "CMakeLists.txt").read_text(encoding="utf-8"))
        self.assertIn("build/pico/two-lights.elf", said)

    def test_uasync_is_this_clone_another_folder_or_fetched(self):
        other = self.folder / 'a "b" $c'
        (other / "cmake").mkdir(parents=True)
        (other / "cmake" / "uasync.cmake").touch()
        for number, (options, source) in enumerate(
            (
                ((), f'set(FETCHCONTENT_SOURCE_DIR_UASYNC "{ROOT}" CACHE'),
                (("--path", str(other)), f'set(FETCHCONTENT_SOURCE_DIR_UASYNC "{self.folder}/a \\"b\\" \\$c" CACHE'),
                (("--fetch", "https://host/u.git"), f'FetchContent_Declare(uasync GIT_REPOSITORY "https://host/u.git" GIT_TAG "v{version()}"'),
                (("--fetch", "git@host:u.git", "--tag", "main"), 'FetchContent_Declare(uasync GIT_REPOSITORY "git@host:u.git" GIT_TAG "main" SOURCE_SUBDIR'),
            )
        ):
            with self.subTest(options=options):
                path, _ = self.make(f"hello{number}", *options)
                self.assertIn(f"\n{source}", (path / "CMakeLists.txt").read_text(encoding="utf-8"))

    def test_an_empty_folder_is_taken(self):
        (self.folder / "hello").mkdir()
        self.make("hello")

    def test_a_folder_with_files_stays_as_it_is(self):
        (self.folder / "hello").mkdir()
        (self.folder / "hello" / "mine").write_text("mine")
        self.assert_refused("hello exists and is not empty; choose another name", self.folder / "hello")

    def test_a_file_stays_as_it_is(self):
        (self.folder / "hello").write_text("mine")
        self.assert_refused("hello exists and is a file; choose another name", self.folder / "hello")

    def test_a_place_where_nothing_can_be_written(self):
        (self.folder / "file").touch()
        self.assert_refused("file is not a folder; choose another place", self.folder / "file" / "hello")
        self.assert_refused("cannot create /proc/hello: .*; choose another place", "/proc/hello")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_of_somebody_else(self):
        self.folder.chmod(0o500)
        self.addCleanup(self.folder.chmod, 0o700)
        self.assert_refused("permission denied; choose another place", self.folder / "hello")

    def test_names_that_no_program_can_have(self):
        for name in ("two words", "1st", "-x", "a.b", "ä", "a\nb"):
            with self.subTest(name):
                self.assert_refused("cannot name a program; use letters, digits, - and _", "--", name)
        for name in ("test", "all", "uasync"):
            with self.subTest(name):
                self.assert_refused(f"'{name}' is the name of a target of the build already; choose another", self.folder / name)

    def test_no_name(self):
        self.assert_refused("NAME")

    def test_a_tag_without_a_repository(self):
        self.assert_refused("--tag goes with --fetch; add --fetch URL, or leave out --tag", "hello", "--tag", "main")

    def test_two_places_for_uasync(self):
        self.assert_refused("not allowed with argument", "hello", "--fetch", "https://host/u.git", "--path", str(ROOT))


if __name__ == "__main__":
    unittest.main()
