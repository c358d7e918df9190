"""Devices on the emulated Pico, wired to contacts that bounce."""

import random
import re

from .support import FirmwareTest, on_each_preset, presses, run

SETTLE = 10_000
EDGES = 15  # presses of a bounce: each has two edges
BOUNCE = 5_000


def bouncing(pin, start, held, seed):
    """A press with bounces on both sides: it is at ground for good from BOUNCE after its start until its end."""
    source = random.Random(seed)
    options = []
    for since, level_at_start in ((start, True), (start + held - BOUNCE, False)):
        times = sorted(source.sample(range(50, BOUNCE - 50), 2 * EDGES))
        if level_at_start:
            times[0] = 0  # the first edge
        for closing, opening in zip(times[::2], times[1::2]):
            options += presses(pin, (since + closing,), opening - closing)
    return tuple(options) + presses(pin, (start + BOUNCE,), held - 2 * BOUNCE)


class Devices(FirmwareTest):
    def told(self, report, words):
        return [(int(line.split(" us: ")[0]), line.split(" us: ")[1]) for line in report.lines if re.search(rf" us: (?:{words})", line)]

    @on_each_preset
    def test_a_bouncing_button_and_a_bouncing_switch(self, preset):
        press = bouncing(15, 100_000, 80_000, 1) + bouncing(15, 300_000, 80_000, 2) + bouncing(15, 1_000_000, 1_500_000, 3)
        press += bouncing(14, 250_000, 500_000, 4)
        report = run(preset, "tests/firmware/devices", press, "10s")
        self.assertGreater(report.edge_count[15], 150)
        expected = [
            (110_000, "press"),
            (180_000, "release"),
            (180_000, "click"),
            (310_000, "press"),
            (310_000, "double click"),
            (380_000, "release"),
            (1_010_000, "press"),
            (2_000_000, "long press"),
            (2_500_000, "release"),
        ]
        events = self.told(report, "press|release|click|double|long")
        self.assertEqual([what for _, what in events], [what for _, what in expected])
        for (time, what), (wanted, _) in zip(events, expected):
            if what in ("release", "click"):  # first seen among the bounces at the end
                self.assertTrue(wanted + SETTLE - BOUNCE <= time <= wanted + SETTLE + 500, f"{what} at {time}")
            else:
                self.assertNear(time, wanted, 500)
        self.assertEqual([what for _, what in self.told(report, "closed|open")], ["closed", "open"])
        self.assertEqual(report.line_starting("glitches:"), "0 0, missed: 0, dropped: 0")
        self.assertGreater(report.asleep, 0.99)

    @on_each_preset
    def test_a_knob(self, preset):
        press = ()
        for detent in range(3):
            press += presses(16, (100_000 + detent * 40_000,), 20_000) + presses(17, (110_000 + detent * 40_000,), 20_000)
        press += presses(17, (500_000,), 20_000) + presses(16, (510_000,), 20_000)
        report = run(preset, "tests/firmware/devices", press, "10s")
        positions = self.told(report, "position")
        self.assertEqual([what for _, what in positions], ["position 1", "position 2", "position 3", "position 2"])
        for (time, _), wanted in zip(positions, (130_000, 170_000, 210_000, 530_000)):
            self.assertNear(time, wanted, 500)

    @on_each_preset
    def test_they_take_what_their_headers_say(self, preset):
        report = run(preset, "tests/firmware/devices", (), "10s")
        self.assertEqual(report.line_starting("sizes:"), "136 40 52")
        if preset == "pico-os":
            self.assertEqual(report.line_starting("pool:"), "120 120 176")
