"""Ultrasonic on the emulated Pico, with a sensor as its datasheet has it: ultrasonic.cpp."""

from .support import FirmwareTest, on_each_preset, run_script


class Ultrasonic(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_distances_and_the_start_pulse(self, preset):
        run = run_script("ultrasonic.mjs", preset, "tests/firmware/ultrasonic", 6000)
        lines = run["lines"]
        # While the core was busy, with interrupts, too.
        for line, expected in zip(lines[:3], (20, 1234, 3990)):
            self.assertNear(int(line.split()[0]), expected, 1)
        self.assertEqual(lines[3:], ["timeout", "no acknowledgement", "bus stuck", "200 mm", "cancelled: 34 of 34"])
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        self.assertGreaterEqual(min(run["pulses"]), 10)
        self.assertLess(max(run["pulses"]), 11.1)
        self.assertGreater(run["cutPulses"], 0)
        # Nothing but the pulses that a cancellation has cut: each trigger comes after the echo of the one before, and 60 ms after it.
        self.assertEqual(len(run["faults"]), run["cutPulses"], run["faults"])
        for fault in run["faults"]:
            self.assertRegex(fault, r"trigger for \d\.?\d* us, not at least 10 us")
        self.assertGreaterEqual(min(run["periods"]), 60_000)
        self.assertGreater(run["asleep"], 0.8)
