"""Every verb with every option wrong once: a line that names it, says what is wrong and what to do, before anything is built."""

import importlib
import socket
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from desk import RP2350, uf2
from support import Commands, in_process

from cli.main import MODULES, VERBS
from cli.values import UF2_MAGIC

# Would be run by anything that builds or installs. Each leaves its name behind.
BUILDERS = ("cmake", "ninja", "ctest", "npm", "node", "apt-get", "sudo", "arm-none-eabi-nm", "valgrind", "clang-format-19", "run-clang-tidy-19")

FILES = (
    ("*", "it is a folder; give the name of a file"),
    ("*/none/x", r"the folder \*/none does not exist; create it"),
    ("*/text/x", r"\*/text is not a folder; choose another place"),
    ("/proc/x", "no such file or directory; choose another place"),
    ("", "is not the name of a file; write"),
)
TIMES = (
    ("soon", "'soon' is not a time; write"),
    ("-1s", "'-1s' is not a time; write"),
    ("0s", "leaves the firmware no time to run; write"),
    ("8640001s", "longer than 100 days; write"),
)
BUTTONS = (("15", "is not a pin; the pins are"), ("GP30", "is not a pin; the pins are"), ("GP25", "is the LED on the Pico.*; the pins at the edge"))
PRESSES = (
    ("GP15", "is not a press; write"),
    ("GP25@1s+1s", "is the LED on the Pico.*; the pins at the edge"),
    ("GP24@1s+1s", "is used inside the Pico.*; the pins at the edge"),
    ("GP15@1s+0s", "for no time at all; write"),
    ("-1", "is not a press; write"),
)
PORTS = (("x", "is not a port; write"), ("99999", "is not a port; write"), ("-1", "is not a port; write"))
EMULATOR = {
    "--press": PRESSES,
    "--input": (("hello", "is not an input; write"), ("a\\q@1s", "means nothing; there are"), ("a@soon", "is not a time; write")),
    "--drive": (("GP4", "is not a drive; write"), ("GP4@1s=2", "is not a level; write"), ("GP30@1s=1", "is not a pin; the pins are")),
    "--wire": (("GP4", "is not a wire; write"), ("GP4-GP4", "wires a pin to itself; write"), ("GP4-GND", "is not a pin; the pins are")),
    "--analog": (("GP26", "is not a voltage at a pin; write"), ("GP4@0s=1V", "has no analog input; GP26"), ("GP26@0s=5V", "is more than a pin bears; write")),
    "--expect": (("", "is printed by every firmware; write"), ("a\\q", "means nothing; there are")),
    "--within": TIMES,
    "--flash": FILES,
    "--until": TIMES,
    "--json": FILES,
    "--vcd": FILES,
    "--trace": FILES,
    "--led": BUTTONS[:2],
    "--button": BUTTONS,
    "--gdb": PORTS,
}
FOLDERS = (
    ("*/text", "is not a folder; give the name of a folder"),
    ("*/text/x", r"\*/text is not a folder; choose another place"),
    ("/proc/x", "no such file or directory; choose another place"),
    ("*", "is not empty, and not a (page|site|comparison) that was written before; give"),
    ("", "is not the name of a folder; write"),
)
IMAGES = (
    ("none.elf", "no such file; build it first"),
    ("*", "is a folder; give the ELF file in it"),
    ("*/text", "not? an ELF.*; give the .elf file"),
    ("*/empty", "the file is empty; give the .elf file"),
)
MICROPYTHON = (
    *((image, pattern.replace("not?", "neither")) for image, pattern in IMAGES),
    ("none.uf2", "no such file; build it first"),
    ("none.bin", "no such file; build it first"),
    ("*/bad.uf2", "is not a UF2 file; give the .uf2 file"),
    ("*/other.uf2", "is for RP2350, not RP2040; give MicroPython for the board RPI_PICO"),
    ("*/data.uf2", "is for a chip of the family 0x12345678, not RP2040; give MicroPython for the board RPI_PICO"),
    ("*/empty.bin", "has 0 bytes; give the .bin file"),
    ("*/folder.bin", "cannot be read"),
)

# What is wrong of each option that takes a value. `*` is a folder that has some files in it.
WRONG = {
    "demo": {**EMULATOR, "--port": PORTS, "--micropython": MICROPYTHON},
    "page": {"--out": FOLDERS},
    "docs": {"--out": FOLDERS, "--port": PORTS},
    "flash": {"--drive": (("*", "is not the drive of a board.*; hold BOOTSEL"), ("none", "is not the drive of a board.*; hold BOOTSEL"))},
    "console": {"--baud": (("fast", "is not a speed of this computer's ports; usual ones are 9600"), ("1200", "is not a speed"), ("-1", "is not a speed"))},
    "new": {
        "--path": (("*", "does not hold uasync's sources; give the folder of a clone"), ("none", "does not hold uasync's sources; give")),
        "--fetch": (("somewhere", "is not the address of a git repository; write"), ("https://a b", "is not the address of a git repository; write")),
        "--tag": (("a b", "is not a tag, branch or commit; write"), ("-x", "is not a tag, branch or commit; write")),
    },
    "run": EMULATOR,
    "ps": {"--at": TIMES, "--press": PRESSES},
    "watch": {
        "--port": PORTS,
        "--until": TIMES,
        "--press": PRESSES,
        "--preset": (("a b", "is not the name of a preset; see cmake --list-presets"), ("", "is not the name")),
    },
    "test": {"--changed": (("no-such-commit", "is no commit of this repository; see git log"),)},
    "bench": {"--json": FILES, "--out": FOLDERS},
    "size": {"--json": FILES},
}
# Any text is right for these.
TEXTS = {"test": {"-k"}, "flash": {"--port"}, "console": {"--port"}}
# What the verb needs beside the option.
NEEDED = {"flash": ["*/good.uf2"], "new": ["*/new"], "run": ["*/image"], "ps": ["*/image"], "page": ["--out", "*/new"], "bench": ["--publish"]}
# Options that are right by themselves.
TOGETHER = (
    ("run", ["*/image", "--gdb", "1", "--interactive"], "--gdb and --interactive do not go together; leave out"),
    ("run", ["*/image", "--interactive"], "--interactive needs a terminal"),
    ("run", ["*/image", "--expect", "a", "--gdb", "1"], "--expect and --gdb do not go together; leave out"),
    ("run", ["*/image", "--expect", "a", "--interactive"], "--expect and --interactive do not go together; leave out"),
    ("run", ["*/image", "--within", "1s"], "--within is for --expect; add it, or write --until"),
    ("run", ["*/image", "--press", "GP1@1s+1s", "--press=GP1@1.5s+1s"], "--press: two presses of GP1 overlap at 1.5 s; release"),
    ("run", ["*/image", "*/image"], "unknown option or argument"),
    ("ps", ["*/image", "--press", "GP1@1s+1s", "--press=GP1@1.5s+1s"], "--press: two presses of GP1 overlap at 1.5 s; release"),
    ("watch", ["--press", "GP1@1s+1s", "--press=GP1@1.5s+1s"], "--press: two presses of GP1 overlap at 1.5 s; release"),
    ("watch", ["--flash", "--until", "1s"], "--until and --press are for runs without a page or a board; leave them out"),
    ("watch", ["--page", "--until", "1s"], "--until and --press are for runs without a page or a board; leave them out"),
    ("watch", ["--flash", "--port", "8000"], "--port and --no-browser are for the page; add --page"),
    ("watch", ["--flash", "--page"], "--page: not allowed with argument --flash|--flash: not allowed with argument --page"),
    ("demo", ["--headless", "--press", "GP1@1s+1s", "--press=GP1@1.5s+1s"], "--press: two presses of GP1 overlap at 1.5 s; release"),
    ("demo", ["--headless", "--port", "8000"], "--port and --no-browser are for the page; leave them out"),
    ("demo", ["--terminal", "--no-browser"], "--port and --no-browser are for the page; leave them out"),
    ("demo", ["--headless", "--interactive"], "--headless and --interactive do not go together; leave out"),
    ("demo", ["--headless", "--terminal"], "--terminal: not allowed with argument --headless|--headless: not allowed with argument --terminal"),
    ("demo", ["--no-browser", "--until", "1s"], "--until is for --terminal and --headless; add one of them"),
    ("demo", ["--headless", "--micropython", "*/good.uf2"], "--micropython is for the page; leave it out"),
    ("demo", ["--terminal", "--micropython", "*/good.bin"], "--micropython is for the page; leave it out"),
    ("demo", ["--interactive", "--micropython", "*/image"], "--micropython is for the page; leave it out"),
    ("docs", ["--check", "--serve"], "--check builds nothing; leave out"),
    ("docs", ["--check", "--port", "8000"], "--check builds nothing; leave out"),
    ("docs", ["--port", "8000"], "--port is for --serve; add it"),
    ("bench", ["--out", "*/new"], "--out is for --publish; add it"),
    ("test", ["--everywhere"], "--everywhere goes with -k or --changed; see"),
    ("test", ["--quick", "-k", "x"], "-k: not allowed with argument --quick; see"),
    ("size", ["*/uf2"], "a UF2 file holds no symbols; open the ELF file"),
)


class WrongOptions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, content in (
            *(("text", b"text"), ("empty", b""), ("image", b"\x7fELF"), ("uf2", UF2_MAGIC), ("good.uf2", uf2()), ("good.bin", b"\0")),
            *(("bad.uf2", b"text"), ("other.uf2", uf2(family=RP2350)), ("data.uf2", uf2(family=0x12345678)), ("empty.bin", b"")),
        ):
            (self.folder / name).write_bytes(content)
        (self.folder / "folder.bin").mkdir()
        commands = Commands()
        commands.__enter__()
        self.addCleanup(commands.__exit__)
        self.begun = commands.path / "begun"
        for name in BUILDERS:
            commands.add(name, f'echo "{name} $*" >>"{self.begun}"; exit 1')
        # In the place of git, it knows no commit.
        commands.add("git", 'case "$*" in "rev-parse --git-dir") echo .git ;; *) exit 1 ;; esac')
        patch = mock.patch("os.execvp", side_effect=AssertionError("it has begun to run"))
        patch.start()
        self.addCleanup(patch.stop)

    def assert_refused(self, verb, words, *patterns):
        before = sorted(path.name for path in self.folder.iterdir())
        done = in_process(verb, *(word.replace("*", str(self.folder)) for word in words))
        said = done.stderr.replace(str(self.folder), "*")
        self.assertEqual((done.returncode, done.stdout), (2, ""), said)
        self.assertRegex(said, rf"^uasync {verb}: [^\n]+\n$")
        for pattern in patterns:
            self.assertRegex(said, pattern)
        self.assertFalse(self.begun.exists(), f"{said}, after it has begun to work")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), before)

    def needed(self, verb, option):
        words = NEEDED.get(verb, [])
        return [] if option in words else words

    def options_of(self, verb):
        parser = importlib.import_module(f"cli.{MODULES.get(verb, verb)}").parser()
        return [(action.option_strings[-1], action.nargs) for action in parser._actions if action.option_strings and action.dest != "help"]

    def test_every_option_that_takes_a_value_has_wrong_ones_here(self):
        for verb in VERBS:
            with self.subTest(verb):
                named = {name for name, number in self.options_of(verb) if number != 0}
                self.assertEqual(named, WRONG[verb].keys() | TEXTS.get(verb, set()))

    def test_wrong_values(self):
        for verb in VERBS:
            for option, values in WRONG[verb].items():
                for value, pattern in values:
                    with self.subTest(verb, option=option, value=value):
                        needed = self.needed(verb, option)
                        self.assert_refused(verb, [*needed, option, value], rf"^uasync {verb}: {option}\b", pattern)

    def test_no_value_and_a_value_too_many(self):
        for verb in VERBS:
            for option, number in self.options_of(verb):
                with self.subTest(verb, option=option):
                    needed = self.needed(verb, option)
                    if number == 0:
                        self.assert_refused(verb, [*needed, f"{option}=1"], rf"{option}: .*; see \./uasync {verb} --help")
                    elif number is None:
                        self.assert_refused(verb, [*needed, option], rf"{option}: expected one argument; see \./uasync {verb} --help")

    def test_images(self):
        for verb in ("run", "ps", "size"):
            for image, pattern in IMAGES:
                with self.subTest(verb, image=image):
                    self.assert_refused(verb, [image], pattern.replace("not?", "neither|not"))

    def test_options_that_do_not_go_together(self):
        for verb, words, pattern in TOGETHER:
            with self.subTest(verb, words=words):
                self.assert_refused(verb, words, pattern)

    def test_a_port_that_somebody_else_has(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            for verb, more in (("demo", "--no-browser"), ("docs", "--serve")):
                with self.subTest(verb):
                    done = in_process(verb, more, "--port", str(port))
                    self.assertEqual((done.returncode, done.stdout), (1, ""))
                    self.assertRegex(done.stderr, rf"^uasync {verb}: --port {port}: address already in use; choose another port.*\n$")
                    self.assertFalse(self.begun.exists())


if __name__ == "__main__":
    unittest.main()
