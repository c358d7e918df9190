"""`./uasync flash`, with drives that are folders, and boards at the other end of a pseudo-terminal."""

import errno
import os
import termios
import unittest
from pathlib import Path
from unittest import mock

from desk import RP2350, Desk, uf2

from cli import firmware_file, flash


class Flash(Desk):
    def setUp(self):
        super().setUp()
        Path("hello.uf2").write_bytes(uf2())

    def test_copies_the_file_and_waits_for_the_board_to_start(self):
        drive = self.drive()
        self.later = [lambda: None, lambda: self.start(drive)]
        code, said, errors = self.run_verb("flash", "hello.uf2")
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(said, "copying hello.uf2 to */media/RPI-RP2\nthe board has started it\n")
        self.assertEqual((drive / "hello.uf2").read_bytes(), uf2())

    def test_other_drives_are_none_of_its_business(self):
        other = self.folder / "media" / "stick"
        other.mkdir()
        drive = self.drive()
        self.later = [lambda: self.start(drive)]
        self.assertEqual(self.run_verb("flash", "hello.uf2")[0], 0)
        self.assertEqual(list(other.iterdir()), [])

    def test_the_board_goes_away_with_the_last_block(self):
        drive = self.drive()

        def gone(_):
            self.start(drive)
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        with mock.patch("os.fsync", gone):
            self.assertEqual(self.run_verb("flash", "hello.uf2")[0], 0)

    def test_asks_a_running_board_to_show_its_drive(self):
        board = self.port()
        touched = []

        def show():
            touched.append(self.baud(board))
            drive = self.drive()
            self.later += [lambda: None, lambda: self.start(drive)]

        self.later = [lambda: None, lambda: None, show]
        code, said, errors = self.run_verb("flash", "hello.uf2")
        self.assertEqual((code, errors, touched), (0, "", [termios.B1200]))
        self.assertEqual(
            said,
            "asking the board at */dev/ttyACM0 (Pico E66118) to show its drive\n"
            "copying hello.uf2 to */media/RPI-RP2\nthe board has started it\n",
        )

    def test_a_board_that_is_asked_is_the_one_that_gets_the_file(self):
        other = self.drive("other")
        self.port("ttyACM7")

        def show():
            drive = self.drive("mine")
            self.later.append(lambda: self.start(drive))

        self.later = [show]
        self.assertEqual(self.run_verb("flash", "hello.uf2", "--port", self.folder / "dev" / "ttyACM7")[0], 0)
        self.assertEqual([path.name for path in other.iterdir()], ["INFO_UF2.TXT"])

    def test_a_debug_probe_is_not_touched(self):
        board = self.port(product="000c")
        before = self.baud(board)
        self.assert_fails("no board found; hold BOOTSEL while you plug it in", "flash", "hello.uf2")
        self.assertEqual(self.baud(board), before)

    def test_a_named_drive(self):
        self.drive("one")
        two = self.drive("two")
        self.later = [lambda: self.start(two)]
        self.assertEqual(self.run_verb("flash", "hello.uf2", "--drive", two)[0], 0)


class FlashMistakes(Desk):
    def setUp(self):
        super().setUp()
        Path("hello.uf2").write_bytes(uf2())

    def test_no_board(self):
        self.assert_fails("no board found; hold BOOTSEL while you plug it in, and try again", "flash", "hello.uf2")

    def test_two_boards(self):
        self.drive("RPI-RP2")
        self.drive("RPI-RP21")
        self.assert_fails(
            r"there are 2 boards in BOOTSEL mode: \*/media/RPI-RP2, \*/media/RPI-RP21; choose one with --drive", "flash", "hello.uf2"
        )

    def test_two_running_boards(self):
        self.port("ttyACM0")
        self.port("ttyACM1", serial="E66119")
        self.assert_fails(
            r"there are 2 boards: \*/dev/ttyACM0 \(Pico E66118\), \*/dev/ttyACM1 \(Pico E66119\); choose one with --port", "flash", "hello.uf2"
        )

    def test_a_port_that_is_not_there(self):
        self.port()
        self.assert_fails(r"--port /dev/none: there is no such port; there is \*/dev/ttyACM0", "flash", "hello.uf2", "--port", "/dev/none")

    def test_a_port_without_permission(self):
        self.port()
        with mock.patch("os.open", side_effect=PermissionError(errno.EACCES, "Permission denied")):
            self.assert_fails(r"ttyACM0 \(Pico E66118\): permission denied; join its group with `sudo usermod -aG ", "flash", "hello.uf2")

    def test_a_port_that_is_no_serial_port(self):
        (self.folder / "file").touch()
        self.assert_fails(r"\*/file: is not a serial port; see \./uasync console --list", "flash", "hello.uf2", "--port", self.folder / "file")

    def test_a_board_that_does_not_listen(self):
        self.port()
        self.assert_fails(r"does not show its drive; its program has to have a console over USB. Otherwise hold BOOTSEL", "flash", "hello.uf2")
        self.assertGreaterEqual(self.now, flash.SECONDS_TO_APPEAR)

    def test_a_drive_that_nobody_has_mounted(self):
        label = self.folder / "dev" / "disk" / "by-label" / "RPI-RP2"
        label.parent.mkdir(parents=True)
        label.touch()
        self.assert_fails(r"it is not mounted; mount it with `udisksctl mount -b \*/dev/disk/by-label/RPI-RP2`", "flash", "hello.uf2")

    def test_a_folder_that_is_no_drive(self):
        self.assert_fails(r"--drive \*/media: is not the drive of a board, as it has no INFO_UF2.TXT; hold", "flash", "hello.uf2", "--drive", self.folder / "media", status=2)

    def test_a_full_drive(self):
        (self.drive() / "hello.uf2").symlink_to("/dev/full")
        self.assert_fails(r"\*/media/RPI-RP2/hello.uf2: the drive is full; .*Unplug the board", "flash", "hello.uf2")

    def test_a_drive_that_may_not_be_written_to(self):
        self.drive()
        for number in (errno.EACCES, errno.EROFS):
            with mock.patch("cli.flash.open", side_effect=OSError(number, os.strerror(number)), create=True):
                self.assert_fails("; mount the drive so that you may write to it", "flash", "hello.uf2")

    def test_a_board_that_is_unplugged_half_way(self):
        self.drive()
        with mock.patch("cli.flash.open", side_effect=OSError(errno.EIO, "Input/output error"), create=True):
            self.assert_fails("the board went away while it was written to; hold BOOTSEL", "flash", "hello.uf2")

    def test_a_board_that_does_not_start(self):
        self.drive()
        self.assert_fails("has taken the file but does not start it; unplug it", "flash", "hello.uf2")

    def test_a_program_for_another_chip(self):
        Path("two.uf2").write_bytes(uf2(family=RP2350))
        drive = self.drive()
        self.assert_fails(r"two.uf2 is for an RP2350, and the board at \*/media/RPI-RP2 has an RP2040; build the program for it", "flash", "two.uf2")
        self.assertFalse((drive / "two.uf2").exists())

    def test_a_program_for_this_chip_in_an_rp2350(self):
        drive = self.drive("RP2350", board="RP2350")
        Path("two.uf2").write_bytes(uf2(family=RP2350))
        self.later = [lambda: self.start(drive)]
        self.assertEqual(self.run_verb("flash", "two.uf2")[0], 0)


class Images(Desk):
    """Which file is meant, and those that no board should get. No board is there, so what is found fails only for that."""

    def assert_found(self, name):
        self.assert_fails("no board found", "flash", name)

    def build(self, *names):
        for name in names:
            path = self.folder / "build" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(uf2())
            path.with_suffix(".elf").touch()

    def test_a_program_of_this_project(self):
        self.build("pico/hello.uf2")
        self.assertEqual(firmware_file.find("hello").resolve(), (self.folder / "build/pico/hello.uf2").resolve())
        self.assert_found("hello")
        self.assert_found("build/pico/hello.elf")

    def test_an_example_of_the_clone(self):
        with mock.patch.object(firmware_file, "ROOT", self.folder / "clone"):
            example = self.folder / "clone/build/pico-os/examples/05_queue.uf2"
            example.parent.mkdir(parents=True)
            example.write_bytes(uf2())
            self.assertEqual(firmware_file.find("05_queue"), example)
            self.assert_fails("no program 'other' was built; there is 05_queue", "flash", "other", status=2)

    def test_an_unknown_name(self):
        self.build("pico/hello.uf2", "pico/bye.uf2")
        self.assert_fails("no program 'helo' was built; there is .*bye.*hello.*Build it, or give the path", "flash", "helo", status=2)

    def test_nothing_built(self):
        with mock.patch.object(firmware_file, "ROOT", self.folder / "clone"):
            self.assert_fails("no program 'hello' was built; nothing was built for a board yet", "flash", "hello", status=2)

    def test_a_name_for_two(self):
        self.build("pico/hello.uf2", "pico2/hello.uf2")
        self.assert_fails("2 images are called hello: build/pico/hello.uf2, build/pico2/hello.uf2; give one of these paths", "flash", "hello", status=2)

    def test_files_that_no_board_takes(self):
        whole = uf2(3)
        for content, pattern in (
            (b"", "is not a UF2 file; give the .uf2 file"),
            (b"\x7fELF" + bytes(2000), "is not a UF2 file; give the .uf2 file"),
            (whole[:-512], "is cut short; build it anew"),
            (whole[:-5], "is cut short; build it anew"),
            (whole[:512] + bytes(512) + whole[1024:], "is damaged in its block 1; build it anew"),
        ):
            with self.subTest(pattern):
                Path("bad.uf2").write_bytes(content)
                self.assert_fails(pattern, "flash", "bad.uf2", status=2)

    def test_a_file_that_is_not_there(self):
        for name in ("none.uf2", "none.elf", "build/none"):
            self.assert_fails("no such file; build it first", "flash", name, status=2)

    def test_an_elf_file_alone_or_newer(self):
        self.build("pico/hello.uf2")
        uf2_file = self.folder / "build/pico/hello.uf2"
        os.utime(uf2_file, (1, 1))
        self.assert_fails("hello.uf2 beside it is older; build both anew", "flash", "build/pico/hello.elf", status=2)
        uf2_file.unlink()
        self.assert_fails("there is no hello.uf2 beside it", "flash", "build/pico/hello.elf", status=2)


if __name__ == "__main__":
    unittest.main()
