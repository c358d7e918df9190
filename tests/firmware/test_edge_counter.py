"""EdgeCounter on the emulated Pico: edge_counter.cpp."""

import re

from .support import FirmwareTest, on_each_preset, run_script

EDGE = re.compile(r"([01])@(\d+)")


class EdgeCounter(FirmwareTest):
    presets = ("pico-os", "pico-clang")
    image = "tests/firmware/edge_counter"
    most_cycles = 240  # for each edge, with the way back to sleep

    @on_each_preset
    def test_counts_times_and_the_highest_rate(self, preset):
        run = run_script("edge_counter.mjs", preset, self.image, 200)
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        counted, masked, twice, woken, *bursts = run["lines"]
        self.assertRegex(counted, r"^6 edges, 0 lost:( [01]@\d+){6}$")
        for (level, at), (expected, given) in zip(EDGE.findall(counted), zip("010101", run["given"])):
            self.assertEqual(level, expected)
            self.assertNear(int(at), given + 0.5, 2)
        # A pulse and two of them while interrupts are masked look the same, and have the time at which they no longer are.
        for line, count in ((masked, 8), (twice, 10)):
            match = re.fullmatch(rf"{count} edges, 0 lost: 0@(\d+) 1@(\d+)", line)
            self.assertIsNotNone(match, line)
            self.assertEqual(match[1], match[2])
        self.assertRegex(woken, r"^woken by 0@\d+, [1-4] us later$")
        self.assertNear(int(EDGE.findall(woken)[0][1]), run["given"][-2] + 0.5, 2)
        # A falling edge each 20, 5, 3, 2.5 and 2 us is counted; each 1 us is too fast.
        self.assertEqual(bursts[:5], ["100"] * 5)
        self.assertLess(int(bursts[5]), 100)
        self.assertLess(run["awakeCycles"], self.most_cycles)


class EdgeCounterInLoops(EdgeCounter):
    presets = ("pico-os",)
    image = "tests/firmware/loops_edge_counter"
    most_cycles = 280
