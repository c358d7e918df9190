"""Dht22 on the emulated Pico, with a sensor as its datasheet has it: dht22.cpp."""

from .support import FirmwareTest, on_each_preset, run_script


class Dht22(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_readings_and_the_start_signal(self, preset):
        run = run_script("dht22.mjs", preset, "tests/firmware/dht22", 150_000)
        # The second and third while the core was busy, with interrupts. What the sensor takes for a start signal when the short ends spoils the reading after it.
        self.assertEqual(
            run["lines"],
            ["2000 5000", "-10 0", "8000 9990", "-4000 2560", "no acknowledgement", "bus stuck", "bus error", "-1230 4560", "cancelled: 24 of 24"],
        )
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        # Nothing but the short, and the seven start signals that a cancellation has cut.
        self.assertRegex(run["faults"][0], r"start signal for \d+\.\d us, not at most 20000 us")
        self.assertEqual(run["faults"][1], "pulled low while the sensor sends")
        self.assertEqual(len(run["faults"]), 2 + 7, run["faults"])
        for fault in run["faults"][2:]:
            self.assertRegex(fault, r"start signal for \d+\.?\d* us, not at least 800 us")
        starts = [start for start in run["starts"] if start["us"] < 20_000]
        whole = [start for start in starts if start["us"] >= 800]
        self.assertGreaterEqual(len(whole), 40)
        for start in whole[:10]:
            self.assertNear(start["us"], 1202, 1)
        self.assertNear(starts[0]["at"], 1000, 1)
        for first, second in zip(starts, starts[1:]):
            self.assertGreaterEqual(second["at"] - first["at"], 2000)
        self.assertGreater(run["asleep"], 0.99)
