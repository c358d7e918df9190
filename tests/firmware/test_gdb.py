"""A firmware under gdb: the emulator's server, and the commands of tools/gdb, as somebody who debugs uses them."""

import json
import re
import signal
import subprocess

from .support import ROOT, RUNNER, TIME_LIMIT, FirmwareTest, image_path, on_each_preset, presses, slow

GDB = "gdb-multiarch"
PS = ROOT / "emulator" / "dist" / "cli" / "ps.js"
COMMANDS = ROOT / "tools" / "gdb" / "uasync.py"
SOURCE = ROOT / "examples" / "05_queue.cpp"
BUTTON = 15

FRAME_NUMBER = re.compile(r"^#(\d+) +", re.MULTILINE)


def line_of(text):
    """The number of the only line of the example that has this in it."""
    [number] = [number for number, line in enumerate(SOURCE.read_text().splitlines(), 1) if text in line]
    return number


class Emulator:
    """The emulator with a firmware, waiting for gdb."""

    def __init__(self, preset, name, *options):
        self.image = image_path(preset, name)
        self.process = subprocess.Popen(
            ["node", RUNNER, self.image, "--gdb", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        said = self.process.stderr.readline()
        found = re.search(r"waiting for gdb on port (\d+)", said)
        if found is None:
            self.process.kill()
            raise AssertionError(f"the emulator does not wait for gdb: {said}")
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def command(self, *commands):
        connect = ("set pagination off", "set confirm off", f"source {COMMANDS}", f"target remote localhost:{self.port}")
        return [GDB, "-nx", "-batch", *(word for one in (*connect, *commands) for word in ("-ex", one)), str(self.image)]

    def gdb(self, *commands):
        """What gdb says to these commands."""
        done = subprocess.run(
            self.command(*commands), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIME_LIMIT, stdin=subprocess.DEVNULL
        )
        return done.stdout

    def end(self):
        """(status, console, what it said) once it has ended."""
        console, said = self.process.communicate(timeout=TIME_LIMIT)
        return self.process.returncode, console, said


class GdbTest(FirmwareTest):
    def assertInOrder(self, text, *expected):
        at = 0
        for pattern in expected:
            found = re.compile(pattern, re.MULTILINE).search(text, at)
            self.assertIsNotNone(found, f"no {pattern!r} behind what came before in:\n{text}")
            at = found.end()


@slow
class Gdb(GdbTest):
    presets = ("pico-os",)
    presses = presses(BUTTON, (70_000, 230_000), 50_000)  # soon, since until the first the processor never sleeps

    def on_queue(self, *commands, preset="pico-os", options=()):
        pressed = [word for one in self.presses for word in ("--press", one)]
        with Emulator(preset, "examples/05_queue", *pressed, *options) as emulator:
            return emulator.gdb(*commands)

    @on_each_preset
    def test_breaks_in_a_coroutine_with_its_variables_and_a_backtrace(self, preset):
        line = line_of("co_await queue.put(delay_ms)")
        text = self.on_queue(
            f"break 05_queue.cpp:{line}", "continue", "backtrace", "print delay_ms", "print frame_ptr->led_1_2", "monitor time", preset=preset
        )
        self.assertInOrder(
            text,
            rf"^Breakpoint 1, async_main\(.*examples/05_queue.cpp:{line}$",
            r"^#0 +async_main\(.*frame_ptr=0x2",
            r"^#\d+ .*uasync::TaskLoop::run_tasks ",
            r"^#\d+ .*main \(\) at .*05_queue.cpp",
            r"^\$1 = 80$",
            r"^\$2 = \{number_ = 25 ",
            r"^0\.08\d+ s, \d+ cycles$",
        )

    @on_each_preset
    def test_stops_where_a_variable_changes(self, preset):
        line = line_of("co_await sleep_ms(delay_ms)")
        text = self.on_queue(
            f"tbreak 05_queue.cpp:{line}", "continue", "watch -location frame_ptr->delay_ms_1_2", "continue", "continue", preset=preset
        )
        self.assertInOrder(
            text, "^Hardware watchpoint 2", "^Old value = 0$", "^New value = 80$", "^Old value = 80$", "^New value = 160$"
        )

    @on_each_preset
    def test_steps_over_a_line_and_ends_with_the_time(self, preset):
        text = self.on_queue(
            "tbreak async_main(_Z10async_mainv.Frame *)",
            "continue",
            "next",
            "next",
            "info line",
            "continue",
            preset=preset,
            options=("--until", "20ms"),
        )
        self.assertInOrder(text, r"^the time given with --until is up$", r"^Program received signal SIGXCPU")

    @on_each_preset
    def test_stops_at_control_c_and_goes_on_after_detach(self, preset):
        with Emulator(preset, "examples/05_queue", "--press", "GP15@70ms+50ms") as emulator:
            with subprocess.Popen(
                emulator.command("continue", "info registers pc", "detach"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ) as gdb:
                self.assertEqual(emulator.process.stdout.readline().strip(), "80")  # it runs
                gdb.send_signal(signal.SIGINT)
                text, _ = gdb.communicate(timeout=TIME_LIMIT)
            self.assertInOrder(text, "^Program received signal SIGINT", r"^pc +0x10", "detached")
            self.assertIn("gdb is connected", emulator.process.stderr.readline())
            self.assertIn("gdb is gone, and the firmware runs on", emulator.process.stderr.readline())
            self.assertIsNone(emulator.process.poll())
            emulator.process.send_signal(signal.SIGINT)
            self.assertEqual(emulator.end()[0], 130)

    @on_each_preset
    def test_turns_a_second_gdb_away(self, preset):
        with Emulator(preset, "examples/05_queue") as emulator:
            with subprocess.Popen(
                emulator.command("python input()", "info registers pc"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as first:
                self.assertIn("gdb is connected", emulator.process.stderr.readline())
                text = emulator.gdb("info registers pc")
                self.assertIn("another gdb is connected to this firmware", text)
                self.assertNotIn("pc  ", text)
                text, _ = first.communicate("\n", timeout=TIME_LIMIT)
            self.assertRegex(text, r"pc +0x10")
            status, _, said = emulator.end()
        self.assertEqual(status, 0)
        self.assertIn("turned away", said)

    @on_each_preset
    def test_stops_at_a_fault_with_its_reason_and_the_way_there(self, preset):
        # Scenario 2 of `fault`: a store to an odd address, called from a coroutine.
        with Emulator(preset, "tests/firmware/fault", "--press", "GP3@0s+1s") as emulator:
            text = emulator.gdb("continue", "backtrace")
        self.assertInOrder(
            text,
            r"^HardFault: unaligned store to 0x20000102 \(4 bytes\), at PC",
            r"^Program received signal SIGSEGV",
            r"<signal handler called>",
            r"^#2 .*write_word \(address=.*fault.cpp:",
            r"^#3 .*unaligned",
            r"^#\d+ .*main \(\) at",
        )

    def test_says_when_the_port_is_taken(self):
        preset = self.chosen()[0]
        with Emulator(preset, "examples/05_queue") as emulator:
            command = ["node", RUNNER, emulator.image, "--gdb", str(emulator.port)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, rf"^uasync run: port {emulator.port} cannot be used for gdb: it is in use[^\n]*\n$")


@slow
class BothReaders(GdbTest):
    """gdb's command and `./uasync ps`, which find everything out in their own ways."""

    presets = ("pico-os",)

    @on_each_preset
    def test_say_the_same_of_every_way_to_wait(self, preset):
        for name in ("waiting", "waiting_in_others"):
            with self.subTest(firmware=name):
                self.assertTheSame(preset, f"tests/firmware/{name}")

    def assertTheSame(self, preset, name):
        with Emulator(preset, name, "--until", "100ms") as emulator:
            lines = emulator.gdb("continue", "uasync ps").splitlines()
            command = ["node", PS, emulator.image, "--at", "100ms", "--json"]
            expected = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIME_LIMIT).stdout)
        [start] = [number for number, line in enumerate(lines) if line.startswith("# ")]
        columns = [found.start() for found in re.finditer(r"\S+( \S+)*", lines[start])]
        shown = []
        for line in lines[start + 1 :]:
            cells = [line[begin:end].strip() for begin, end in zip(columns, [*columns[1:], None])]
            shown.append((re.sub("^lambda in .*", "lambda", cells[1]), cells[2], cells[3], bool(cells[4]), cells[5], int(cells[6])))
        self.assertGreater(len(shown), 14)
        self.assertEqual(
            shown,
            [
                (
                    re.sub("^lambda in .*", "lambda", task["name"]),
                    task["state"],
                    task["waits_for"]
                    + (f" ({task['object']})" if task["object"] else "")
                    + (f", held by {task['held_by']}" if task["held_by"] else ""),
                    task["deadline_us"] is not None,
                    f"{task['place']['file']}:{task['place']['line']}",
                    task["bytes"],
                )
                for task in expected["tasks"]
            ],
        )


class RunningTask(GdbTest):
    presets = ("pico-os", "pico-o0", "pico-clang")  # in pico-o2 gdb does not find the line

    @on_each_preset
    def test_ps_shows_the_task_that_runs(self, preset):
        line = line_of("co_await queue.put(delay_ms)")
        with Emulator(preset, "examples/05_queue", "--press", "GP15@70ms+50ms") as emulator:
            text = emulator.gdb(f"break 05_queue.cpp:{line}", "continue", "uasync ps", "uasync bt 1")
        name = r"\?" if preset == "pico-clang" else "async_main"  # which does not say where the frame of a running coroutine is
        self.assertRegex(text, rf"\n1 +{name} +running +examples/05_queue.cpp:{line} ")
        self.assertRegex(text, rf"\n{name} is running: its coroutines are on the stack")


@slow
class Commands(GdbTest):
    """`uasync ps` and `uasync bt` at the moment at which everything sleeps, after the first press."""

    presets = ("pico-os", "pico-o2", "pico-o0", "pico-clang")

    def ask(self, preset, *commands):
        with Emulator(preset, "examples/05_queue", "--press", "GP15@70ms+50ms", "--until", "100ms") as emulator:
            return emulator.gdb("continue", *commands)

    @on_each_preset
    def test_ps_lists_the_tasks(self, preset):
        text = self.ask(preset, "uasync ps")
        table = [line.split() for line in text.splitlines() if re.match(r"[#\d] ", line)]
        size = {"pico-clang": r"\?"}.get(preset, r"\d{2,3}")
        self.assertEqual(" ".join(table[0]), "# TASK STATE WAITS FOR DEADLINE AT BYTES")
        self.assertRegex(
            " ".join(table[1]), rf"^1 async_main sleeping sleep in [12]\d\.\d ms examples/05_queue.cpp:{line_of('sleep_ms(40)')} {size}$"
        )
        self.assertRegex(
            " ".join(table[2]), rf"^2 blink sleeping sleep in [56]\d\.\d ms examples/05_queue.cpp:{line_of('sleep_ms(delay_ms)')} {size}$"
        )
        self.assertEqual(len(table), 3)

    @on_each_preset
    def test_bt_shows_who_awaits_whom(self, preset):
        text = self.ask(preset, "uasync bt async_main", "uasync bt 2")
        frames = [line for line in text.splitlines() if FRAME_NUMBER.match(line)]
        inner, outer = line_of("co_await sleep_ms(40)"), line_of("co_await wait_button(button)")
        self.assertEqual(
            frames,
            [
                f"#0  wait_button () at examples/05_queue.cpp:{inner}",
                "#1  async_main () at " + ("?" if preset == "pico-clang" else f"examples/05_queue.cpp:{outer}"),
                f"#0  blink () at examples/05_queue.cpp:{line_of('co_await sleep_ms(delay_ms)')}",
            ],
        )
        if preset != "pico-clang":  # which says nothing of its frames
            self.assertRegex(text, r"\n {8}previous = 0\n")
            self.assertRegex(text, r"\n {8}delay_ms = 80\n")

    def test_says_what_is_wrong(self):
        preset = self.chosen()[0]
        with Emulator(preset, "examples/05_queue") as emulator:
            text = emulator.gdb("uasync ps", "uasync bt blink")
        self.assertEqual(text.count("No loop is running"), 2, text)
        text = self.ask(preset, "uasync bt nobody", "uasync bt", "uasync ps all")
        self.assertInOrder(text, "There is no task nobody", "Which task", "takes no argument")

    def test_says_that_a_program_is_not_made_with_uasync(self):
        command = [GDB, "-nx", "-batch", "-ex", f"source {COMMANDS}", "-ex", "uasync ps"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
        self.assertRegex(done.stderr, r"^This program has no symbol uasync_descriptor\.")

    def test_explains_itself(self):
        command = [GDB, "-nx", "-batch", "-ex", f"source {COMMANDS}", "-ex", "help uasync", "-ex", "help uasync bt"]
        text = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT).stdout
        for words in ("uasync bt", "uasync ps", "Usage: uasync bt TASK"):
            self.assertIn(words, text)
