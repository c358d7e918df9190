"""Bme280 and Ssd1306 on the emulated Pico, with a sensor and a display that are plugged in and out: weather.cpp."""

import re

from .support import FirmwareTest, on_each_preset
from .weather import run_weather

EXPECTED = [
    "no acknowledgement",
    "-350 C/100, 101325 Pa, 4000 %/100",
    "first: # us",
    "2500 C/100, 99000 Pa, 6500 %/100",
    "then: # us",
    "no acknowledgement",
    "2500 C/100, 99000 Pa, 6500 %/100",
    "2500 C/100, 0 Pa, 6500 %/100",
    "cancelled #, 0 wrong",
    "no display: no acknowledgement",
    "shown: ok, # us",
    "look",
    "a character: ok, # us",
    "look",
    "cancelled #",
    "look",
]


class WeatherDevices(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_a_sensor_and_a_display(self, preset):
        run = run_weather(preset, "tests/firmware/weather", 2000)
        self.assertEqual(run["ending"]["text"], "main() returned")
        self.assertEqual(run["unknown"], [])
        lines = [line["text"] for line in run["lines"]]
        told = lines[: len(EXPECTED)]
        numbers = [int(number) for line in told for number in re.findall(r"(?<=: )\d+(?= us)|(?<=, )\d+(?= us)|(?<=cancelled )\d+", line)]
        self.assertEqual([re.sub(r"(\d+)(?= us)|(?<=cancelled )\d+", "#", line) for line in told], EXPECTED)
        first, then, readings_cancelled, shown, character, shows_cancelled = numbers
        self.assertTrue(11_000 < first < 15_000, first)
        self.assertTrue(9_300 < then < 10_300, then)
        self.assertGreater(readings_cancelled, 20)
        self.assertTrue(24_000 < shown < 27_000, shown)
        self.assertLess(character, 900)
        self.assertGreater(shows_cancelled, 25)
        # What one sees is what the firmware has drawn.
        full, inverted, end = run["pictures"]
        drawn = ["".join(f"{int(word, 16):08x}" for word in line.split()) for line in lines[len(EXPECTED) :][:64]]
        self.assertEqual(end["rows"], drawn)
        self.assertEqual(full["rows"][0], "f" * 32)
        self.assertEqual(full["rows"][62][0], "b")  # the frame and the diagonal
        self.assertEqual((full["contrast"], inverted["contrast"], end["contrast"]), (255, 7, 9))
        self.assertGreater(sum(f"{int(row, 16):b}".count("1") for row in inverted["rows"]), 6000)
        self.assertEqual(lines[-2], "sizes: 56 1072 560")
        self.assertLess(int(lines[-1].split()[1]), 1300)
