"""What `./uasync ps` tells of a firmware's tasks, whose runtime tells nothing itself."""

import functools
import json
import re
import subprocess
import tempfile
from pathlib import Path

from .support import ROOT, RUNNER, FirmwareTest, image_path, on_each_preset, slow

PS = ROOT / "emulator" / "dist" / "cli" / "ps.js"
SOURCE = (ROOT / "tests" / "firmware" / "waiting.cpp").read_text().splitlines()
EXAMPLE = (ROOT / "examples" / "05_queue.cpp").read_text().splitlines()
HOUR_US = 3_600_000_000

# Name of the task, state, what it waits for, in which object, and a piece of the line at which it does.
WAITING = (
    ("async_main", "sleeping", "sleep", None, "co_await sleep_ms(3'600'000);"),
    ("in_event", "waiting", "Event::wait", "ready", "co_await ready.wait()"),
    ("in_member", "waiting", "Queue::get", "station.parcels", "station.parcels.get()"),
    ("in_get", "waiting", "Queue::get", "mailbox", "co_await queue.get()"),
    ("in_put", "waiting", "Queue::put", "full", "co_await queue.put(3)"),
    ("in_scoped_lock", "waiting", "Lock::acquire", "lock", "co_await lock.scoped_lock()"),
    ("in_future", "waiting", "Future", "future", "co_await future"),
    ("in_ring", "waiting", "RingQueue::get", "ring", "co_await ring.get()"),
    ("in_receive", "waiting", "Channel::receive", "channel", "co_await channel.receive()"),
    ("in_barrier", "waiting", "Barrier::wait", "barrier", "co_await barrier.wait()"),
    ("in_tick", "waiting", "Ticker::tick", "ticker", "co_await ticker.tick()"),
    ("in_join", "waiting", "task in_event", None, "co_await other"),
    ("in_gather", "waiting", "gather", None, "co_await gather("),
    ("in_wait_for", "waiting", "Event::wait", "never_set", "co_await wait_for("),
    ("in_three", "sleeping", "sleep", None, "co_await sleep_ms(3'600'000); }"),
    ("in_template", "waiting", "Event::wait", "never_set", "co_await event.wait();"),
    ("lambda", "waiting", "Event::wait", "never_set", "co_await event.wait(); }(never_set)"),
    ("in_template", "waiting", "Event::wait", "never_set", "co_await event.wait();"),
    ("in_template", "waiting", "Event::wait", "never_set", "co_await event.wait();"),
)


# Up to the first press the task blink never sleeps.
PRESSED = ("--at", "600ms", "--press", "GP15@100ms+100ms", "--press", "GP15@300ms+100ms")


def ps(*arguments, status=0):
    done = subprocess.run(["node", PS, *arguments], capture_output=True, text=True, timeout=60)
    if done.returncode != status:
        raise AssertionError(f"status {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


@functools.lru_cache(maxsize=None)
def tasks(preset, name, *arguments):
    shown = json.loads(ps(image_path(preset, name), "--json", *arguments).stdout)
    return shown["t_us"], shown["tasks"]


def plain(name):
    """A name as all compilers give it."""
    return re.sub(r"<.*>|^(lambda) in .*", r"\1", name)


def line(source, place):
    return source[place["line"] - 1]


class Waiting(FirmwareTest):
    maxDiff = None

    @on_each_preset
    def test_every_task_is_found_by_its_name_and_state(self, preset):
        now, found = tasks(preset, "tests/firmware/waiting")
        self.assertGreaterEqual(now, 1e6)
        self.assertEqual([(plain(task["name"]), task["state"]) for task in found], [row[:2] for row in WAITING])

    @on_each_preset
    def test_deadlines_are_those_of_sleeps_ticks_and_timeouts(self, preset):
        now, found = tasks(preset, "tests/firmware/waiting")
        due = {plain(task["name"]): task["deadline_us"] for task in found}
        expected = ["async_main", "in_three"] + (["in_tick", "in_wait_for"] if preset != "pico-clang" else [])
        self.assertEqual(sorted(name for name, deadline in due.items() if deadline is not None), sorted(expected))
        for name in expected:
            self.assertNear(due[name], HOUR_US, 3_000)

    @on_each_preset
    def test_the_coroutines_between_are_told(self, preset):
        _, found = tasks(preset, "tests/firmware/waiting")
        [three] = [task for task in found if task["name"] == "in_three"]
        self.assertEqual([coroutine["name"] for coroutine in three["coroutines"]], ["in_three", "in_between", "innermost"])
        pieces = ("co_await in_between();", "co_await innermost();", "co_await sleep_ms(")
        for coroutine, piece in zip(three["coroutines"], pieces):
            self.assertIn(piece, line(SOURCE, coroutine["place"]))


class WithGcc(FirmwareTest):
    presets = ("pico-os", "pico-o2", "pico-o0")

    @on_each_preset
    def test_what_each_waits_for_and_where(self, preset):
        _, found = tasks(preset, "tests/firmware/waiting")
        for task, (name, _, waits_for, thing, piece) in zip(found, WAITING):
            with self.subTest(task=name):
                self.assertEqual((task["waits_for"], task["object"]), (waits_for, thing))
                self.assertIn(piece, line(SOURCE, task["place"]))
                self.assertEqual(task["place"]["file"], "firmware/waiting.cpp")
                self.assertGreater(task["bytes"], 32)


class WithClang(FirmwareTest):
    """It describes a coroutine's frame to nobody, so only what the code itself tells is known."""

    presets = ("pico-clang",)

    @on_each_preset
    def test_the_line_of_almost_every_wait(self, preset):
        _, found = tasks(preset, "tests/firmware/waiting")
        pieces = [(task, piece) for task, (name, _, _, _, piece) in zip(found, WAITING) if name not in ("async_main", "in_gather", "in_wait_for")]
        for task, piece in pieces:
            with self.subTest(task=task["name"]):
                self.assertIn(piece, line(SOURCE, task["place"]))


@slow
class Examples(FirmwareTest):
    @on_each_preset
    def test_a_sleep_at_the_end_of_a_loop_has_its_own_line(self, preset):
        """Compilers say where a coroutine goes on, which is at the loop's begin."""
        _, [main, blink] = tasks(preset, "examples/05_queue", *PRESSED)
        self.assertIn("co_await sleep_ms(delay_ms)", line(EXAMPLE, blink["place"]))
        self.assertIn("co_await sleep_ms(40)", line(EXAMPLE, main["place"]))
        self.assertEqual([coroutine["name"] for coroutine in main["coroutines"]], ["async_main", "wait_button"])

    @on_each_preset
    def test_who_hogs_the_processor_is_seen(self, preset):
        now, [main, blink] = tasks(preset, "examples/02b_starving", "--at", "200ms")
        self.assertEqual((main["state"], blink["state"]), ("running", "ready"))
        self.assertGreater(main["longest_step_us"], 0.99 * now)
        self.assertEqual((main["steps"], blink["steps"]), (1, 0))
        self.assertEqual(main["place"]["file"], "examples/02b_starving.cpp")

    @on_each_preset
    def test_the_times_are_those_of_the_run(self, preset):
        _, [main, blink] = tasks(preset, "examples/05_queue", *PRESSED)
        # Every 40 ms since the start it looks at the button.
        self.assertEqual((main["steps"], main["wakes"]), (15, 14))
        self.assertNear(main["since_us"], main["deadline_us"] - 40_000, 1_000)
        # The first delay is the 120 ms up to the first press.
        self.assertNear(blink["run_us"], 120_000, 2_000)
        self.assertNear(blink["deadline_us"] - blink["since_us"], 200_000, 1_000)


class Trace(FirmwareTest):
    @on_each_preset
    def test_who_wakes_whom_and_who_runs_when(self, preset):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "trace.json"
            command = ["node", RUNNER, image_path(preset, "examples/07_latest"), "--until", "1.2s", "--press", "GP15@300ms+100ms"]
            subprocess.run([*command, "--quiet", "--trace", file], check=True, timeout=60)
            events = json.loads(file.read_text())["traceEvents"]
        names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
        wakes = {}
        for event in events:
            if event["ph"] in "sf":
                wakes.setdefault(event["id"], {})[event["ph"]] = (names[event["pid"], event["tid"]], event["ts"])
        woken = [(wake["s"][0], wake["f"][0]) for wake in wakes.values() if "f" in wake]
        # The press comes by interrupt; what follows it are the sleeps against bouncing, and the message to the other task.
        self.assertEqual(woken[0], ("interrupt IO_BANK0", "async_main"))
        self.assertIn(("async_main", "blink"), woken)
        self.assertTrue({waker for waker, _ in woken} <= {"interrupt IO_BANK0", "timer", "async_main"}, woken)
        for wake in wakes.values():
            if "f" in wake:
                self.assertLessEqual(wake["s"][1], wake["f"][1])
        [tasks_of_all] = [e["pid"] for e in events if e["name"] == "process_name" and e["args"]["name"] == "tasks"]
        steps = sorted((e["ts"], e["ts"] + e["dur"]) for e in events if e["ph"] == "X" and e["pid"] == tasks_of_all)
        self.assertGreater(len(steps), 10)
        for (_, end), (begin, _) in zip(steps, steps[1:]):
            self.assertLessEqual(end, begin + 0.001, "two tasks ran at once")


@slow
class Command(FirmwareTest):
    presets = ("pico-os",)

    @on_each_preset
    def test_the_table(self, preset):
        shown = ps(image_path(preset, "examples/05_queue"), "--at", "500ms").stdout.splitlines()
        self.assertRegex(shown[0], r"^500\.0 ms after power-on: 2 tasks$")
        self.assertRegex(shown[2], r"^TASK +STATE +WAITS FOR +FOR +AT +BYTES +RAN +STEPS +LONGEST +WAKES$")
        self.assertRegex(shown[3], r"^async_main +sleeping +sleep, due in [0-9.]+ ms +[0-9.]+ ms +examples/05_queue\.cpp:\d+ +\d+ ")
        self.assertRegex(shown[4], r"^  wait_button at examples/05_queue\.cpp:\d+$")
        self.assertRegex(shown[5], r"^  awaited by async_main at examples/05_queue\.cpp:\d+$")

    @on_each_preset
    def test_names_that_the_firmware_keeps_are_used(self, preset):
        """From a UF2 file no others can come."""
        found = json.loads(ps(image_path(preset, "tests/firmware/cancel", ".uf2"), "--json", "--at", "1ms").stdout)["tasks"]
        self.assertTrue(found)
        for task in found:
            self.assertRegex(task["name"], r"^[A-Za-z_][\w:]*$")

    @on_each_preset
    def test_a_uf2_file_has_no_names_but_tasks(self, preset):
        image = image_path(preset, "examples/05_queue", ".uf2")
        shown = ps(image, "--json", *PRESSED)
        elf = image.with_suffix(".elf")
        self.assertEqual(
            shown.stderr, f"uasync ps: {image}: has no names or line numbers; open the ELF file it was made from: {elf}\n"
        )
        found = json.loads(shown.stdout)["tasks"]
        self.assertEqual([task["state"] for task in found], ["sleeping", "sleeping"])
        for task in found:
            self.assertRegex(task["name"], r"^0x1000[0-9a-f]{4}$")
            self.assertIsNone(task["place"])

    @on_each_preset
    def test_an_end_before_the_moment_is_told(self, preset):
        done = ps(image_path(preset, "examples/06_race"), "--at", "1s")
        self.assertIn("0 tasks", done.stdout)
        self.assertRegex(done.stderr, r"^uasync ps: it ended before, at [0-9.]+ ms: ")

    @on_each_preset
    def test_what_cannot_be_shown_is_told_by_its_cause(self, preset):
        elf = image_path(preset, "examples/05_queue")
        for arguments, message in (
            (["nowhere.elf"], "nowhere.elf: no such file"),
            ([__file__], f"{__file__}: neither an ELF nor a UF2 file"),
            ([elf, "--at", "soon"], "soon"),
            ([elf, "--wrong"], "unknown option '--wrong'; see --help"),
        ):
            with self.subTest(message=message):
                self.assertIn(message, ps(*arguments, status=2).stderr)

    @on_each_preset
    def test_the_descriptor_is_small_and_costs_no_code(self, preset):
        listed = subprocess.run(
            ["arm-none-eabi-nm", "-S", image_path(preset, "examples/05_queue")], capture_output=True, text=True, check=True
        ).stdout
        [entry] = [row.split() for row in listed.splitlines() if row.endswith(" uasync_descriptor")]
        self.assertLessEqual(int(entry[1], 16), 64)
