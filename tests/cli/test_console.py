"""`./uasync console`, with a board at the other end of a pseudo-terminal. Before each wait the test does the next thing."""

import contextlib
import errno
import io
import os
import select
import shutil
import termios
import unittest
from unittest import mock

from desk import Desk

from cli import boards, console


class Ran:
    def __init__(self, out, said):
        self.out, self.said = out, said


class Console(Desk):
    def run_console(self, *things, port=None, with_time=False, keys=True):
        """Each of the things is done before the console waits once more; then the end key is pressed."""
        keyboard, terminal = os.openpty()
        self.addCleanup(self.close, keyboard)
        self.addCleanup(self.close, terminal)
        self.keyboard = keyboard
        todo = list(things)

        def select(reads, writes, errors, pause):
            if pause is not None:
                self.now += pause
            if todo:
                todo.pop(0)()
            else:
                os.write(keyboard, console.END_KEY)
            return self.ready(reads, writes, errors, 0)

        self.ready = self.machine.select
        self.machine.select = select
        self.addCleanup(setattr, self.machine, "select", self.ready)
        out, said = io.BytesIO(), io.StringIO()
        chosen = port or boards.choose_port(self.machine, None, console.candidates(self.machine))
        with contextlib.redirect_stderr(said), console.terminal(terminal):
            console.Console(self.machine, chosen, 115200, out, with_time).run(terminal)
        return Ran(out.getvalue(), said.getvalue().replace(str(self.folder), "*"))

    def type(self, text):
        return lambda: os.write(self.keyboard, text)

    def says(self, board, text, seconds=0.0):
        def say():
            self.now += seconds
            os.write(board, text)

        return say

    def unplug(self, name, board):
        os.close(board)
        (self.folder / "dev" / name).unlink()
        shutil.rmtree(self.folder / "sys" / "class" / "tty" / name)
        shutil.rmtree(self.folder / "sys" / "devices" / name)

    def typed(self, board, length):
        """So many bytes that have come to the board, which may be in pieces."""
        text = b""
        while len(text) < length and select.select([board], [], [], 10)[0]:
            text += os.read(board, length - len(text))
        return text

    def test_shows_what_the_board_prints(self):
        board = self.port()
        ran = self.run_console(self.says(board, b"hel"), self.says(board, b"lo\r\n\xff\x00"))
        self.assertEqual(ran.out, b"hello\r\n\xff\x00")
        self.assertEqual(ran.said, "*/dev/ttyACM0 (Pico E66118); Ctrl-] ends\n")

    def test_keys_go_to_the_board_and_ctrl_c_too(self):
        board = self.port()
        self.run_console(self.type(b"on\r"), self.type(b"\x03"), lambda: None)
        self.assertEqual(self.typed(board, 4), b"on\n\x03")

    def test_what_is_typed_with_the_end_key_still_goes_to_the_board(self):
        board = self.port()
        self.run_console(self.type(b"off" + console.END_KEY))
        self.assertEqual(self.typed(board, 3), b"off")

    def test_the_terminal_is_as_before(self):
        keyboard, terminal = os.openpty()
        self.addCleanup(os.close, keyboard)
        self.addCleanup(os.close, terminal)
        before = termios.tcgetattr(terminal)
        with self.assertRaises(ZeroDivisionError), console.terminal(terminal):
            self.assertNotEqual(termios.tcgetattr(terminal), before)
            raise ZeroDivisionError
        self.assertEqual(termios.tcgetattr(terminal), before)

    def test_times_of_lines(self):
        board = self.port()
        ran = self.run_console(
            self.says(board, b"a\nb", 0.25), self.says(board, b"c\n", 1.0), self.says(board, b"\nd\n", 1000.0), with_time=True
        )
        self.assertEqual(ran.out.decode().splitlines(), ["     0.250  a", "     0.250  bc", "  1001.250  ", "  1001.250  d"])

    def test_a_board_that_is_reset_comes_back(self):
        board = self.port()
        later = {}

        def back():
            later["board"] = self.port("ttyACM3")  # another name, the same board

        ran = self.run_console(
            self.says(board, b"half"),
            lambda: self.unplug("ttyACM0", board),
            self.type(b"lost"),
            back,
            lambda: os.write(later["board"], b"again\n"),
        )
        self.assertEqual(ran.out, b"half\nagain\n")
        self.assertEqual(
            ran.said.splitlines()[1:],
            ["*/dev/ttyACM0 (Pico E66118) is gone; waiting for it", "*/dev/ttyACM3 (Pico E66118) is there again"],
        )
        with self.assertRaises(OSError):  # nothing was typed to it, and the console has closed its end
            os.read(later["board"], 100)

    def test_another_board_is_not_taken_for_it(self):
        board = self.port()
        ran = self.run_console(
            lambda: self.unplug("ttyACM0", board), lambda: self.port("ttyACM0", serial="other"), lambda: None, self.type(console.END_KEY)
        )
        self.assertNotIn("is there again", ran.said)

    def test_it_can_be_ended_while_the_board_is_away(self):
        board = self.port()
        ran = self.run_console(lambda: self.unplug("ttyACM0", board), lambda: None, lambda: None)
        self.assertIn("is gone; waiting for it", ran.said)

    def test_a_board_that_takes_nothing_does_not_stop_it(self):
        board = self.port()
        more = [self.type(b"x" * 1000) for _ in range(80)]  # more than a pseudo-terminal holds
        ran = self.run_console(*more, self.says(board, b"still here\n"))
        self.assertEqual(ran.out, b"still here\n")

    def test_input_that_is_no_terminal_is_sent_and_its_end_ends_nothing(self):
        board = self.port()
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.write(writer, b"a" + console.END_KEY + b"b")
        os.close(writer)
        port = boards.ports(self.machine)[0]
        out = io.BytesIO()
        things = [lambda: None, lambda: None, self.says(board, b"shown\n")]

        def select(reads, writes, errors, pause):
            if not things:
                raise KeyboardInterrupt
            things.pop(0)()
            return real(reads, writes, errors, 0)

        real, self.machine.select = self.machine.select, select
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(KeyboardInterrupt):
            console.Console(self.machine, port, 115200, out, False).run(reader)
        self.assertEqual(out.getvalue(), b"shown\n")
        self.assertEqual(self.typed(board, 3), b"a\x1db")


class Choice(Desk):
    def test_picos_come_before_other_ports_and_adapters_before_nothing(self):
        self.port("ttyUSB0", vendor="0403")
        self.assertEqual([port.path.name for port in console.candidates(self.machine)], ["ttyUSB0"])
        self.port("ttyACM0")
        self.assertEqual([port.path.name for port in console.candidates(self.machine)], ["ttyACM0"])

    def test_the_list(self):
        self.assertEqual(self.run_verb("console", "--list")[1], "no serial port and no board; plug one in, or hold BOOTSEL while you plug it in\n")
        self.port("ttyACM10")
        self.port("ttyACM9", vendor="0403", serial="")
        self.drive()
        self.assertEqual(
            self.run_verb("console", "--list"),
            (0, "*/dev/ttyACM9 (Pico)\n*/dev/ttyACM10 (Pico E66118)\n*/media/RPI-RP2: a board in BOOTSEL mode, RP2040\n", ""),
        )

    def test_it_asks_which_of_several(self):
        self.port("ttyACM0")
        self.port("ttyACM1", serial="other")
        keyboard = mock.Mock(isatty=lambda: True, readline=mock.Mock(side_effect=["\n", "3\n", "2\n"]))
        said = io.StringIO()
        said.isatty = lambda: True
        with mock.patch("sys.stdin", keyboard), contextlib.redirect_stderr(said):
            self.assertEqual(console.choose(self.machine, None).path.name, "ttyACM1")
        self.assertRegex(said.getvalue(), r"(?s)  1  \S*ttyACM0.*  2  \S*ttyACM1.*(Which one\? \(1 to 2\) ){3}$")

    def test_no_board(self):
        self.assert_fails("no board with a serial port is plugged in; hold BOOTSEL while you plug it in", "console")

    def test_two_boards_and_no_terminal(self):
        self.port("ttyACM0")
        self.port("ttyACM1", serial="other")
        self.assert_fails(r"there are 2 boards: .*; choose one with --port", "console")

    def test_no_permission_busy_or_gone(self):
        self.port()
        for number, pattern in (
            (errno.EACCES, "permission denied; join its group with `sudo usermod -aG "),
            (errno.EBUSY, "another program has it open; close that first"),
            (errno.ENOENT, "went away; plug it in again"),
        ):
            with self.subTest(pattern), mock.patch("os.open", side_effect=OSError(number, os.strerror(number))):
                self.assert_fails(pattern, "console")


if __name__ == "__main__":
    unittest.main()
