"""NeoPixel on the emulated Pico, with strips that know the times of the data sheet: neopixel.cpp."""

import re

from .support import FirmwareTest, on_each_preset, run_script

EXPECTED = [
    "strip: ok, # us",
    "both: 2 ok 1 ok",
    "cancelled",
    "none: no free DMA channel",
    "ten times: # us",
]


class NeoPixel(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_what_the_pixels_show(self, preset):
        run = run_script("neopixel.mjs", preset, "tests/firmware/neopixel", 1000)
        lines = run["lines"]
        self.assertEqual([re.sub(r"\d+ us", "# us", line) for line in lines], EXPECTED)
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        strip, white = run["strips"]
        self.assertEqual(strip["faults"], [])
        self.assertEqual(white["faults"], [])
        self.assertEqual(strip["frames"][0], [[index * 50, 0x55, 255 - index, 0] for index in range(5)])
        self.assertEqual(strip["frames"][1], [[7, 8, 9, 0]] * 5)
        self.assertEqual(white["frames"], [[[1, 2, 3, 4], [255, 0, 128, 170], [1, 2, 3, 4]]])
        # Each write that was not cancelled, whatever the cancelled one before it had sent.
        for us in range(0, 520, 13):
            self.assertIn([[1, us % 256, 2, 0]] * 5, strip["frames"])
        # Times of the first frame, and between frames.
        edges = run["edges"]
        highs = [end - start for (start, level), (end, _) in zip(edges, edges[1:]) if level]
        periods = [after[0] - start for (start, level), after in zip(edges, edges[2:]) if level]
        for high in highs:
            self.assertLess(min(abs(high - 375), abs(high - 750)), 9)
        resets = [period for period in periods if period > 2000]
        for period in set(periods) - set(resets):
            self.assertNear(period, 1250, 9)
        self.assertGreater(min(resets), 300_000)
        took = int(lines[0].split()[2])
        self.assertGreaterEqual(took, 5 * 30 + 300)
        self.assertLess(took, 5 * 30 + 300 + 20)
        self.assertGreater(run["asleep"], 0.8)
