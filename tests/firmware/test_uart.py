"""Uart on the emulated Pico, with a program at the other end that sends, also what is damaged: uart.cpp."""


from .support import FirmwareTest, on_each_preset, run_script

LONG = "The quick brown fox jumps over the lazy dog, and over the other one too.\n"

EXPECTED = [
    "50 bytes, 0 wrong, several reads: true",
    "exactly 300, 0 wrong",
    "any: 100",
    "later: 100 from 0 to 99",
    "late: timeout, any: 100",
    "again: 100 from 0 to 99",
    "lost: 0",
    "[one]",
    "[]",
    "[two words]",
    "[this line is longer than]",
    "[ the buffer]",
    "kept 159, 0 wrong, any: 0",  # 127 in the ring, 32 in the UART
    "overruns 1, good 4 ABCD, framing 1, breaks 1, parity 1",
    "@ short",
    "short is out",
    "@ drained",
    "long is out",
    "next is out",
    "last is out",
    "@ drained",
    "behind is out",
    f"7e2 with RTS and CTS: {0x5E} {0xC301} true",
    f"closed: {0x5E} {0xC301} false",
    f"8o1: {0x72} {0x301} true",
    "wrong pins: misuse",
    "second reader: misuse",
    "destroyed: what it awaited was destroyed",
    "written",
    "got typed",
    "end",
]


class Uart(FirmwareTest):
    image = "tests/firmware/uart"

    @on_each_preset
    def test_what_comes_and_goes(self, preset):
        run = run_script("uart.mjs", preset, self.image, 3000)
        self.assertEqual([line["text"] for line in run["lines"] if not line["text"].startswith("> ")], EXPECTED)
        short, text, first, long, second, cut = run["output"]
        self.assertEqual((short["mark"], text), ("short", "hello\n"))
        self.assertEqual((first["queued"], second["queued"]), (0, 0))  # drain() has waited for the last bit
        self.assertEqual(long, LONG + "next\nlast\n")
        # What was in the UART when the write was cancelled went out, and no more.
        start, behind = cut.split("\n", 1)
        self.assertEqual(behind, "behind\n")
        self.assertTrue(LONG.startswith(start))
        self.assertLess(len(start), 40)
        self.assertGreater(run["asleep"], 0.9)
        self.assertEqual(run["cut"], 0)
        self.assertEqual(run["unknown"], [])
        self.assertEqual(run["ending"]["text"], "main() returned")


class UartInLoops(Uart):
    presets = ("pico-os",)
    image = "tests/firmware/loops_uart"
