"""I2c on the emulated Pico, with a memory, a sensor, a device that refuses, and faults of the bus: i2c.cpp."""


from .support import FirmwareTest, on_each_preset, run_script

BYTES = (1, 15, 16, 17, 33, 40)

EXPECTED = [
    *(f"{count} bytes: ok, ok, 0 wrong" for count in BYTES),
    "write_read: ok 15 22",
    "read: ok 29",
    "write_read of 1 to 20: 0 wrong",
    "write to nobody: no acknowledgement",
    "read from nobody: no acknowledgement",
    "refused byte: no acknowledgement",
    "then: ok 96",
    "nothing: misuse",
    "same bus: misuse",
    "wrong pins: misuse",
    "shared",
    *("123" * 3),  # the tasks take turns
    "found 80 96 97 118",
    "cancelled {} times, 0 wrong",
    "4",
    "6",
    "freed: ok 96",
    "held: bus stuck",
    "let go: ok",
    "clock held: bus stuck after 50 ms",
    "7",
    "given up: timeout",
    "8",
    "destroyed: what it awaited was destroyed, what it awaited was destroyed",
    "again: ok",
    "end",
]


def run_with_devices(preset, name, milliseconds):
    """What devices.mjs prints of an image."""
    return run_script("devices.mjs", preset, f"tests/firmware/{name}", milliseconds)


class I2c(FirmwareTest):
    image = "i2c"

    @on_each_preset
    def test_what_the_bus_does(self, preset):
        run = run_with_devices(preset, self.image, 1000)
        lines = [line["text"] for line in run["lines"]]
        cancelled = next(line for line in lines if line.startswith("cancelled"))
        self.assertGreater(int(cancelled.split()[1]), 50)  # nearly each of 60 limits strikes before the end
        self.assertEqual(lines, [line.format(cancelled.split()[1]) for line in EXPECTED])
        self.assertEqual(run["seen"], ["picky took 4", "picky took 0", "clocked free", "reset", "reset"])
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")

    @on_each_preset
    def test_time_on_the_wires_is_that_of_400_khz_and_the_processor_sleeps(self, preset):
        run = run_with_devices(preset, self.image, 1000)
        times = {line["text"].split(":")[0]: line["us"] for line in run["lines"]}
        # 17 more bytes are written, and 17 are read, each with nine clocks of 2.5 us; the emulator's are up to 5 % shorter.
        longer = (times["40 bytes"] - times["33 bytes"]) - (times["17 bytes"] - times["16 bytes"])
        self.assertNear(longer, 2 * 23 * 9 * 2.5, 0.07 * 2 * 23 * 9 * 2.5)
        self.assertGreater(run["asleep"], 0.9)


class I2cInLoops(I2c):
    presets = ("pico-os",)
    image = "loops_i2c"
