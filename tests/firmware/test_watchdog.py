"""Watchdog on the emulated Pico, which it resets: watchdog.cpp."""

import re

from .support import FirmwareTest, on_each_preset, run


class Watchdog(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_it_resets_the_chip_that_a_task_keeps_busy(self, preset):
        report = run(preset, "tests/firmware/watchdog", until="9.5s")
        times, lines = zip(*report.console)
        self.assertEqual(
            [re.sub("0x[0-9a-f]+", "#", line) for line in lines],
            [
                "power on",
                "hog begins",
                "uasync: task 'hog' has run for 20 ms without an await, at #",
                "reset by the watchdog",
                "not yet",  # 8.3 s later: the longest time is 8.388 s
                "reset by the watchdog",
            ],
        )
        began, reset, again = times[1], times[3], times[5]
        self.assertTrue(began + 45_000 < reset < began + 105_000, reset - began)  # it was fed up to 50 ms before
        self.assertNear(again - reset, 8_388_608, 5_000)
        self.assertGreater(report.asleep, 0.99)
