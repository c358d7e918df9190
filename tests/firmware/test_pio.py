"""State machines of the PIO on the emulated Pico: pio.cpp, and the pulses of its programs."""

import json
import re

from .support import FirmwareTest, on_each_preset, run

EXPECTED = [
    "0 1 7: 1000000 8000000 125000000 Hz",
    "before: false true",
    "active: true false",
    "one: ok ok, true",
    "words: 300",
    "by DMA: ok, 300",
    "bytes: ok, 254 253 252",
    "full: would have to wait, 4 words, would have to wait",
    "then: 0, 3 words, true",
    "cleared: 0 0",
    "joined: 8 words, would have to wait",
    "flags: 2 ok 5 1 ok 6 timeout ok 7",
    "flag 4: misuse",
    "looped: true true",
    "measured: true",
    "eight are taken: true, would have to wait",
    "wrong pin: misuse",
    "again: 6",
    "no room: no memory",
    "puts #, gets #, 0 wrong",
    "DMA #, 0 wrong",
    "flags #, 0 wrong",
    "destroyed: what it awaited was destroyed, what it awaited was destroyed, what it awaited was destroyed",
    "again: true",
    "first: true true, restarted: true true, shared: true",
    "stands: true ok 1, gone: timeout",
    "fast: ok true",
    "20 times 500 turns: # us",
    "end",
]

CYCLE = 0.008  # us


class Pio(FirmwareTest):
    presets = ("pico-os", "pico-clang")
    image = "tests/firmware/pio"
    on_core_1 = []

    def report(self, preset):
        return run(preset, self.image, options=("--wire", "GP6-GP7"))

    @on_each_preset
    def test_words_flags_and_cancellations(self, preset):
        report = self.report(preset)
        self.assertEqual([re.sub(r"(puts|gets|DMA|flags|turns:) \d+\b(?! ok)", r"\1 #", line) for line in report.lines], EXPECTED[:-2] + self.on_core_1 + EXPECTED[-2:])
        text = "\n".join(report.lines)
        puts, gets = (int(number) for number in re.search(r"puts (\d+), gets (\d+)", text).groups())
        by_dma = int(re.search(r"DMA (\d+),", text)[1])
        flags = int(re.search(r"flags (\d+),", text)[1])
        for cancelled, least in ((puts, 40), (gets, 60), (by_dma, 20), (flags, 20)):
            self.assertGreater(cancelled, least)
        took = int(report.line_starting("20 times 500 turns: ").split()[0])
        self.assertGreater(took, 20 * 2001)
        self.assertLess(took, 20 * 2025)
        self.assertEqual(json.loads(report.json)["unknown_registers"], [])
        self.assertEqual(report.status, 0)

    @on_each_preset
    def test_the_core_sleeps_while_a_program_is_busy(self, preset):
        report = self.report(preset)
        busy_us = int(report.line_starting("20 times 500 turns: ").split()[0])
        self.assertGreater(report.asleep * report.end_us, 0.95 * busy_us)

    def assertPulses(self, edges, high, low, count):
        """Highs and lows, the last of which may be cut."""
        self.assertGreaterEqual(len(edges), count)
        for (start, level), (end, _) in zip(edges, edges[1:]):
            self.assertNear(end - start, high if level else low, 0.6 * CYCLE)

    @on_each_preset
    def test_pulses_are_exact_to_the_cycle(self, preset):
        report = self.report(preset)
        third = [edge for edge in report.edges(4) if edge[0] < report.edges(4)[0][0] + 20]  # until it is stopped
        begin, end = third[0][0], third[-1][0]
        self.assertPulses(third, 3 * CYCLE, 5 * CYCLE, 40)
        self.assertPulses([edge for edge in report.edges(2) if edge[0] < begin], 3, 5, 20)
        self.assertPulses([edge for edge in report.edges(2) if edge[0] > end + 10][:-1], 6, 10, 10)
        second = report.edges(3)
        self.assertEqual(second[0][1], 1)  # it was high before the program began
        fast = [edge for edge in second if edge[0] < begin]
        # 15.625 cycles each: most are one shorter than others.
        for (start, level), (end, _) in list(zip(fast, fast[1:]))[2:]:
            self.assertNear(end - start, 3 / 8 if level else 5 / 8, 1.1 * CYCLE)
        self.assertNear((fast[-2][0] - fast[2][0]) / (len(fast) - 4), 0.5, 0.002)


class PioInLoops(Pio):
    presets = ("pico-os",)
    image = "tests/firmware/loops_pio"
    on_core_1 = ["core 1: ok 9"]
