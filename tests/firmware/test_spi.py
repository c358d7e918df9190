"""Spi on the emulated Pico, with devices on two buses: spi.cpp. The emulator's controllers move no pins but those of the program: their clock and data
are not looked at here, only what devices hear and when they are selected."""

import re

from .support import FirmwareTest, on_each_preset, run_script

COUNTS = (1, 7, 8, 9, 17, 64, 300)

EXPECTED = [
    "8928571 992063 Hz",  # 125 MHz / 14 and / 126
    *(f"{count} bytes: ok, {count}" for count in COUNTS),
    "in place: ok, 1 1",
    "read: ok, 65 65 1",
    "write: ok",
    "write_read: ok, 1 1 65",
    "sensor: true",
    "16 bits: ok, 0 wrong",
    "fastest: ok, 300",
    "other lengths: misuse",
    "nothing: ok",
    "wrong pins: misuse",
    "same bus: misuse",
    "channels: no free DMA channel",
    "from nothing: bus error",
    "to nothing: bus error",
    "then: ok, 300",
    "[11]2323",  # of the device that is selected, another task's transfers are part of it; then those that waited take turns
    "cancelled #, in the middle #, 0 wrong",
    "late: timeout",
    "ten times 300 bytes: # us",
    "destroyed: what it awaited was destroyed, what it awaited was destroyed",
    "again: ok",
    "end: true",
]


class Spi(FirmwareTest):
    image = "spi"

    @on_each_preset
    def test_what_the_bus_does(self, preset):
        run = run_script("spi.mjs", preset, f"tests/firmware/{self.image}", 1000)
        lines = [line["text"] for line in run["lines"]]
        text = "\n".join(lines)
        cancelled, middle = (int(number) for number in re.search(r"cancelled (\d+), in the middle (\d+)", text).groups())
        took = int(re.search(r"ten times 300 bytes: (\d+)", text)[1])
        self.assertEqual([re.sub(r"(cancelled|middle|300 bytes:) \d+", r"\1 #", line) for line in lines], EXPECTED)
        self.assertGreater(middle, 80 if preset != "pico-o0" else 10)  # code that is not optimised gets to the end before
        self.assertGreaterEqual(cancelled, middle)
        wires = 10 * 300 * 8 / 8.928571
        self.assertGreater(took, wires)
        self.assertLess(took, wires + 10 * (30 if preset != "pico-o0" else 50))
        # What the device heard, from select to deselect.
        sent = [index * 7 + 1 & 0xFF for index in range(300)]
        self.assertEqual(run["selections"][:7], [sent[:count] for count in COUNTS])
        self.assertEqual(run["selections"][7:11], [[0] * 300, [0x40] * 3, sent[:2], sent[:2] + [0, 0]])
        self.assertEqual(run["selections"][13], [16, 1, 16, 1, 8])  # the selection, in which the other task's are
        self.assertTrue(run["apart"], "two devices were selected at once")
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")


class SpiInLoops(Spi):
    presets = ("pico-os",)
    image = "loops_spi"
