"""`./uasync console`: what a board prints on its serial port, and what is typed to it."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
from typing import BinaryIO, Iterator, Optional, Sequence

from . import boards, serial_port, values
from .errors import Failure
from .machine import Machine, machine
from .options import Parser

END_KEY = b"\x1d"  # Ctrl-], as telnet has it
PAUSE = 0.1  # between two looks for a board that is away
CHUNK = 4096


def parser() -> Parser:
    result = Parser(
        "console",
        "[options]",
        """
        Shows what a board prints on its serial port, over USB or a USB adapter, and sends it what is typed. Ctrl-C goes to the board; Ctrl-] ends the
        console. When the board is reset or unplugged, the console waits until it is there again.

        The port is that of the only Pico, or the only port there is. If there are several, it asks. Messages of the console itself go to standard error.
        """,
        """
        ./uasync console
        ./uasync console --list
        ./uasync console --port /dev/ttyACM1 --time
        ./uasync console --time | tee log.txt
        """,
    )
    result.add_argument("--port", metavar="PORT", help="the serial port, if there are several")
    result.add_argument("--list", action="store_true", help="list the serial ports, and the boards in BOOTSEL mode")
    result.add_argument("--baud", metavar="RATE", type=baud, default=115200, help="of a UART (115200); over USB it means nothing")
    result.add_argument("--time", action="store_true", help="begin each line with the seconds since the console was opened")
    result.add_help_option()
    return result


def baud(text: str) -> int:
    known = sorted(rate for rate in serial_port.BAUDS if rate != serial_port.TOUCH)
    if not text.isascii() or not text.isdigit() or int(text) not in known:
        usual = ", ".join(str(rate) for rate in known if rate in (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600))
        raise values.Wrong(f"'{values.shown(text)}' is not a speed of this computer's ports; usual ones are {usual}")
    return int(text)


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    if options.list:
        print(listed(machine), end="")
        return 0
    keys = sys.stdin.fileno() if hasattr(sys.stdin, "buffer") else None
    port = choose(machine, options.port)
    console = Console(machine, port, options.baud, sys.stdout.buffer, options.time)
    with terminal(keys):
        console.run(keys)
    return 0


def listed(on: Machine) -> str:
    lines = [f"{port}\n" for port in boards.ports(on)]
    lines += [f"{values.shown(str(drive.path))}: a board in BOOTSEL mode, {drive.chip or 'of an unknown chip'}\n" for drive in boards.drives(on)]
    return "".join(lines) or f"no serial port and no board; plug one in, or {boards.BY_HAND}\n"


def candidates(on: Machine) -> Sequence[boards.Port]:
    """The ports of Picos; without one, all: a UART adapter has no mark of a board."""
    everything = boards.ports(on)
    return [port for port in everything if port.is_pico] or everything


def choose(on: Machine, asked: Optional[str]) -> boards.Port:
    found = candidates(on)
    if asked is not None or len(found) < 2 or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return boards.choose_port(on, asked, found)
    for number, port in enumerate(found, 1):
        say(f"  {number}  {port}")
    while True:
        print(f"Which one? (1 to {len(found)}) ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
        if not answer:
            raise Failure("no port was chosen; choose one with --port")
        if answer.strip().isdigit() and 1 <= int(answer) <= len(found):
            return found[int(answer) - 1]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def terminal(keys: Optional[int]) -> Iterator[None]:
    """Has the terminal hand over each key at once, Ctrl-C too. Lines are still printed as the terminal does it."""
    if keys is None or not os.isatty(keys):
        yield
        return
    before = termios.tcgetattr(keys)
    settings = termios.tcgetattr(keys)
    settings[0] &= ~termios.IXON
    settings[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(keys, termios.TCSADRAIN, settings)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


class Console:
    """Two states: a port is open (`descriptor`), or the board is away and is looked for."""

    def __init__(self, on: Machine, port: boards.Port, rate: int, out: BinaryIO, with_time: bool) -> None:
        self.on = on
        self.port = port
        self.rate = rate
        self.out = out
        self.with_time = with_time
        self.start = on.clock()
        self.at_line_start = True
        self.descriptor: Optional[int] = None
        self.to_send = b""
        self.keys: Optional[int] = None

    def run(self, keys: Optional[int]) -> None:
        """Until the key that ends it. Without a terminal, what comes on standard input is sent, and a signal ends it."""
        self.descriptor = self.open()
        if self.descriptor is None:
            raise Failure(f"{self.port}: went away; plug it in again")
        say(f"{self.port}; Ctrl-] ends")
        self.keys = keys
        try:
            while self.step():
                pass
        finally:
            self.close()

    def step(self) -> bool:
        """Waits until there is something to do, and does it. False: the user has ended it."""
        port = self.descriptor
        if port is None:
            port = self.look_for_it()
        reads = [descriptor for descriptor in (port, self.keys) if descriptor is not None]
        writes = [port] if port is not None and self.to_send else []
        readable, _, _ = self.on.select(reads, writes, [], PAUSE if port is None else None)
        if port in readable:
            self.receive()
        goes_on = self.keys is None or self.keys not in readable or self.read_keys(self.keys)
        if self.to_send:
            self.send()
        return goes_on

    def read_keys(self, keys: int) -> bool:
        is_terminal = os.isatty(keys)
        typed = os.read(keys, CHUNK)
        if not typed:  # no more will come: the end of a file, or the terminal was closed
            self.keys = None
            return not is_terminal
        before, key, _ = typed.partition(END_KEY)
        if self.descriptor is not None:  # or it would be for the program that starts next
            self.to_send += before if is_terminal else typed
        return not (key and is_terminal)

    def open(self) -> Optional[int]:
        try:
            return serial_port.open_port(self.port, self.rate)
        except FileNotFoundError:
            return None

    def close(self) -> None:
        if self.descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self.descriptor)
        self.descriptor = None
        self.to_send = b""

    def look_for_it(self) -> Optional[int]:
        """The same board may come back with another name; without a serial number only the name tells."""
        for port in boards.ports(self.on):
            same_board = port.serial == self.port.serial and port.vendor == self.port.vendor if self.port.serial else port.path == self.port.path
            if same_board:
                before, self.port = self.port, port
                try:
                    self.descriptor = self.open()
                except Failure:  # the system has not yet set its permissions
                    self.descriptor = None
                if self.descriptor is None:
                    self.port = before
                    continue
                self.note(f"{self.port} is there again")
                return self.descriptor
        return None

    def receive(self) -> None:
        assert self.descriptor is not None
        try:
            received = os.read(self.descriptor, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if received:
            self.show(received)
        else:
            self.lose()

    def send(self) -> None:
        if self.descriptor is None:
            return
        try:
            self.to_send = self.to_send[os.write(self.descriptor, self.to_send) :]
        except BlockingIOError:
            return
        except OSError:
            self.lose()

    def lose(self) -> None:
        self.close()
        self.note(f"{self.port} is gone; waiting for it")

    def note(self, text: str) -> None:
        """A message of the console's own, on a line of its own."""
        if not self.at_line_start:
            self.out.write(b"\n")
            self.at_line_start = True
        self.out.flush()
        say(text)

    def show(self, received: bytes) -> None:
        for line in received.splitlines(keepends=True) if self.with_time else [received]:
            if self.with_time and self.at_line_start:
                self.out.write(f"{self.on.clock() - self.start:10.3f}  ".encode("ascii"))
            self.out.write(line)
            self.at_line_start = line.endswith(b"\n")
        self.out.flush()
