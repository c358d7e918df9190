"""Keypad on the emulated Pico, with fingers on its keys: keypad.cpp."""

from .support import FirmwareTest, on_each_preset, run_script


class Keypad(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_keys_ghosts_and_rest(self, preset):
        run = run_script("keypad.mjs", preset, "tests/firmware/keypad", 900)
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        texts = [text for text, _ in run["lines"]]
        alone = ["5 down", "5 up", "0 down", "0 up"]
        in_a_row = ["4 down", "6 down", "B down", "4 up", "6 up", "B up"]
        corners = ["1 down", "2 down", "1 up", "2 up"]  # and neither 5, which was held with them, nor 4
        self.assertEqual(texts, [*alone, *in_a_row, *corners, "D down", "D up", "taken: 4 of 4, 0 dropped"])
        moves = [20, 80, 100, 160, *[200] * 3, *[300] * 3, 400, 400, 500, 500, 550, 610]
        for (text, at), moved in zip(run["lines"], moves):
            self.assertGreaterEqual(at, moved + 5, text)
            self.assertLessEqual(at, moved + 10.5, text)
        self.assertEqual([at for at in run["restless"] if at < 800], [])  # until the keypad is destroyed
        self.assertGreater(run["asleep"], 0.99)
