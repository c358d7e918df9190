"""How an edited source is compiled: within limits, by its build's own commands, and what is said of it."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

import support

from cli import diagnostics, limited
from cli.limited import Limits
from cli.recipe import Recipe, sources
from cli.recompile import Recompiler

BUILT = support.ROOT / "build" / "pico-os"
SOURCE = support.ROOT / "examples" / "05_queue.cpp"
EXAMPLE = Recipe(BUILT, BUILT / "examples" / "05_queue.elf", SOURCE.parent, (SOURCE.name,))
SMALL = Limits(seconds=0.5, memory=200_000_000, file=100_000, output=10_000)


def run(script, limits=SMALL, is_wanted=lambda: True):
    with tempfile.TemporaryDirectory() as folder:
        ended = limited.run(["/bin/sh", "-c", script], Path(folder), time.monotonic() + limits.seconds, limits, is_wanted)
        return ended, {path.name: path.stat().st_size for path in Path(folder).iterdir()}


class Limited(unittest.TestCase):
    def test_a_command_that_ends_in_time(self):
        ended, _ = run("echo said; echo wrong >&2; exit 3", Limits())
        self.assertEqual((ended.status, ended.output, ended.cut), (3, "said\nwrong\n", ""))

    def test_time_and_all_that_was_started(self):
        with tempfile.NamedTemporaryFile() as file:
            start = time.monotonic()
            ended, _ = run(f"(sleep 1; echo late > {file.name}) & sleep 60")
            self.assertEqual(ended.cut, "time")
            time.sleep(max(0.0, start + 1.2 - time.monotonic()))
            self.assertEqual(Path(file.name).read_text(), "")

    def test_time_of_what_closes_its_output(self):
        ended, _ = run("exec >&- 2>&-; sleep 60")
        self.assertEqual(ended.cut, "time")

    def test_output(self):
        ended, _ = run("while :; do echo yes; done", Limits(output=10_000))
        self.assertEqual((ended.cut, len(ended.output)), ("output", 10_000))

    def test_memory(self):
        ended, _ = run("exec python3 -S -c 'x = bytearray(400_000_000)'", Limits(memory=200_000_000))
        self.assertNotEqual(ended.status, 0)
        self.assertIn("MemoryError", ended.output)

    def test_files(self):
        ended, files = run("head -c 5000000 /dev/zero > big")
        self.assertNotEqual(ended.status, 0)
        self.assertLessEqual(files["big"], 2 * SMALL.file)

    def test_what_nobody_waits_for(self):
        ended, _ = run("sleep 60", Limits(), is_wanted=lambda: False)
        self.assertEqual(ended.cut, "unwanted")


class Made:
    """A build whose commands are scripts."""

    def __init__(self, test, compile_script, link_script='cat $objects > "$image"'):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.folder = Path(os.path.realpath(folder.name))
        self.build = self.folder / "build"
        self.build.mkdir()
        self.names = ("app.cpp", "more.cpp", "app.hpp")
        for name in self.names:
            (self.folder / name).write_text(f"{name} before")
        options = 'for word; do case "$last" in -o) object=$word; image=$word;; -c) source=$word;; esac; last=$word; done'
        self.script("arm-g++", f"{options}\n{compile_script}")
        write_map = 'for word; do case "$word" in -Wl,-Map=*) echo map > "${word#-Wl,-Map=}";; esac; done'
        self.script("arm-ld", f'objects="$1 $2"\n{options}\n{write_map}\n{link_script}')
        for name in ("app", "more"):
            (self.build / f"{name}.o").write_text(f"{name} built ")
        ninja = f": && {self.folder}/arm-ld app.o more.o -Wl,-Map={self.build}/app.map -o app.elf && cd {self.build} && python3 other.py app.elf"
        compile_lines = [
            f"cmake -E env A=b ccache {self.folder}/arm-g++ -MF app.d -ffile-prefix-map={self.folder}/=in/ -o {name}.o -c {self.folder}/{name}.cpp"
            for name in ("app", "more")
        ]
        self.script("ninja", "\n".join(['[ "$3" = app.elf ] || exit 1', *(f'echo "{line}"' for line in (*compile_lines, ninja))]))
        patch = mock.patch.dict(os.environ, PATH=f"{self.folder}:{os.environ['PATH']}")
        patch.start()
        test.addCleanup(patch.stop)
        self.recipe = Recipe(self.build, self.build / "app.elf", self.folder, self.names)

    def script(self, name, text):
        file = self.folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)


class Recompiled(unittest.TestCase):
    def make(self, *scripts, texts=None, limits=Limits()):
        self.made = Made(self, *scripts)
        return Recompiler(limits).run(self.made.recipe, {"app.cpp": "after"} if texts is None else texts)

    def test_is_made_elsewhere_and_leaves_the_build_as_it_was(self):
        result = self.make('cp "$source" "$object"; echo "$@" > "$TMPDIR/../words-of-test"', texts={"app.cpp": "after\r\n"})
        words = Path(tempfile.gettempdir(), "words-of-test")
        self.addCleanup(words.unlink)
        said = words.read_text()
        self.assertEqual((result.image, result.problem, result.messages), (b"after\nmore built ", "", []))
        self.assertEqual(sorted(path.name for path in self.made.build.iterdir()), ["app.o", "more.o"])
        self.assertEqual((self.made.folder / "app.cpp").read_text(), "app.cpp before")
        self.assertRegex(said, r"-ffile-prefix-map=/\S+/sources/=in/$")
        self.assertIn("-Wno-error", said)
        self.assertNotIn(" app.", said)

    def test_a_header_is_in_all_that_is_compiled(self):
        script = 'cat "$source" "${source%/*}/app.hpp" > "$object"'
        self.assertEqual(self.make(script, texts={"app.hpp": " new "}).image, b"app.cpp before new more.cpp before new ")
        self.assertEqual(self.make(script, texts={"app.hpp": " new ", "more.cpp": "more"}).image, b"app.cpp before new more new ")
        self.assertEqual(self.make(script, texts={"more.cpp": "new "}).image, b"app built new app.hpp before")
        self.assertEqual(self.make(script, texts={}).image, b"app.cpp beforeapp.hpp beforemore.cpp beforeapp.hpp before")

    def test_what_is_wrong_is_told_at_its_line(self):
        result = self.make('echo "$source:1:3: error: no such thing" >&2; exit 1')
        self.assertEqual((result.problem, result.text), ("compile", "The compiler found 1 error."))
        self.assertEqual([(said.kind, said.text, said.file, said.line, said.column) for said in result.messages], [("error", "no such thing", "app.cpp", 1, 3)])

    def test_each_way_to_fail_has_a_sentence(self):
        for scripts, problem, words in (
            (("exit 3",), "compile", r"^The compiler failed with status 3$"),
            (("echo odd; exit 3",), "compile", r"^The compiler failed: odd$"),
            (("sleep 60",), "time", r"^The compiler was ended after 1 s, and nothing was made of the source\.$"),
            (("while :; do echo x; done",), "output", r"^The compiler said too much"),
            (("echo 'cc1plus: out of memory allocating 5 bytes'; exit 1",), "memory", r"^The compiler needed more than 1\.5 GB of memory, and was ended\.$"),
            (('touch "$object"', "echo \"ld: region \\`RAM' overflowed by 4096 bytes\"; exit 1"), "size", r"^The firmware is too big for the Pico\.$"),
            (('touch "$object"', "echo 'ld: in/app.cpp:1: undefined reference to f'; exit 1"), "link", r"^The linker found 1 error\.$"),
            (('touch "$object"', 'truncate -s 30000000 "$image"'), "size", r"^The firmware has 30 MB: that does not fit into a Pico\.$"),
        ):
            with self.subTest(words):
                result = self.make(*scripts, limits=Limits(seconds=1, output=10_000))
                self.assertEqual((result.image, result.problem), (None, problem))
                self.assertRegex(result.text, words)

    def test_a_compiler_or_a_build_that_is_missing(self):
        made = Made(self, "exit 0")
        (made.folder / "arm-g++").unlink()
        result = Recompiler().run(made.recipe, {})
        self.assertEqual(result.problem, "tools")
        self.assertEqual(result.text, "arm-g++, which the build uses, is not installed; end the demo and start it again: it installs what is missing.")
        (made.folder / "ninja").write_text("#!/bin/sh\nexit 1\n")
        result = Recompiler().run(made.recipe, {})
        self.assertEqual(result.text, f"The build in {made.build} does not tell how app.cpp is compiled; build the program anew.")

    def test_another_while_one_is_compiled(self):
        recompiler = Recompiler(patience=0.05)
        with recompiler.busy:
            self.assertIsNone(recompiler.run(EXAMPLE, {}))
        self.assertEqual(recompiler.run(Made(self, "exit 3").recipe, {}).problem, "compile")


class Diagnostics(unittest.TestCase):
    names = diagnostics.Names(Path("/tmp/x"), {"app.cpp": 'auto s = "é𝄞"; f();\n', "src/app.hpp": ""}, "examples/", {"/home/me/uasync": ""})

    def read(self, *rows):
        return diagnostics.read("\n".join(rows), self.names)

    def test_columns_are_those_of_the_browser(self):
        (said,) = self.read("/tmp/x/app.cpp:1:20: error: 'f' was not declared")  # é takes two bytes and one unit, 𝄞 four and two
        self.assertEqual((said.file, said.line, said.column, said.place), ("app.cpp", 1, 17, ""))
        (said,) = self.read("/tmp/x/src/app.hpp:7:1: error: f")
        self.assertEqual((said.file, said.line, said.where), ("src/app.hpp", 7, "src/app.hpp:7"))

    def test_another_file_is_named_with_the_line_that_led_to_it(self):
        said, other = self.read(
            "In file included from /home/me/uasync/cmake/../include/uasync/uasync.hpp:31,",
            "                 from /tmp/x/app.cpp:1:",
            "/home/me/uasync/include/uasync/print.hpp: In instantiation of 'void f()':",
            "/tmp/x/app.cpp:1:6:   required from here",
            "/home/me/uasync/cmake/../include/uasync/print.hpp:90:92: error: call to non-'constexpr' function",
            "/home/me/uasync/include/uasync/print.hpp:73:6: note: declared here",
            "/usr/include/bits/align.h:1:2: warning: old",
        )
        self.assertEqual((said.kind, said.place, said.file, said.line, said.column), ("error", "include/uasync/print.hpp:90", "app.cpp", 1, 6))
        self.assertEqual([note.place for note in said.notes], ["include/uasync/print.hpp:73"])
        self.assertEqual((other.kind, other.place, other.line), ("warning", "/usr/include/bits/align.h:1", None))

    def test_the_linker_has_lines_too(self):
        for row in ("build/examples/app.cpp:1: undefined reference to `f()'", "/usr/bin/ld: examples/app.cpp:1: undefined reference to `f()'"):
            (said,) = self.read("/usr/bin/ld: /tmp/x/program.o: in function `main':", row, "collect2: error: ld returned 1 exit status")
            self.assertEqual((said.text, said.file, said.line), ("undefined reference to `f()'", "app.cpp", 1))
        (said,) = self.read("ld: region `FLASH' overflowed by 906680 bytes")
        self.assertEqual(said.text, "The program needs 906,680 bytes more than there are in FLASH.")

    def test_names_of_the_temporary_folder_are_left_out(self):
        (said,) = self.read("cc1plus: fatal error: /tmp/x/app.cpp: No such file or directory")
        self.assertEqual((said.text, said.line), ("app.cpp: No such file or directory", None))

    def test_not_all_of_too_many(self):
        rows = ["/tmp/x/app.cpp:1:1: error: e", *["/tmp/x/app.cpp:1:1: note: n"] * 40] * 110
        read = self.read(*rows)
        self.assertEqual((len(read), len(read[0].notes)), (diagnostics.MOST_MESSAGES, diagnostics.MOST_NOTES))

    def test_any_text_is_read(self):
        for row in ("", ":::", "a:1:", "a:0:0: error: x", "/tmp/x/app.cpp:99999999999:1: error: far", "/tmp/x/app.cpp:1:99999: error: far", "\x00\ufffd"):
            self.read(row)


@unittest.skipUnless((BUILT / "build.ninja").exists() and shutil.which("arm-none-eabi-g++") and EXAMPLE.image.exists(), "no firmware is built here")
class OfTheExample(unittest.TestCase):
    def test_unchanged_it_is_the_same_program(self):
        result = Recompiler().run(EXAMPLE, {SOURCE.name: SOURCE.read_text(encoding="utf-8")})
        self.assertEqual((result.problem, result.messages), ("", []))
        self.assertEqual(self.without_producer(result.image), self.without_producer(EXAMPLE.image.read_bytes()))

    def test_its_lines_are_those_of_the_source(self):
        result = Recompiler().run(EXAMPLE, {SOURCE.name: "\n\n" + SOURCE.read_text(encoding="utf-8").replace("blink(", "flash(")})
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.elf").write_bytes(result.image)
            shown = [
                subprocess.run([f"arm-none-eabi-{tool}", *options, "a.elf"], cwd=folder, capture_output=True, text=True, check=True).stdout
                for tool, *options in (("objdump", "--dwarf=decodedline"), ("nm", "-C"))
            ]
        lines = set(re.findall(r"^\S*05_queue\.cpp +(\d+) ", shown[0], re.MULTILINE))
        source = SOURCE.read_text(encoding="utf-8").splitlines()
        self.assertIn(str(source.index("        co_await sleep_ms(delay_ms);") + 3), lines)
        self.assertEqual((tempfile.gettempdir() in shown[0], "flash(" in shown[1], "blink(" in shown[1]), (False, True, False))

    def test_errors_of_the_real_compiler(self):
        result = Recompiler().run(EXAMPLE, {SOURCE.name: 'int main() { int unused = 1; uasync::print("{} {}", 1); é(); }\n'})
        self.assertEqual(result.problem, "compile")
        errors = [said for said in result.messages if said.kind == "error"]
        self.assertEqual([said.line for said in errors], [1] * len(errors))
        self.assertTrue(any(said.place.startswith("include/uasync/print.hpp:") for said in errors))
        self.assertTrue(any("unused" in said.text and said.kind == "warning" for said in result.messages))

    def test_it_has_one_source(self):
        self.assertEqual(sources(EXAMPLE.build, EXAMPLE.image), [SOURCE])

    @staticmethod
    def without_producer(image):
        """What is loaded into the chip: the debug information names the options, of which there are more."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.elf").write_bytes(image)
            subprocess.run(["arm-none-eabi-objcopy", "-Obinary", f"{folder}/a.elf", f"{folder}/a.bin"], check=True)
            return Path(folder, "a.bin").read_bytes()


if __name__ == "__main__":
    unittest.main()
