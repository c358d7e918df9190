"""KeyValueStore on the emulated Pico, whose flash is kept in a file while the chip is stopped at any time: key_value_store.cpp."""

import tempfile
from pathlib import Path

from .support import FirmwareTest, on_each_preset, run


class KeyValueStore(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_values_outlive_a_loss_of_supply(self, preset):
        with tempfile.TemporaryDirectory() as folder:
            options = ("--flash", str(Path(folder) / "flash.bin"))
            written = 0
            for start, until_ms in enumerate((130, 93, 57, 150.3, 15)):
                report = run(preset, "tests/firmware/key_value_store", until=f"{until_ms}ms", attempt=start, options=options)
                words = report.lines[0].split()
                self.assertEqual(words[:2], ["ok", "true:"])
                keys, first, second, blob = (int(word) for word in words[2:6])
                self.assertEqual(words[6:], ["true", "true"])  # the blob and the text are whole
                if start == 0:
                    self.assertEqual((keys, first, second, blob), (0, 0, 0, 0))
                else:
                    self.assertEqual((keys, blob), (4, 400))
                    self.assertIn(first - second, (0, 1))
                    self.assertTrue(written <= second <= written + 2)  # what was told is there; the console is behind
                written = int(report.lines[-1]) if len(report.lines) > 1 else second
            self.assertGreater(written, 15)
