"""MicroPython on the emulated Pico, as anybody's firmware: its prompt over USB, its file system in flash, asyncio.

The environment variable MICROPYTHON_IMAGE names its ELF or UF2 file for the board RPI_PICO.
"""

import os
import tempfile
import unittest
from pathlib import Path

from . import support

IMAGE = os.environ.get("MICROPYTHON_IMAGE", "")
LED = 25

PROGRAM = """
import asyncio, machine
led = machine.Pin(25, machine.Pin.OUT)
async def blink():
    for i in range(6):
        led.toggle()
        await asyncio.sleep_ms(20)
async def main():
    task = asyncio.create_task(blink())
    await task
    print('blinked')
asyncio.run(main())
"""


def typed(text):
    return "USB:" + text.encode("unicode_escape").decode() + "@1s"


@unittest.skipUnless(IMAGE, "MICROPYTHON_IMAGE does not name MicroPython's image for a Pico")
class MicroPython(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.flash = Path(folder.name) / "flash.bin"

    def run_with(self, *options):
        image = Path(IMAGE).resolve()
        return support.run("", str(image.with_suffix("")), (), "3s", suffix=image.suffix, options=("--flash", str(self.flash), *options))

    def test_it_answers_at_its_prompt(self):
        report = self.run_with("--input", typed("print(6 * 7)\r"))
        self.assertRegex(report.lines[0], "^MicroPython v")
        self.assertEqual(report.lines[2:], [">>> print(6 * 7)", "42", ">>> "], f"\n{report}")

    def test_control_c_interrupts_it(self):
        report = self.run_with("--input", typed("while True: pass\r\r"), "--input", typed("\x03print('goes on')\r").replace("@1s", "@2s"))
        self.assertIn("KeyboardInterrupt: ", report.lines, f"\n{report}")
        self.assertEqual(report.lines[-2:], ["goes on", ">>> "], f"\n{report}")

    def test_a_file_is_kept_and_asyncio_blinks_on_time(self):
        self.run_with("--input", typed(f"f = open('main.py', 'w'); f.write({PROGRAM!r}); f.close()\r"))
        report = self.run_with("--analog", "GP26@0s=1V")  # the option makes it another run
        self.assertEqual(report.lines[0], "blinked", f"\n{report}")
        edges = report.edge_times(LED)
        self.assertEqual(len(edges), 6, f"\n{report}")
        for before, after in zip(edges, edges[1:]):
            self.assertTrue(19_000 < after - before < 21_000, edges)  # it counts in milliseconds


if __name__ == "__main__":
    unittest.main()
