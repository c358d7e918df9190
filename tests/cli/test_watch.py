"""`./uasync watch`: what it builds and starts, and when it does so again. The compiler and the emulator are made up."""

import contextlib
import io
import os
import signal
import subprocess
import unittest
from pathlib import Path
from unittest import mock

from desk import Desk, uf2
from support import ROOT, Commands

from cli import watch, watched
from cli.errors import Interrupted

CMAKE = """echo "cmake $*" >>{folder}/calls
case "$*" in *--build*) ;; *) : >{folder}/build/pico/build.ninja; exit 0 ;; esac
while read -r line; do case "$line" in wrong*) echo "app.cpp:1: error: wrong"; exit 1 ;; esac; done <{folder}/src/app.cpp
: >{folder}/build/pico/hello.elf
"""


class Watch(Desk):
    def setUp(self):
        super().setUp()
        for patch in (mock.patch("cli.packages.steps", return_value=[]), mock.patch("cli.project.emulator_steps", return_value=[])):
            patch.start()
            self.addCleanup(patch.stop)
        for folder in ("src", "build/pico", ".git"):
            (self.folder / folder).mkdir(parents=True)
        self.write("CMakePresets.json", "{}")
        self.write("src/app.cpp", "right")
        commands = Commands().__enter__()
        self.addCleanup(commands.__exit__)
        commands.add("cmake", CMAKE.format(folder=self.folder))
        commands.add("node", f'echo "node $*" >>{self.folder}/calls')

    def write(self, name, text):
        """Saves a file, at a time of its own."""
        path = self.folder / name
        path.write_text(text)
        self.saved = getattr(self, "saved", 0) + 1
        os.utime(path, (self.saved, self.saved))

    def calls(self):
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line.replace(str(self.folder), "*").replace(str(ROOT), "uasync") for line in lines]

    def watch(self, *words, things=()):
        """Each of the things happens while the command waits; then Ctrl-C is pressed."""
        self.later = [*things, self.press_ctrl_c]
        code, out, said = self.run_verb("watch", *words)
        self.assertEqual(code, 130, said)
        return out, said.replace("\nuasync watch: interrupted\n", "")

    def press_ctrl_c(self):
        raise Interrupted(signal.SIGINT)

    def nothing(self):
        pass

    def save(self, name, text="right"):
        return [lambda: self.write(name, text), self.nothing]  # then it waits whether more is saved

    def builds(self):
        return sum("--build" in call for call in self.calls())

    def test_builds_and_runs(self):
        self.watch("hello", "--press", "GP15@1s+100ms")
        self.wait_for_calls(3)
        self.assertEqual(
            self.calls(),
            [
                "cmake --preset pico",
                "cmake --build --preset pico --target hello",
                "node uasync/emulator/dist/cli/run.js */build/pico/hello.elf --press GP15@1s+100ms --until=5s",
            ],
        )

    def wait_for_calls(self, count):
        """What is started side by side may be ended before it has begun; so this one is started alone, and waited for."""
        program = watched.find("hello", None, Path.cwd())
        if len(self.calls()) < count:
            watch.emulator(["--press", "GP15@1s+100ms"])(self.folder / program.image()).wait()

    def test_without_a_name_it_is_all_of_the_project(self):
        self.watch()
        self.assertEqual(self.calls()[1], "cmake --build --preset pico")

    def test_a_project_that_is_configured_is_not_configured_again(self):
        self.write("build/pico/build.ninja", "")
        self.watch("hello")
        self.assertEqual(self.calls()[0], "cmake --build --preset pico --target hello")

    def test_builds_again_on_a_save_and_says_what_was_saved(self):
        out, _ = self.watch("hello", things=[self.nothing, *self.save("src/app.cpp", "other"), *self.save("src/new.hpp")])
        self.assertEqual(self.builds(), 3)
        self.assertIn("\nsaved src/app.cpp\n", out)
        self.assertIn("\nsaved src/new.hpp\n", out)

    def test_files_saved_together_are_one_save(self):
        things = [lambda: self.write("src/a.hpp", ""), lambda: self.write("src/b.hpp", ""), self.nothing]
        out, _ = self.watch("hello", things=things)
        self.assertEqual(self.builds(), 2)
        self.assertIn("\nsaved src/a.hpp and 1 more\n", out)

    def test_a_file_that_is_removed_counts(self):
        self.watch("hello", things=[(self.folder / "src/app.cpp").unlink, self.nothing])
        self.assertEqual(self.builds(), 2)

    def test_what_is_no_source_does_not_count(self):
        names = ("build/pico/x.cpp", ".git/x.cpp", "src/.app.cpp.swp", "src/notes.md", "src/app.cpp~")
        self.watch("hello", things=[thing for name in names for thing in self.save(name)])
        self.assertEqual(self.builds(), 1)

    def test_a_mistake_is_shown_and_the_next_save_waited_for(self):
        self.write("src/app.cpp", "wrong\n")
        out, said = self.watch("hello", things=self.save("src/app.cpp"))
        self.assertIn("app.cpp:1: error: wrong\n", out)
        self.assertEqual(said, "uasync watch: building hello failed: cmake ended with status 1\n")
        self.assertEqual(self.builds(), 2)

    def test_a_run_that_is_still_going_is_ended(self):
        started = []

        def start(image):
            process = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE)  # for ever
            self.addCleanup(process.stdin.close)
            started.append(process)
            return process

        self.later = [*self.save("src/app.cpp", "other"), self.press_ctrl_c]
        with contextlib.redirect_stdout(io.StringIO()), self.assertRaises(Interrupted):
            watch.Watch(watched.find("hello", None, Path.cwd()), self.machine, start).run()
        self.assertEqual([process.returncode for process in started], [-signal.SIGINT] * 2)

    def test_several_programs(self):
        self.write("build/pico/other.elf", "")
        _, said = self.watch()
        self.assertEqual(said, "uasync watch: the project has 2 programs; name one: hello, other\n")

    def test_a_target_that_is_no_program(self):
        _, said = self.watch("tests")
        self.assertRegex(said, r"^uasync watch: the build wrote no \*/build/pico/tests.elf; is tests a program for a board\?\n$")

    def test_flash(self):
        drive = self.drive()
        self.write("build/pico/hello.uf2", "")
        (self.folder / "build/pico/hello.uf2").write_bytes(uf2())
        out, said = self.watch("hello", "--flash", things=[lambda: self.start(drive)])
        self.assertEqual(said, "")
        self.assertIn("the board has started it\n", out)
        self.assertEqual((drive / "hello.uf2").read_bytes(), uf2())

    def test_flash_without_a_board_waits_for_the_next_save(self):
        self.write("build/pico/hello.uf2", "")
        (self.folder / "build/pico/hello.uf2").write_bytes(uf2())
        _, said = self.watch("hello", "--flash", things=self.save("src/app.cpp"))
        self.assertEqual(said.splitlines(), ["uasync watch: no board found; hold BOOTSEL while you plug it in, and try again"] * 2)

    def test_neither_a_project_nor_an_example(self):
        (self.folder / "CMakePresets.json").unlink()
        self.assert_fails("there is no example 'hello', and no project in this folder; the examples are .*05_queue", "watch", "hello", status=2)

    def test_a_name_that_no_target_has(self):
        self.assert_fails("'a b' is not the name of a program; give the name that it has in CMakeLists.txt", "watch", "a b", status=2)

    def test_an_example(self):
        program = watched.find("03_button", None, ROOT)
        self.assertEqual((program.folder, program.preset, program.target), (ROOT, "pico-os", "03_button"))
        self.assertIn(str(ROOT / "examples" / "03_button.cpp"), program.snapshot())
        self.assertIn(str(ROOT / "include" / "uasync" / "uasync.hpp"), program.snapshot())


if __name__ == "__main__":
    unittest.main()
