"""The ports for processors other than the Pico's, on QEMU's machines, with two compilers.

QEMU counts instructions and lets a virtual nanosecond pass for each (-icount shift=0), and while the processor sleeps it leaps to the next
timer: so times are exact and repeat, and hours asleep take none.

FreeRTOS is tried where FREERTOS_KERNEL_PATH names its kernel.

UASYNC_QEMU_MACHINES names some of the machines ("an385 rv32"), UASYNC_QEMU_COMPILERS some of the compilers, UASYNC_QEMU_BUILD the folder of the
builds.
"""

import os
import re
import subprocess
import unittest
from pathlib import Path
from typing import NamedTuple, Optional, Tuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("UASYNC_QEMU_BUILD", ROOT / "build" / "qemu"))
COMPILERS = os.environ.get("UASYNC_QEMU_COMPILERS", "gcc clang").split()
SECONDS = 120  # of real time, for a run that takes a few

# On RISC-V the real-time clock plays the interrupts; it is to go with the virtual time.
RISCV = ("qemu-system-riscv32", "-bios", "none", "-rtc", "clock=vm")
ARM = ("qemu-system-arm", "-semihosting-config", "enable=on,target=native")


class Target(NamedTuple):
    command: Tuple[str, ...]  # that runs it
    tools: str  # the family of its toolchain files
    cpu: str  # the compilers' flags
    fails: str = "hard fault"  # what a fault is called
    most_of_now: Optional[int] = 40  # instructions that now() may take; FreeRTOS's critical sections are calls


MACHINES = {
    "an385": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3"),
    "systick": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3"),
    "an386": Target((*ARM, "-M", "mps2-an386"), "cortex-m", "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"),
    "an505": Target((*ARM, "-M", "mps2-an505"), "cortex-m", "-mcpu=cortex-m33 -mfloat-abi=hard -mfpu=fpv5-sp-d16"),
    "rv32": Target((*RISCV, "-M", "virt"), "riscv32", "", "trap 00000001"),
    "microbit": Target((*ARM, "-M", "microbit"), "cortex-m", "-mcpu=cortex-m0"),
    "freertos": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3", most_of_now=None),
    "freertos_counter": Target((*ARM, "-M", "mps2-an385"), "cortex-m", "-mcpu=cortex-m3", most_of_now=None),
}
CHOSEN = os.environ.get("UASYNC_QEMU_MACHINES", " ".join(MACHINES)).split()


def build(machine, compiler):
    folder = BUILD / f"{machine}-{compiler}"
    toolchain = ROOT / "cmake" / f"{MACHINES[machine].tools}-{compiler}.cmake"
    configure = ["cmake", "-S", ROOT / "tests" / "qemu", "-B", folder, "-G", "Ninja", f"-DMACHINE={machine}"]
    configure += [f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", "-DCMAKE_BUILD_TYPE=Release", f"-DUASYNC_CPU={MACHINES[machine].cpu}"]
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


class Machine:
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
        status, lines = self.start("demo")
        self.assertEqual(status, 0)
        delays = [int(line) for line in lines if line.isdigit()]
        for delay, pressed_after in zip(delays, (100, 500, 200)):
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


def load_tests(loader, tests, pattern):
    suite = unittest.TestSuite()
    for machine in CHOSEN:
        for compiler in COMPILERS:
            name = f"{machine}_{compiler}"
            case = type(name, (FreeRTOS if machine.startswith("freertos") else Machine, unittest.TestCase), {"machine": machine, "compiler": compiler})
            suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main()
