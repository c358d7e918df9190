"""Adc on the emulated Pico, with voltages at its inputs: adc.cpp."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from .support import RUNNER, TIME_LIMIT, FirmwareTest, image_path, on_each_preset

VOLTAGES = ("GP26@0s=1V", "GP26@50ms=2V", "GP27@0s=0.5V", "GP29@0s=0.25V")

EXPECTED = [
    "1241 19860 500317 27140",
    *("1: 1241", "2: 621", "3: 876") * 2,  # the tasks take turns
    "400 samples in # us, 200 low, 200 high",
    "33: 11 11 11",
    "1",
    "0",
    "fast: 400 in # us",
    "half: 200 in # us",
    "cancelled #, 0 wrong",
    "lost after fewer than 20: true",
    "then: 20",
    "at last: 621",
]


class Adc(FirmwareTest):
    image = "tests/firmware/adc"

    @on_each_preset
    def test_what_is_converted(self, preset):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "run.json"
            command = ["node", RUNNER, image_path(preset, self.image), "--quiet", "--json", report, "--until", "1s"]
            for one in VOLTAGES:
                command += ["--analog", one]
            subprocess.run(command, check=True, capture_output=True, timeout=TIME_LIMIT)
            run = json.loads(report.read_text())
        lines = [line["text"] for line in run["console"]]
        patterns = (r"in (\d+) us, 2", r"fast: 400 in (\d+)", r"half: 200 in (\d+)", r"cancelled (\d+)")
        slow, fast, half, cancelled = (int(re.search(pattern, "\n".join(lines))[1]) for pattern in patterns)
        plain = [re.sub(r"in \d+ us|cancelled \d+", lambda match: re.sub(r"\d+", "#", match[0]), line) for line in lines]
        self.assertEqual(plain, EXPECTED)
        self.assertNear(slow, 399 * 50, 50)
        self.assertNear(fast, 399 * 10, 40)
        self.assertNear(fast - half, 200 * 10, 1)
        self.assertGreater(cancelled, 20)  # of 31, those that came before the end of the series
        self.assertEqual(run["unknown_registers"], [])


class AdcInLoops(Adc):
    presets = ("pico-os",)
    image = "tests/firmware/loops_adc"
