"""Flash on the emulated Pico, whose flash chip writes in the time of the real one, and cannot be read meanwhile: flash.cpp."""

import re
import tempfile
from pathlib import Path

from .support import FirmwareTest, on_each_preset, run

EXPECTED = [
    "id 210 1, start 2080768",
    "kept: 0",
    "erase: ok, # ms, longest # us",
    "ones: 8192",
    "program: ok, # us, longest # us",
    "read: 700 bytes, longest # us",
    "around: 3796 3696",  # what was not programmed is all ones
    "gentle: ok, # ms, longest # us",
    "to 1: misuse",
    "outside: misuse",
    "part: misuse",
    "program: misuse",
    "into the program: false",
    "erase: cancelled 5, after one sector 3, wrong 0",
    "program: cancelled #, after one page #, wrong 0",
    "late: timeout, 4096",
    "dma: 0 wrong, true",
    "after a reset: ok, false, 8192",
    "0: ok",
    "100: ok",
    "keep: ok",
]

OF_LOOPS = [
    "core 1: ok, true",
    "program: cancelled #, after one page #, wrong 0",
    "from core 1: ok",
    "alone: ok",
    "after a reset: ok, false, 8192",
    "interrupts: longest # us",
    "started and stopped: 0 wrong",
    "core 1: uasync: core 1 has had enough",
    "after a fault: ok",
]


class Flash(FirmwareTest):
    presets = ("pico-os", "pico-clang")
    image = "flash"
    expected = EXPECTED

    @on_each_preset
    def test_what_is_written_and_what_runs_meanwhile(self, preset):
        with tempfile.TemporaryDirectory() as folder:
            options = ("--flash", str(Path(folder) / "flash.bin"))
            report = run(preset, f"tests/firmware/{self.image}", until="20s", options=options)
            lines = [re.sub(r"(?<=[a-z:], )\d+(?= [mu]s)|(?<=longest )\d+|(?<=program: cancelled )\d+|(?<=one page )\d+", "#", line) for line in report.lines]
            self.assertEqual(lines, self.expected)
            again = run(preset, f"tests/firmware/{self.image}", until="10ms", options=options)
            self.assertEqual(again.lines[1], "kept: 700")
        number = r"(\d+)"
        took, longest = (int(n) for n in re.search(rf"erase: ok, {number} ms, longest {number}", str(report)).groups())
        # Two sectors of 45 ms. The LED has its turn after each millisecond in which the chip works.
        self.assertTrue(90 <= took <= 100, took)
        self.assertLess(longest, 1_400)
        took, longest = (int(n) for n in re.search(rf"program: ok, {number} us, longest {number}", str(report)).groups())
        self.assertTrue(4 * 400 <= took <= 3_000, took)
        self.assertLess(longest, 1_400)
        self.assertLess(int(re.search(rf"read: 700 bytes, longest {number}", str(report))[1]), 200)
        self.assertLess(int(re.search(rf"gentle: .* longest {number}", str(report))[1]), 500)
        cancelled, one = (int(n) for n in re.search(rf"program: cancelled {number}, after one page {number}", str(report)).groups())
        self.assertGreater(cancelled, one)
        self.assertGreater(one, 0)
        for longest in re.findall(rf"interrupts: longest {number}", str(report)):
            self.assertLess(int(longest), 1_400)


class FlashInLoops(Flash):
    presets = ("pico-os",)
    image = "loops_flash"
    expected = EXPECTED + OF_LOOPS
