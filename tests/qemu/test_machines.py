"""The ports for processors other than the Pico's, on QEMU's machines, with GCC, and some with Clang too. And those of the library's tests that need no
host, as the machine `core`.

QEMU counts instructions and lets a virtual nanosecond pass for each (-icount shift=0), and while the processor sleeps it leaps to the next
timer: so times are exact and repeat, and hours asleep take none.

FreeRTOS is tried where FREERTOS_KERNEL_PATH names its kernel.

UASYNC_QEMU_MACHINES names some of the machines ("an385 rv32"), UASYNC_QEMU_COMPILERS the compilers ("gcc clang"), UASYNC_QEMU_BUILD the folder of the
builds.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple, Optional, Tuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("UASYNC_QEMU_BUILD", ROOT / "build" / "qemu"))
COMPILERS = os.environ.get("UASYNC_QEMU_COMPILERS", "").split()  # instead of those of each machine
SECONDS = 120  # of real time, for a run that takes a few

# On RISC-V the real-time clock plays the interrupts; it is to go with the virtual time.
RISCV = ("qemu-system-riscv32", "-bios", "none", "-rtc", "clock=vm")
ARM = ("qemu-system-arm", "-semihosting-config", "enable=on,target=native")


class Target(NamedTuple):
    command: Tuple[str, ...]  # that runs it
    tools: str  # the family of its toolchain files
    cpu: str  # the compilers' flags
    fails: str = "hard fault"  # what a fault is called
    compilers: Tuple[str, ...] = ("gcc",)  # both only where the other one's code differs much: each takes eight seconds of one core, `core` a minute
    most_of_now: Optional[int] = 40  # instructions that now() may take; FreeRTOS's critical sections are calls
    build_type: str = "Release"


BOTH = ("gcc", "clang")
MACHINES = {
    "an385": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3", compilers=BOTH),
    "systick": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3"),
    "an386": Target((*ARM, "-M", "mps2-an386"), "cortex-m", "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"),
    "an505": Target((*ARM, "-M", "mps2-an505"), "cortex-m", "-mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16"),
    "rv32": Target((*RISCV, "-M", "virt"), "riscv32", "", "trap 00000001", BOTH),
    "microbit": Target((*ARM, "-M", "microbit"), "cortex-m", "-mcpu=cortex-m0", compilers=BOTH),
    "freertos": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3", most_of_now=None),
    "freertos_counter": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3", most_of_now=None),
    "core": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3", build_type="MinSizeRel"),
}
CHOSEN = os.environ.get("UASYNC_QEMU_MACHINES", " ".join(MACHINES)).split()


def build(machine, compiler):
    folder = BUILD / f"{machine}-{compiler}"
    toolchain = ROOT / "cmake" / f"{MACHINES[machine].tools}-{compiler}.cmake"
    configure = ["cmake", "-S", ROOT / "tests" / "qemu", "-B", folder, "-G", "Ninja", f"-DMACHINE={machine}"]
    configure += [f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", f"-DCMAKE_BUILD_TYPE={MACHINES[machine].build_type}"]
    configure.append(f"-DUASYNC_CPU={MACHINES[machine].cpu}")
    if shutil.which("ccache") is not None:
        configure += ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    for command in (configure, ["cmake", "--build", folder]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if done.returncode != 0:
            raise AssertionError(f"{machine} with {compiler} does not build:\n{done.stdout}")
    return folder


def run(machine, image):
    """The exit status and the lines on the console."""
    command = [*MACHINES[machine].command, "-icount", "shift=0,sleep=off", "-display", "none", "-monitor", "none", "-serial", "stdio"]
    command += ["-kernel", image]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]


class Built:
    machine = ""
    compiler = ""
    folder = Path()

    @classmethod
    def setUpClass(cls):
        if cls.machine.startswith("freertos") and "FREERTOS_KERNEL_PATH" not in os.environ:
            raise unittest.SkipTest("FREERTOS_KERNEL_PATH does not name a folder with FreeRTOS-Kernel 11")
        cls.folder = build(cls.machine, cls.compiler)

    def start(self, program):
        return run(self.machine, self.folder / f"{program}.elf")


class Machine(Built):
    def test_port_contract(self):
        status, lines = self.start("contract")
        self.assertIn("port contract: kept", lines, lines)
        self.assertEqual(status, 0)
        took = re.fullmatch(r"now\(\) takes (\d+) ns", lines[0])
        self.assertIsNotNone(took, lines)
        most = MACHINES[self.machine].most_of_now
        if most is not None:
            self.assertLessEqual(int(took[1]), most)  # a nanosecond is an instruction

    def test_clock_of_any_rate(self):
        most = MACHINES[self.machine].most_of_now
        if most is None:
            self.skipTest("FreeRTOS's critical sections are calls")
        status, lines = self.start("any_clock")
        self.assertEqual(status, 0)
        took = [re.fullmatch(r"(\d+) Hz: (\d+) ns", line) for line in lines]
        self.assertEqual(len(took), 5, lines)
        for hertz, nanoseconds in (match.groups() for match in took):
            self.assertLessEqual(int(nanoseconds), most, f"{hertz} Hz")

    def test_tutorials_program(self):
        """Each press is told, and from then on the LED changes at that pace."""
        status, lines = self.start("05_queue")
        self.assertEqual(status, 0)
        delays = [int(line) for line in lines if line.isdigit()]
        for delay, pressed_after in zip(delays, (39, 500, 200)):
            self.assertLessEqual(abs(delay - pressed_after), 41, lines)  # it looks every 40 ms
        self.assertEqual(len(delays), 3, lines)
        changes = [line.split() for line in lines if line.startswith("LED")]
        times = [int(time) for _, _, time in changes]
        self.assertTrue(all(before[1] != after[1] for before, after in zip(changes, changes[1:])), lines)
        gaps = [after - before for before, after in zip(times, times[1:]) if after - before > 1000]
        at_last = gaps[-5:]
        self.assertEqual(len(at_last), 5, lines)
        for gap in at_last:
            self.assertGreaterEqual(gap, delays[-1] * 1000, lines)
            self.assertLessEqual(gap, delays[-1] * 1000 + (1000 if self.machine == "freertos" else 50), lines)

    def test_a_step_that_does_not_end_is_told(self):
        if self.machine != "an386":
            self.skipTest("on one machine only")
        status, lines = self.start("starving")
        told = [line for line in lines if not line.endswith(" rounds")]
        self.assertRegex(told[0], r"^uasync: task 'async_main' has run for 10 ms without an await, at 0x[0-9a-f]{3,4}$")
        self.assertEqual(told[1:], ["uasync: told"])
        self.assertNotEqual(status, 0)

    def test_fault(self):
        """A fault ends the program with a line that says where."""
        status, lines = self.start("fault")
        self.assertEqual(lines[0], "about to fail")
        self.assertRegex(lines[1], rf"^uasync: {MACHINES[self.machine].fails} at 0x[0-9a-f]{{8}} .*in task \?")
        self.assertNotEqual(status, 0)


class FreeRTOS(Machine):
    def test_two_loops(self):
        status, lines = self.start("two_loops")
        self.assertEqual(lines[0], "1000 of 1000 heard, 0 lost, both slept: true")
        self.assertEqual(status, 0)

    def test_deleted_tasks(self):
        status, lines = self.start("deleted")
        said = "uasync: a FreeRTOS task was deleted while its loop runs: let run() return first"
        self.assertEqual(lines[:2], ["6 ran and were deleted", said], lines)
        self.assertNotEqual(status, 0)


class Core(Built):
    """The tests that need no host, on the simulation, in a board's build."""

    def test_what_needs_no_host(self):
        status, lines = self.start("tests")
        told = "\n".join(lines)
        counts = re.fullmatch(r"tests: (\d+) cases, (\d+) assertions, 0 failed", lines[-1] if lines else "")
        self.assertIsNotNone(counts, told)
        self.assertGreaterEqual(int(counts[1]), 700, told)
        self.assertEqual((status, len(lines)), (0, 1), told)

    def test_a_failure_is_told(self):
        source = ROOT / "tests" / "qemu" / "core" / "wrong.cpp"
        code = source.read_text(encoding="utf-8").splitlines()

        def place(text):
            return f"FAILED {source}:{1 + next(i for i, line in enumerate(code) if text in line)}: "

        status, lines = self.start("wrong")
        self.assertEqual(lines, [
            place("CHECK(i == 0)") + "CHECK(i == 0)",
            '    in "does not hold"',
            "    i = 1",
            place("CHECK_FALSE(true)") + "CHECK_FALSE(true)",
            '    in "does not hold"',
            place("CHECK_MESSAGE(false") + 'CHECK(false) "of two"',
            '    in "parts"',
            place('expect({"0 that"})') + "the trace differs (- expected, + happened):",
            "    - 0 that",
            "    + 0 this",
            "",
            '    in "a trace"',
            place("REQUIRE(false)") + "REQUIRE(false)",
            '    in "a requirement"',
            f'the tests end in "a requirement" ({source})',
        ])  # fmt: skip
        self.assertEqual(status, 1)


class WrongSetup(unittest.TestCase):
    """What is wrong with a project's CMake files is said in a sentence."""

    def said(self, script):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "script.cmake"
            file.write_text(script, encoding="utf-8")
            done = subprocess.run(["cmake", "-P", file], capture_output=True, text=True, cwd=ROOT, check=False)
        self.assertNotEqual(done.returncode, 0)
        return re.sub(r"\s+", " ", done.stderr)

    def test_no_board(self):
        for port, option in (("cortex-m", "UASYNC_CORTEX_M_BOARD"), ("riscv32", "UASYNC_RISCV32_BOARD")):
            said = self.said(f"include({ROOT}/ports/{port}/port.cmake)")
            self.assertIn(f"the {port} port needs {option}, the path of your board's header", said)
            said = self.said(f"set({option} no_such.hpp)\ninclude({ROOT}/ports/{port}/port.cmake)")
            self.assertIn(f"/no_such.hpp, which {option} names", said)

    def test_no_freertos(self):
        said = self.said(f"set(FREERTOS_KERNEL_PATH /no/such)\ninclude({ROOT}/ports/freertos/port.cmake)")
        self.assertIn("needs the target freertos_kernel, or FREERTOS_KERNEL_PATH", said)
        self.assertIn("there is no '/no/such/tasks.c'", said)

    def test_memories(self):
        said = self.said(f"include({ROOT}/ports/bare/image.cmake)\nuasync_add_image(app FLASH 0x0 64k RAM 0x20000000)")
        self.assertIn("uasync_add_image(app): RAM needs its origin and its length, as RAM 0x20000000 64k", said)


def load_tests(loader, tests, pattern):
    suite = unittest.TestSuite([loader.loadTestsFromTestCase(WrongSetup)])
    for machine in CHOSEN:
        for compiler in COMPILERS or MACHINES[machine].compilers:
            name = f"{machine}_{compiler}"
            tests = Core if machine == "core" else FreeRTOS if machine.startswith("freertos") else Machine
            case = type(name, (tests, unittest.TestCase), {"machine": machine, "compiler": compiler})
            suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
