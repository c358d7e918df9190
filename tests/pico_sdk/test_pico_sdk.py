"""In Pico SDK projects: the tutorial's programs and those of this folder on the emulated Pico, what the build refuses, and its files.

tools/cli/pico_sdk.py builds them. The environment has PICO_SDK_PATH, and perhaps
FREERTOS_KERNEL_PATH.
"""

import json
import os
import shlex
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tests.firmware import support, test_examples, test_loops
from tests.firmware.support import BUILD, ROOT, presses

SDK = os.environ["PICO_SDK_PATH"]
PRESET = "pico-sdk"
FLASH_START = 0x10000000
FAMILIES = {"pico": 0xE48BFF56, "pico_w": 0xE48BFF56, "pico2": 0xE48BFF59, "pico2_w": 0xE48BFF59}


# The tests of the tutorial on the bare port hold here as they are. ----------------------------------------------------------------


class Blink(test_examples.Blink):
    presets = (PRESET,)


class CreateTask(test_examples.CreateTask):
    presets = (PRESET,)


class Button(test_examples.Button):
    presets = (PRESET,)


class Interval(test_examples.Interval):
    presets = (PRESET,)


class Queue(test_examples.Queue):
    presets = (PRESET,)


class Race(test_examples.Race):
    presets = (PRESET,)


class LatestValue(test_examples.LatestValue):
    presets = (PRESET,)


class BothCoresAndUrgent(test_loops.Tutorial):
    presets = (PRESET,)


# So do those of several loops. ----------------------------------------------------------------------------------------------------


class Core1(test_loops.Core1):
    presets = (PRESET,)


class Soak(test_loops.Soak):
    presets = (PRESET,)


class Interrupts(test_loops.Interrupts):
    presets = (PRESET,)


class LoopsMisuse(test_loops.Misuse):
    presets = (PRESET,)
    no_alarm = "no hardware alarm is free for an interrupt loop: give one back with hardware_alarm_unclaim"


# -----------------------------------------------------------------------------------------------------------------------------------


class ProgramTest(unittest.TestCase):
    def run_program(self, name, press=(), until="1s"):
        report = support.run(PRESET, f"programs/{name}", tuple(press), until)
        self.assertEqual((report.status, report.exit), (0, "breakpoint"), str(report))
        return report.lines


class Programs(ProgramTest):
    def test_no_free_alarm_is_one_message(self):
        message = "no hardware alarm is free, and a loop needs one: give one back with hardware_alarm_unclaim before run()"
        self.assertEqual(self.run_program("no_alarm"), ["before the loop", f"uasync: {message}"])

    def test_the_alarm_is_given_back(self):
        slept = ["slept 20 ms"]
        self.assertEqual(self.run_program("given_back"), [*slept, "1 before, 2 inside, 1 after", *slept * 9, "done"])

    def test_a_step_that_does_not_end_is_told(self):
        report = support.run(PRESET, "programs/starving", (), "1s")
        self.assertRegex(report.lines[0], r"^uasync: task 'async_main' has run for 10 ms without an await, at 0x[12]00[0-9a-f]{5}$")
        self.assertEqual((report.lines[1:], report.exit), (["uasync: told"], "breakpoint"), f"\n{report}")
        self.assertLess(report.end_us, 20_000)

    def test_no_wake_up_from_the_second_core_is_lost(self):
        self.assertEqual(self.run_program("second_core"), ["1000 of 1000"])

    def test_no_free_spinlock_is_one_message(self):
        message = "no spinlock is free, and loops on two cores need one: give one back with spin_lock_unclaim"
        self.assertEqual(self.run_program("no_spinlock"), [f"uasync: {message}"])

    def test_no_spare_interrupt_line_is_one_message(self):
        message = "no interrupt line is spare for an interrupt loop: give one back with user_irq_unclaim"
        self.assertEqual(self.run_program("no_line"), ["6 lines", f"uasync: {message}"])

    def test_loops_in_interrupts_of_both_cores_wake_each_other(self):
        lines = ["1001 through the FIFO", "500 on core 0", "1000 through the FIFO", "500 on core 1"]
        self.assertEqual(self.run_program("across_cores"), lines)

    def lines_of_a_crash(self, name):
        report = support.run(PRESET, f"programs/{name}", (), "1s")
        self.assertRegex(report.exit, "^crashed: HardFault", str(report))
        return report.lines

    def test_a_hard_fault_is_told_as_on_the_bare_port(self):
        said = self.lines_of_a_crash("fault")
        self.assertEqual(said[0], "about to fail")
        self.assertRegex(said[1], r"^uasync: hard fault at 0x100[0-9a-f]{5} \(lr 0x[0-9a-f]{8}\) in task breaks$")
        self.assertEqual(len(said), 2, said)

    def test_a_handler_of_the_program_stays(self):
        self.assertEqual(self.lines_of_a_crash("own_fault"), ["about to fail", "the program's own"])

    def test_a_callback_of_the_program_and_a_task_have_a_pin_each(self):
        times = presses(15, (100_000, 200_000, 300_000), 20_000) + presses(14, (150_000,), 20_000)
        pressed = [f"pressed at {ms} ms" for ms in (100, 200, 300)]
        self.assertEqual(self.run_program("edges", times), [*pressed, "an edge, own 1, others 0"])

    def test_a_loop_is_a_guest_of_an_async_context(self):
        ticks = [f"{ms} ms: tick" for ms in (10, 20, 30)]
        for name in ("guest_poll", "guest_background"):
            with self.subTest(name=name):
                self.assertEqual(
                    self.run_program(name), [*ticks, "sum 3", "flag", "from main: 7", "done not done", "destroyed", "end"]
                )

    def test_a_loop_in_a_context_and_one_in_main_share_the_pool(self):
        self.assertEqual(self.run_program("beside_run"), [f"sum {4 * sum(range(500))}"])


@unittest.skipUnless(os.environ.get("FREERTOS_KERNEL_PATH"), "FREERTOS_KERNEL_PATH is not set")
class FreeRtos(ProgramTest):
    """A loop in a task of FreeRTOS that runs on both cores."""

    def test_other_tasks_interrupts_and_the_other_core_go_on_and_wake_it(self):
        lines = ["500 of 500 from core 1", "0 early, 0 late", "alarm", "the task below runs", "end"]
        self.assertEqual(sorted(self.run_program("freertos_smp")), sorted(lines))  # which of the tasks is done first is not promised

    def test_each_of_several_tasks_has_a_loop(self):
        message = "loops in more FreeRTOS tasks than UASYNC_FREERTOS_LOOPS says"
        lines = ["core 0: 200 right, 0 early, 0 late", "core 1: 200 right, 0 early, 0 late", f"uasync: {message}"]
        said = self.run_program("freertos_loops")
        self.assertEqual([*sorted(said[:2]), *said[2:]], lines)

    def test_a_deleted_task_gives_its_place_back_and_is_named_if_its_loop_runs(self):
        message = "a FreeRTOS task was deleted while its loop runs: let run() return first"
        self.assertEqual(self.run_program("freertos_deleted"), ["6 ran and were deleted", f"uasync: {message}"])

    def test_run_before_the_scheduler_is_one_message(self):
        message = "a loop runs in a FreeRTOS task: create one, and call run() there after vTaskStartScheduler()"
        self.assertEqual(self.run_program("freertos_no_task"), [f"uasync: {message}"])


class Misuse(unittest.TestCase):
    """What blocks all tasks does not compile, whichever header comes first."""

    def flags(self):
        """Those of the program 05_queue, without its own headers and outputs."""
        commands = json.loads((BUILD / PRESET / "compile_commands.json").read_text())
        source = str(ROOT / "examples" / "05_queue.cpp")
        words = next(shlex.split(one["command"]) for one in commands if one["file"] == source and "05_queue.dir" in one["command"])
        words = words[next(index for index, word in enumerate(words) if word.endswith("g++")) :]
        pairs = {index for index, word in enumerate(words) if word in ("-o", "-c", "-include", "-MF", "-MT")}
        return [word for index, word in enumerate(words) if word != "-MD" and not pairs & {index, index - 1}]

    def check(self, *more):
        script = ROOT / "tests" / "compile_fail" / "check.py"
        source = Path(__file__).with_name("namesakes.cpp")
        command = [sys.executable, script, "--family", "gcc", source, "--", *self.flags(), "-fsyntax-only", *more]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("case 7: ok", done.stdout)

    def test_uasync_first(self):
        self.check()

    def test_the_sdk_first(self):
        self.check("-include", "pico/stdlib.h")


class Configuration(unittest.TestCase):
    """How uasync is added, and mistakes that CMake finds."""

    def configure(self, lines, *options, sdk=SDK):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "CMakeLists.txt").write_text("\n".join(["cmake_minimum_required(VERSION 3.25)", *lines, ""]))
            environment = {**os.environ, "LC_ALL": "C"}
            if sdk is None:
                del environment["PICO_SDK_PATH"]
            command = ["cmake", "-G", "Ninja", "-S", folder, "-B", f"{folder}/build", *options]
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
        return done.returncode, " ".join(done.stderr.split())

    def project(self, *lines):
        return [f"include({SDK}/external/pico_sdk_import.cmake)", "project(test LANGUAGES C CXX ASM)", *lines]

    def test_uasync_from_fetch_content(self):
        fetched = ["include(FetchContent)", f"FetchContent_Declare(uasync SOURCE_DIR {ROOT})", "FetchContent_MakeAvailable(uasync)"]
        program = [f"add_executable(app {ROOT}/examples/01_blink.cpp)", "target_link_libraries(app uasync::uasync)"]
        last = ["pico_add_extra_outputs(app)"]
        self.assertEqual(self.configure(self.project("pico_sdk_init()", *fetched, *program, *last), "-DPICO_NO_PICOTOOL=1")[0], 0)

    def test_an_installed_uasync(self):
        prefix = f"-DCMAKE_PREFIX_PATH={BUILD}/{PRESET}-installed"
        found = "find_package(uasync 0.2 REQUIRED NO_CMAKE_FIND_ROOT_PATH)"
        program = [f"add_executable(app {ROOT}/examples/01_blink.cpp)", "target_link_libraries(app uasync::uasync)"]
        last = ["set(PICO_NO_PICOTOOL 1)", "uasync_add_extra_outputs(app)"]
        status, said = self.configure(self.project("pico_sdk_init()", found, *program, *last), prefix)
        self.assertEqual(status, 0, said)
        status, said = self.configure(self.project(found, "pico_sdk_init()"), prefix)
        self.assertEqual(status, 1)
        self.assertIn("Call pico_sdk_init() first, then add uasync", said)

    def test_uasync_before_the_sdk(self):
        status, said = self.configure(self.project(f"add_subdirectory({ROOT} uasync)", "pico_sdk_init()"))
        self.assertEqual(status, 1)
        self.assertIn("Call pico_sdk_init() first, then add uasync", said)

    def test_a_platform_that_is_not_supported(self):
        lines = self.project("pico_sdk_init()", f"add_subdirectory({ROOT} uasync)")
        status, said = self.configure(lines, "-DPICO_PLATFORM=host")
        self.assertEqual(status, 1)
        self.assertIn("whose platform is 'host'. It supports the platforms rp2040 and rp2350-arm-s, such as the boards pico", said)

    def test_the_example_without_an_sdk(self):
        status, said = self.configure([f"include({ROOT}/examples/pico-sdk/CMakeLists.txt)"], sdk=None)
        self.assertEqual(status, 1)
        self.assertIn("Where is the Pico SDK? Set the environment variable PICO_SDK_PATH to its folder", said)


class Boards(unittest.TestCase):
    """The project to copy is built for each board, with a UF2 file for its chip."""

    def test_each_has_its_files(self):
        for board, family in FAMILIES.items():
            with self.subTest(board=board):
                folder = BUILD / f"pico-sdk-{board}"
                for suffix in ("elf", "bin", "hex", "elf.map", "dis", "uf2"):
                    self.assertTrue((folder / f"button.{suffix}").exists(), suffix)
                uf2 = (folder / "button.uf2").read_bytes()
                address, payload = struct.unpack_from("<II", uf2, 12)
                self.assertEqual((address, payload, struct.unpack_from("<I", uf2, 28)[0]), (FLASH_START, 256, family))
                binary = (folder / "button.bin").read_bytes()
                pages = b"".join(uf2[start + 32 : start + 32 + 256] for start in range(0, len(uf2), 512))
                self.assertEqual(pages[: len(binary)], binary)


if __name__ == "__main__":
    unittest.main()
