"""A desk for the tests of flash, console and watch: boards with drives and serial ports, and a clock that moves when somebody sleeps."""

import os
import struct
import tempfile
import termios
import tty
import unittest
from pathlib import Path
from unittest import mock

from support import in_process

from cli.machine import Machine

RP2040, RP2350 = 0xE48BFF56, 0xE48BFF59
INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: {}\r\n"


def uf2(blocks=2, family=RP2040, total=None):
    """A UF2 file of so many blocks."""
    return b"".join(
        struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * i, 256, i, total or blocks, family)
        + bytes(476)
        + struct.pack("<I", 0x0AB16F30)
        for i in range(blocks)
    )


class Desk(unittest.TestCase):
    """`self.later` are functions that are called one by one while the command waits, each with its time."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("media", "dev", "sys"):
            (self.folder / name).mkdir()
        self.now = 0.0
        self.later = []
        self.machine = Machine(
            clock=lambda: self.now, sleep=self.sleep, mounts=(self.folder / "media",), dev=self.folder / "dev", sys=self.folder / "sys"
        )
        for module in ("flash", "console", "watch"):
            patch = mock.patch(f"cli.{module}.machine", self.machine)
            patch.start()
            self.addCleanup(patch.stop)
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)

    def sleep(self, seconds):
        self.now += seconds
        if self.later:
            self.later.pop(0)()

    def drive(self, name="RPI-RP2", board="RPI-RP2"):
        path = self.folder / "media" / name
        path.mkdir()
        (path / "INFO_UF2.TXT").write_text(INFO.format(board))
        return path

    def start(self, drive):
        """What a board does once it has a whole program."""
        (drive / "INFO_UF2.TXT").unlink()

    def port(self, name="ttyACM0", vendor="2e8a", product="000a", serial="E66118"):
        """Plugs in a board with a serial port. Gives the board's end of it."""
        board, computer = os.openpty()
        self.addCleanup(self.close, board)
        tty.setraw(board)
        (self.folder / "dev" / name).symlink_to(os.ttyname(computer))
        os.close(computer)
        device = self.folder / "sys" / "devices" / name
        (device / "interface").mkdir(parents=True)
        for file, text in (("idVendor", vendor), ("idProduct", product), ("product", "Pico"), ("serial", serial)):
            (device / file).write_text(text + "\n")
        entry = self.folder / "sys" / "class" / "tty" / name
        entry.mkdir(parents=True)
        (entry / "device").symlink_to(device / "interface")
        return board

    def close(self, descriptor):
        try:
            os.close(descriptor)
        except OSError:
            pass  # the test has unplugged it

    def baud(self, board):
        return termios.tcgetattr(board)[4]

    def run_verb(self, *words):
        done = in_process(*(str(word) for word in words))
        return done.returncode, done.stdout.replace(str(self.folder), "*"), done.stderr.replace(str(self.folder), "*")

    def assert_fails(self, pattern, *words, status=1):
        """It ends with one line, which says what to do."""
        code, _, said = self.run_verb(*words)
        self.assertEqual(code, status, said)
        self.assertRegex(said, rf"^uasync {words[0]}: [^\n]*{pattern}[^\n]*\n$")
