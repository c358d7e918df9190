"""DMA channels on the emulated Pico: dma.cpp."""

import json
import re

from .support import FirmwareTest, on_each_preset, run

EXPECTED = [
    "words: ok, 3000",
    "bytes: ok, 1 2 3 0",
    "filled: ok, 4660 4660",
    "nothing: ok",
    "ring: ok, true",
    "from a ring: ok, true",
    "from nothing: bus error",
    "to the ROM: bus error",
    "too small: misuse",
    "then: ok, 3000",
    "paced: ok, 50 in # us",
    "timed out: timeout, true, true",
    "left: true",
    "in use: misuse",
    "cancelled #, in the middle #, 0 wrong",
    "twelve are taken: true, no free DMA channel",
    "taken: no free DMA channel",
    "again: ok 6",
    "destroyed: what it awaited was destroyed, true",
    "ten times 3000 words: # us",
]


class Dma(FirmwareTest):
    image = "tests/firmware/dma"

    @on_each_preset
    def test_what_is_moved(self, preset):
        report = run(preset, self.image)
        lines = report.lines
        cancelled, middle = (int(number) for number in re.search(r"cancelled (\d+), in the middle (\d+)", "\n".join(lines)).groups())
        paced = int(re.search(r"50 in (\d+) us", "\n".join(lines))[1])
        took = int(re.search(r"ten times 3000 words: (\d+)", "\n".join(lines))[1])
        self.assertEqual([re.sub(r"(cancelled|middle|words:|50 in) \d+", r"\1 #", line) for line in lines], EXPECTED)
        self.assertNear(paced, 4950, 150)
        self.assertGreater(middle, 90)
        self.assertGreaterEqual(cancelled, middle)
        self.assertGreater(took, 30000 / 125)
        self.assertEqual(json.loads(report.json)["unknown_registers"], [])


class DmaInLoops(Dma):
    presets = ("pico-os",)
    image = "tests/firmware/loops_dma"
