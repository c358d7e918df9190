"""Several loops on the board: on both cores, and run by interrupts."""

import json
import re

from .support import BUILD, FirmwareTest, firmware, image_path, on_each_preset, run, slow
from .test_gdb import Emulator
from .test_tasks import ps


class Core1(FirmwareTest):
    @firmware("tests/firmware/core1")
    def test_results_errors_and_cancellations_go_from_core_to_core(self, report):
        self.assertEqual(
            report.lines,
            [
                "first task on core 1",
                "got 1",
                "got 2",
                "got 3",
                "flag seen on core 1",
                "sum 5050",
                "failed: what it awaited was destroyed",
                "cancelled: true",
                "cleaned up on core 1",
                "ended: cancelled",
                "again: false",
                "told by core 1: true",
                "woken in main's loop",
                "told by core 0: true",
                "woken in main's loop",
            ],
            f"\n{report}",
        )


class Core1Starts(FirmwareTest):
    presets = ("pico-os", "pico-o2", "pico-clang")  # a thousand starts take the emulator as long without optimisation as with all of these

    @firmware("tests/firmware/core1_starts", until="60s")
    def test_it_starts_at_any_cycle_and_can_be_switched_off(self, report):
        self.assertEqual(report.lines, ["right: 1000", "left in the pool: 0"], f"\n{report}")


class Soak(FirmwareTest):
    presets = ("pico-os",)

    @firmware("tests/firmware/core1_soak", until="60s")
    def test_no_post_is_lost_when_both_cores_post_at_once(self, report):
        self.assertEqual(report.lines, ["core 1 got 100000", "core 0 got 100000", "left in the pool: 0"], f"\n{report}")


class Interrupts(FirmwareTest):
    @firmware("tests/firmware/interrupt_loop")
    def test_urgent_tasks_interrupt_a_step_that_never_awaits(self, report):
        self.assertEqual(
            report.lines,
            [
                "steps during the hog's: 5",
                "late: 0",
                "late beside a slower loop: 0",
                "cancelled: true",
                *["woken before the next line: true"] * 3,
            ],
            f"\n{report}",
        )


class OwnPort(FirmwareTest):
    """What the RP2040's port does without an SDK. Each core prints whole lines, and so does an interrupt that prints in the middle of one."""

    presets = ("pico-os",)

    @firmware("tests/firmware/loops_rp2040", until="2s")
    def test_cores_and_interrupts_share_what_there_is(self, report):
        printed = [line for line in report.lines if " line " in line]
        by_core = [[line for line in printed if line.startswith(f"core {core}")] for core in (0, 1)]
        text = "core {} line {}: all of it, from its first letter to its last one"
        self.assertEqual(by_core, [[text.format(core, number) for number in range(5)] for core in (0, 1)], f"\n{report}")
        self.assertNotEqual(printed, by_core[0] + by_core[1], "they did not print at the same time")
        interrupted, rest = report.lines[-3:-1]
        self.assertEqual(interrupted.replace("!", ""), "." * 400, f"\n{report}")
        self.assertIn("!", interrupted)
        self.assertEqual((interrupted + rest).count("!"), 5, f"\n{report}")
        self.assertEqual(
            [line for line in report.lines if line not in (*printed, interrupted, rest)],
            [
                "asked for: would have to wait",
                "dropped: what it awaited was destroyed",
                "cleaned up on core 1",
                "only core 1 hears of it: true",
                "edge seen on core 1",
                "rising edge seen, the pin then starts low: true",
                "a section that begins where interrupts are masked locks: true",
                "late beside a slower loop: 0 of 5",
                "left in the pool: 0",
            ],
            f"\n{report}",
        )

    @firmware("tests/firmware/loops_rp2040", press=("GP2@0ms+100ms",), until="1s")
    def test_the_other_core_goes_on_if_the_program_says_so(self, report):
        self.assertEqual(report.lines[0], "core 1: uasync: stops in the middle of a line and of a section", f"\n{report}")
        self.assertEqual(report.lines[1], "core 0 goes on", f"\n{report}")

    @firmware("tests/firmware/loops_rp2040", press=("GP3@0ms+100ms",), until="1s")
    def test_the_line_of_an_interrupt_loop_is_in_use(self, report):
        self.assertEqual(report.lines, ["uasync: the interrupt line of an interrupt loop is in use"], f"\n{report}")


def wrong(pin):
    return firmware("tests/firmware/loops_misuse", press=(f"GP{pin}@0ms+100ms",), until="1s")


class Misuse(FirmwareTest):
    """Each ends the program with a message that names the cause."""

    no_alarm = "no spare alarm for an interrupt loop: there are two"

    def assertSays(self, report, *lines):
        self.assertEqual(report.lines[-len(lines) :], [f"uasync: {line}" for line in lines], f"\n{report}")
        self.assertEqual(report.exit, "breakpoint")

    @wrong(2)
    def test_a_task_for_core_1_while_it_is_off(self, report):
        self.assertSays(report, "core 1 is off: call Core1::start first")

    @wrong(3)
    def test_core_1_is_started_twice(self, report):
        self.assertSays(report, "core 1 is running already")

    @wrong(4)
    def test_a_task_of_the_other_core_is_woken(self, report):
        self.assertSays(
            report,
            "task 'waits' belongs to another loop, which another core or an interrupt runs",
            "from here, use ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe",
            "a loop was used from the wrong place",
        )

    @wrong(5)
    def test_a_task_of_an_interrupt_loop_is_woken(self, report):
        self.assertSays(
            report,
            "task 'waits' belongs to another loop, which another core or an interrupt runs",
            "from here, use ThreadSafeFlag or ThreadSafeQueue, or call_soon_threadsafe",
            "a loop was used from the wrong place",
        )

    @wrong(6)
    def test_more_interrupt_loops_than_lines(self, report):
        self.assertSays(report, self.no_alarm)

    @wrong(7)
    def test_a_priority_that_does_not_exist(self, report):
        self.assertSays(report, "an interrupt loop has a priority from 0, the highest, to 3")

    @wrong(8)
    def test_the_stack_of_core_1_is_too_small(self, report):
        self.assertEqual(report.lines[-1], "core 1: uasync: the stack of core 1 was too small: make it larger, Core1<4096>", f"\n{report}")
        self.assertEqual(report.exit, "breakpoint")

    @wrong(9)
    def test_the_main_loop_calls_an_interrupt_loop(self, report):
        self.assertSays(
            report,
            "another core or an interrupt runs the loop",
            "from here, use call_soon_threadsafe",
            "a loop was used from the wrong place",
        )


class Documentation(FirmwareTest):
    """The examples of Core1 and InterruptLoop, which the tests of the documentation cannot run on a host."""

    presets = ("pico-os",)

    def test_the_examples_print_what_stands_beside_them(self):
        self.chosen()
        folder = BUILD / "pico-os" / "tests" / "docs"
        examples = [source for source in sorted(folder.glob("*.cpp")) if source.read_text(encoding="utf-8").startswith("// Pico")]
        self.assertGreaterEqual(len(examples), 2)
        for source in examples:
            with self.subTest(example=source.stem):
                report = run("pico-os", f"tests/docs/{source.stem}", until="2s")
                self.assertEqual(report.lines, source.with_suffix(".txt").read_text(encoding="utf-8").splitlines(), f"\n{report}")


class Tutorial(FirmwareTest):
    @firmware("examples/08_core1", until="1s")
    def test_the_led_blinks_while_the_other_core_counts(self, report):
        self.assertEqual(report.lines, ["168 primes up to 1000", "1229 primes up to 10000"])
        edges = report.edge_times(25)
        self.assertGreaterEqual(len(edges), 19)
        for before, after in zip(edges, edges[1:]):
            self.assertNear(after - before, 50_000, 200)

    @firmware("examples/08b_race", until="1s")
    def test_both_cores_count_and_lose_counts(self, report):
        [line] = report.lines
        said = re.fullmatch(r"101000 counted, the total is (\d+)", line)
        self.assertIsNotNone(said, line)
        self.assertGreater(int(said[1]), 100_000)
        self.assertLess(int(said[1]), 101_000)

    @firmware("examples/09_urgent", until="1.1s")  # a hog takes the emulator long
    def test_the_led_blinks_while_the_main_loop_never_awaits(self, report):
        self.assertGreater(len(report.lines), 1)
        edges = report.edge_times(25)
        self.assertEqual(len(edges), 3)
        for before, after in zip(edges, edges[1:]):
            self.assertNear(after - before, 500_000, 200)


class Instruments(FirmwareTest):
    """What `./uasync ps` and gdb show of several loops."""

    def seen(self, preset, name, at):
        tasks = json.loads(ps(image_path(preset, name), "--json", "--at", at).stdout)["tasks"]
        return {task["name"]: task for task in tasks}

    @on_each_preset
    def test_ps_shows_the_tasks_of_both_cores(self, preset):
        tasks = self.seen(preset, "examples/08_core1", "5ms")
        loops = {name: (task["loop"], task["state"]) for name, task in tasks.items()}
        self.assertEqual(
            loops, {"async_main": ("core 0", "waiting"), "blink": ("core 0", "sleeping"), "count_primes": ("core 1", "running")}
        )
        self.assertEqual(tasks["count_primes"]["place"]["file"], "examples/08_core1.cpp")

    @on_each_preset
    def test_ps_shows_the_tasks_of_an_interrupt(self, preset):
        tasks = self.seen(preset, "examples/09_urgent", "510ms")
        self.assertEqual((tasks["async_main"]["loop"], tasks["async_main"]["state"]), ("core 0", "running"))
        self.assertEqual((tasks["blink"]["loop"], tasks["blink"]["state"]), ("IRQ 26 of core 0", "sleeping"))
        self.assertEqual((tasks["async_main"]["steps"], tasks["blink"]["steps"]), (1, 2))
        self.assertLess(tasks["blink"]["longest_step_us"], 50)

    @slow
    def test_gdb_shows_the_interrupted_task_and_the_urgent_one(self):
        with Emulator("pico-os", "examples/09_urgent") as emulator:
            said = emulator.gdb("break blink", "ignore 1 3", "continue", "uasync ps", "kill")
        self.assertRegex(said, r"(?m)^#  TASK +LOOP +STATE .*\n1  async_main +core 0 +running +examples/09_urgent.cpp:2\d ")
        self.assertRegex(said, r"(?m)^2  blink +IRQ 26 of core 0 +running +examples/09_urgent.cpp:1\d ")
