"""IrReceiver and IrSender on the emulated Pico, with a demodulator as its datasheet has it: ir.cpp."""

from .support import FirmwareTest, on_each_preset, run_script

UNIT = 562.5  # us


def frame(*bytes_):
    """When the bursts of a frame begin, in units, and how long they are."""
    bursts, at = [(0, 16)], 24
    for byte in bytes_:
        for bit in range(8):
            bursts.append((at, 1))
            at += 4 if byte >> bit & 1 else 2
    return [*bursts, (at, 1)]


REPEAT = [(0, 16), (20, 1)]


class Ir(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_what_is_received_and_what_is_sent(self, preset):
        run = run_script("ir.mjs", preset, "tests/firmware/ir", 20_000)
        lines = [f"{key if key % 2 == 0 else 0x1234} {170 + key}{held}" for key in range(12) for held in ("", " held")]
        lines += ["1 2", "1 4", "1 4 held", "1 4 held", "1 5", "1 5 held"]
        # A frame with a wrong bit and its repeat, one that breaks off and its repeat, two that end at once, one with a long pause, and two late repeats.
        lines += ["damaged: 9", "1 6", "1 6 held", "1 6 held", "1 6 held", "cancelled: 8 of 8"]
        self.assertEqual(run["lines"], lines)
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")
        self.assertGreater(run["asleep"], 0.93)  # of which it is busy for 0.7 s of 12.5 s on purpose

        frames = []
        for burst in run["bursts"]:
            if not frames or burst["at"] - frames[-1][0]["at"] > 100_000:
                frames.append([])
            frames[-1].append(burst)
        expected = [frame(0x59, 0xA6, 0x16, 0xE9), REPEAT, REPEAT, frame(0xFF, 0xFF, 0xFF, 0x00), frame(0x00, 0x01, 0x00, 0xFF)]
        self.assertEqual(len(frames), len(expected))
        for bursts, units in zip(frames, expected):
            start = bursts[0]["at"]
            self.assertEqual(len(bursts), len(units))
            for burst, (at, length) in zip(bursts, units):
                self.assertNear(burst["at"] - start, at * UNIT, 5 + 0.003 * at * UNIT)
                # To the end of the last pulse: two thirds of a period less, and the rest of a unit.
                self.assertNear(burst["end"] - burst["at"], length * UNIT - 27, 2 + 0.003 * length * UNIT)
                self.assertEqual(burst["count"], 21 * length)
                self.assertNear(burst["high"] / burst["count"], 1e3 / 38 / 3, 0.1)
                if length == 1:
                    self.assertNear((burst["end"] - burst["at"] - burst["high"] / burst["count"]) / 20, 1e3 / 38, 0.05)
        starts = [bursts[0]["at"] for bursts in frames]
        for before, after in zip(starts, starts[1:]):
            self.assertNear(after - before, 108_000, 1_000)
