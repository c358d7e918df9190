"""St7735 and Ili9341 on the emulated Pico, with displays as their datasheets have them: mipi_display.cpp."""

from .support import FirmwareTest, on_each_preset, run_script


class MipiDisplay(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_pixels_times_and_cancellations(self, preset):
        run = run_script("mipi_display.mjs", preset, "tests/firmware/mipi_display", 20_000)
        self.assertEqual(
            run["lines"],
            [
                "whole: ok, 0 wrong",
                "again: ok",
                "pixel: ok, 0 wrong",
                "part: ok, 0 wrong",
                "rows: ok, 0 wrong",
                "cancelled 76, 0 wrong",
                "fill_rect: ok, 0 wrong",
                "set up after 7: ok, 0 wrong",
                "turned: ok, 0 wrong",
                "fill: ok, 0 wrong",
                "corner: ok, 0 wrong",
            ],
        )
        self.assertEqual(run["faults"], [])
        self.assertEqual((run["looks"], run["wrong"]), (76, 0))
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")

        whole, pixel, part, rows, fill = run["measured"]
        # Of 16 bits, each is ten cycles of 8 ns at 12.5 MHz, and fourteen at 8.9 MHz.
        self.assertNear(whole["us"] * 125 / (128 * 160), 160.5, 0.5)
        self.assertNear(fill["us"] * 125 / (240 * 320), 224.15, 0.15)
        self.assertGreater(whole["asleep"], 0.99)
        self.assertGreater(fill["asleep"], 0.99)
        self.assertLess(pixel["us"], 95)
        self.assertNear(part["us"], 60 * 20 * 1.28 + 80, 15)
        self.assertGreater(part["asleep"], 0.94)
        # Twenty transfers of twenty pixels.
        self.assertNear(rows["us"], 20 * (20 * 1.28 + 9) + 80, 40)
        self.assertGreater(rows["asleep"], 0.6)
