"""When things go wrong on the board: one clear message that names the task and the cause, and nothing else lost."""

import re

from .support import FirmwareTest, firmware

LED = 25
NO_MEMORY = r"uasync: task '{}': no memory.* \d+"
TWICE = "uasync: task '{}': .*awaited twice.*"
DESTROYED = "uasync: task '{}': .*destroyed"
NESTED = "uasync: task '{}': .*(nested run|run inside).*"


class Messages(FirmwareTest):
    def assertConsole(self, report, expected):
        """Every line of the console matches its regular expression, and there are no others."""
        for number, (line, pattern) in enumerate(zip(report.lines, expected)):
            self.assertRegex(line, f"^(?:{pattern})$", f"line {number} of:\n{report}")
        self.assertEqual(len(report.lines), len(expected), f"\n{report}")

    def assertBlinksOn(self, report, start, end):
        """The task on GP25 toggled every 10 ms between the times of two lines of the console, whatever else happened."""
        since, until = (next(time for time, text in report.console if text.startswith(line)) for line in (start, end))
        since += 1000  # in between, one run ends and the next begins
        times = [time for time in report.edge_times(LED) if since <= time <= until]
        self.assertGreaterEqual(len(times), (until - since) // 10_100)
        self.assertGreater(len(times), 3)
        for before, after in zip(times, times[1:]):
            self.assertNear(after - before, 10_500, 500)


class NamedPools(Messages):
    presets = ("pico-os",)

    @firmware("tests/firmware/named_pools", until="2s")
    def test_a_full_pool_is_its_own_tasks_matter(self, report):
        self.assertConsole(
            report,
            [
                "100 deep in 512 bytes: no memory",
                "5 deep in 1024: 6",
                "a group: true",
                "group: no error",
                "in use: 0, 0, 0",
            ],
        )


class FullPool(Messages):
    @firmware("tests/firmware/pool", until="20s")
    def test_the_task_that_asked_ends_and_all_others_run_on(self, report):
        self.assertConsole(
            report,
            [
                "create_task: works after some failures; 0 alive, 0 bytes leak",
                "await: works after some failures, 0 bytes leak",
                "named:",
                NO_MEMORY.format("named"),
                "unnamed:",
                NO_MEMORY.format("hold"),
                "room for the frame only:",
                NO_MEMORY.format("hold"),
                "awaited:",
                NO_MEMORY.format("nested"),
                "gives no memory",
                "dropped:",
                NO_MEMORY.format("nested"),
                "caught:",
                "gives no memory",
                "room again: 3 levels",
                "run: 7 after some failures",
                "at the start of run:",
                NO_MEMORY.format("start_up"),
                "gives no memory",
                "end, 0 bytes in use",
            ],
        )
        self.assertBlinksOn(report, "create_task: works", "await: works")
        self.assertEqual(report.exit, "breakpoint")


class Misuse(Messages):
    @firmware("tests/firmware/misuse", until="20s")
    def test_costs_the_task_that_does_it_at_most(self, report):
        self.assertConsole(
            report,
            [
                # a coroutine awaited twice, awaited after a move, made a task after a move; a task that awaits itself
                "first: 7",
                TWICE.format("awaits_twice"),
                "done true",
                "other: 7",
                TWICE.format("awaits_after_a_move"),
                "done true",
                TWICE.format("starts_after_a_move"),  # it has no name itself
                "done true: misuse",  # there is no task
                "the first is 7",
                "done true",
                TWICE.format("awaits_itself"),
                "done true",
                "first: 7",
                "caught: misuse",
                "coroutines: no error, 0 bytes in use",
                # handles
                "the handle outlives the task: true 7 7",
                "the task outlives the handle: 5 steps",
                "a copy of the handle: 10 steps, done true",
                "0 bytes leak",
                "handles: no error, 0 bytes in use",
                # run inside run, run again, run of nothing
                NESTED.format("nests"),
                "run inside run gives (nested run|run inside.*)",
                "and goes on: 7",
                "run inside run: no error, 0 bytes in use",
                "first run: 2",
                "second run: 3",
                "third run: 4",
                TWICE.format(r"\?"),
                "run of nothing: misuse, 0 bytes in use",
                # deadlines
                *["before it after twice "] * 8,
                "in the past: no error, 0 bytes in use",
                "years ahead: 0 ended",
                "a limit of years: in time, 1 ended",
                "cancelled: 5",
                "years ahead: no error, 0 bytes in use",
            ],
        )
        self.assertBlinksOn(report, "in the past:", "years ahead: 0 ended")
        self.assertEqual(report.exit, "breakpoint")


class Cancelled(Messages):
    @firmware("tests/firmware/cancel", until="20s")
    def test_at_every_awkward_moment(self, report):
        self.assertConsole(
            report,
            [
                "ready: it is unwound; done, cancelled;",
                "sleeping: it is unwound; done, cancelled;",
                "just as its sleep ended: it is unwound; done, cancelled;",
                "holding a lock: first has it; first is unwound; second has it; second is unwound; done, cancelled; unlocked",
                "waiting for a lock: first has it; second is unwound; first is unwound; third has it; third is unwound;"
                " done, cancelled; unlocked",
                "just as it was handed a lock: first is unwound; second has it; second is unwound; done, cancelled; unlocked",
                "the last one, just as it was handed a lock: it is unwound; unlocked",
                "just as it was handed a message: first is unwound; second gets 1; second is unwound; third is unwound; 2 is kept",
                "just as it was handed a place: 0 is taken; first is unwound; second has put 2; second is unwound; 2 is next; 0 left",
                "just as it was handed a value: first is unwound; second takes 1; second is unwound; empty",
                "just as it was handed a flag: first is unwound; second has the flag; second is unwound; clear",
                "waiting for an event: first is unwound; second goes on; second is unwound; done, cancelled;",
                "waiting for an edge: first is unwound; done, cancelled; second sees an edge; second is unwound; third is unwound;"
                " done, cancelled;",
                "twice: it is unwound; true true false; done, cancelled;",
                "twice, caught once: its sleep is unwound; it catches cancelled; runs; it is unwound; done, cancelled;",
                "by itself: runs on to its next await; it is unwound; done, cancelled;",
                "by itself, in its last line: has no further await; done, no error;",
                "before its first step: done, cancelled;",
                # What is destroyed while tasks wait on it. Each of them is told.
                "an event: first is unwound; second is unwound;" + DESTROYED.format("waits 1"),
                DESTROYED.format("waits 2"),
                "a lock: it is unwound;" + DESTROYED.format("holds"),
                "a lock, just handed over: it is unwound;" + DESTROYED.format("holds"),
                "an empty queue: it is unwound;" + DESTROYED.format("gets"),
                "a queue, its message just handed over: it is unwound;" + DESTROYED.format("gets"),
                "a full queue: it is unwound;" + DESTROYED.format("puts"),
                "a mailbox: it is unwound;" + DESTROYED.format("takes"),
                "a flag: it is unwound;" + DESTROYED.format("waits_for_flag"),
                "an event, and the task is awaited: it is unwound; the awaiting task is told: .*destroyed",
                "end, 0 bytes in use",
            ],
        )
        self.assertEqual(report.exit, "breakpoint")


def scenario(number):
    """Buttons on GP2 to GP5 that choose how the firmware `fault` ends."""
    return tuple(f"GP{2 + bit}@0us+1ms" for bit in range(4) if number >> bit & 1)


def faulty(number):
    return firmware("tests/firmware/fault", press=scenario(number), until="500ms")


class Fault(Messages):
    def assertStops(self, report, *messages_and_exit, task_ran=True):
        *messages, exit_ = messages_and_exit
        self.assertConsole(report, messages)
        self.assertRegex(report.exit, exit_)
        self.assertEqual(report.status, 3 if exit_.startswith("crashed") else 0)
        if task_ran:
            self.assertNear(report.edge_count.get(LED, 0), 10, 1)
        self.assertLess(report.end_us, report.console[0][0] + 100)

    def assertFaults(self, report, task, exit_, task_ran=True):
        self.assertStops(
            report, rf"uasync: hard fault at 0x[0-9a-f]{{8}} \(lr 0x[0-9a-f]{{8}}\) in task {task}", f"crashed: HardFault: {exit_}", task_ran=task_ran
        )
        told = re.search("at (0x[0-9a-f]+)", report.lines[0])[1]
        self.assertIn(f"at PC {told}", report.exit)  # the very instruction

    @faulty(0)
    def test_a_jump_to_what_is_no_thumb_code(self, report):
        self.assertFaults(report, "culprit", "jump to 0x20000100")

    @faulty(1)
    def test_a_call_of_a_null_pointer(self, report):
        self.assertFaults(report, "culprit", "jump to 0x00000000")

    @faulty(2)
    def test_an_unaligned_access(self, report):
        self.assertFaults(report, "culprit", "unaligned store to 0x20000102")

    @faulty(3)
    def test_a_write_through_a_wild_pointer(self, report):
        """One through a null pointer has no effect on this chip, as the boot ROM is there; the emulator tells of it."""
        self.assertFaults(report, "culprit", "store to 0x30000000")
        self.assertRegex(report.said, r"stored to 0x00000000 in the boot ROM, which has no effect \(a null pointer\?\), in .*write_word")

    @faulty(4)
    def test_an_undefined_instruction(self, report):
        self.assertFaults(report, "culprit", "undefined instruction")

    @faulty(5)
    def test_the_task_is_named_though_a_coroutine_that_it_awaits_faults(self, report):
        self.assertFaults(report, "culprit", "undefined instruction")

    @faulty(6)
    def test_a_pure_virtual_call(self, report):
        self.assertFaults(report, "culprit", "undefined instruction")

    @faulty(7)
    def test_in_an_interrupt_the_task_that_it_interrupted_is_named(self, report):
        self.assertFaults(report, "culprit", "undefined instruction")

    @faulty(8)
    def test_in_an_interrupt_while_no_task_runs(self, report):
        self.assertFaults(report, r"(none|\?)", "undefined instruction")

    @faulty(9)
    def test_a_task_without_a_name_goes_by_its_function(self, report):
        self.assertFaults(report, r".*\beven\b.*", "jump to 0x20000100", task_ran=False)

    @faulty(10)
    def test_before_any_loop_runs(self, report):
        self.assertFaults(report, r"(none|\?)", "undefined instruction", task_ran=False)

    @faulty(11)
    def test_create_task_outside_of_a_loop(self, report):
        self.assertStops(report, "uasync: .*no running loop", "breakpoint", task_ran=False)

    @faulty(12)
    def test_more_handles_than_can_be_counted(self, report):
        self.assertStops(report, "uasync: task 'blink':", "uasync: a task has more than 15 handles", "breakpoint", task_ran=False)

    @faulty(13)
    def test_a_fatal_error_of_the_program(self, report):
        self.assertStops(report, "uasync: on purpose", "breakpoint", task_ran=False)
        self.assertRegex(report.said, r"^uasync run: stopped at a breakpoint at PC 0x\w+ \(uasync_stop\+\w+\), LR 0x\w+.*\n$")

    @faulty(14)
    def test_a_main_that_ends_stops_in_silence(self, report):
        self.assertConsole(report, [])
        self.assertEqual(report.exit, "breakpoint")
        self.assertEqual(report.said, "uasync run: the program ended: main() returned\n")
