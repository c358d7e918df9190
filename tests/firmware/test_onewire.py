"""OneWire and Ds18b20 on the emulated Pico, with devices that use the limits of the datasheet: onewire.cpp."""

import re

from .support import FirmwareTest, on_each_preset, run_script

EXPECTED = [
    "scan: ok 2",
    "scan: ok 2",
    "40 8 191",
    "40 3 71",
    "0 0 0",
    "0 0 0",
    "inside: ok 2500",
    "outside: ok -1025",
    "# ms",
    "cancel",
    "cancelled: 37 of 37",
    "lost: ok 2500",
    "unplugged: no acknowledgement 0",
    "plugged: ok 2500",
    "shorted: bus stuck 0",
    "again: ok 2500",
    "noise: bus error 0",
    "five: # ms",
]


class OneWire(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_the_wire_and_what_the_thermometers_show(self, preset):
        run = run_script("onewire.mjs", preset, "tests/firmware/onewire", 4000)
        lines = [line["text"] for line in run["lines"]]
        self.assertEqual([re.sub(r"\d+ ms", "# ms", line) for line in lines], EXPECTED)
        self.assertEqual(run["faults"], [])
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        # While the core was busy, with interrupts, too.
        for name, expected in (("reset", 497), ("one", 5), ("zero", 64)):
            least, most = run["times"][name]
            self.assertNear(least, expected, 0.1)
            self.assertNear(most, expected, 0.1)
        self.assertNear(run["times"]["slot"][0], 70, 0.1)
        self.assertGreater(run["times"]["recovery"][0], 5)
        self.assertGreater(run["times"]["after reset"][0], 480)
        # Two measurements at the same time; then five, each of 94 ms and 19 ms of the bus, and 9 to set up the one that was disturbed.
        self.assertLess(int(lines[8].split()[0]), 94 + 188)
        self.assertNear(int(lines[-1].split()[1]), 5 * (94 + 19) + 9, 5)
        self.assertGreater(run["asleep"], 0.7)
