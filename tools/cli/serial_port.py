"""A serial port, with nothing but Python's standard library. POSIX only, as ./uasync is."""

from __future__ import annotations

import errno
import os
import termios
import tty
from typing import Optional

from . import boards, values
from .errors import Failure

BAUDS = {int(name[1:]): getattr(termios, name) for name in dir(termios) if name[0] == "B" and name[1:].isdigit() and name != "B0"}
TOUCH = 1200  # at this speed a board goes to its boot loader, by a convention that began with Arduino


def open_port(port: boards.Port, baud: int = 115200) -> int:
    """Opens a port for bytes as they are. Gives its file descriptor, which does not block.

    Raises FileNotFoundError if it is not there, and a Failure for what the user has to do something about.
    """
    descriptor: Optional[int] = None
    try:
        descriptor = os.open(port.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        set_up(descriptor, baud)
        return descriptor
    except PermissionError:
        raise Failure(boards.may_not_open(port)) from None
    except termios.error as error:
        if descriptor is not None:
            os.close(descriptor)
        if error.args[0] in (errno.EIO, errno.ENODEV):  # unplugged in between
            raise FileNotFoundError(errno.ENOENT, "unplugged", str(port.path)) from None
        raise Failure(f"{port}: is not a serial port; see ./uasync console --list") from None
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise Failure(f"{port}: another program has it open; close that first") from None
        if error.errno in (errno.ENOENT, errno.ENXIO, errno.EIO, errno.ENODEV):
            raise FileNotFoundError(error.errno, "unplugged", str(port.path)) from None
        raise Failure(f"{port}: {values.reason(error)}; see ./uasync console --list") from None


def set_up(descriptor: int, baud: int) -> None:
    tty.setraw(descriptor, termios.TCSANOW)
    settings = termios.tcgetattr(descriptor)
    settings[2] = settings[2] & ~(termios.CSIZE | termios.PARENB | termios.CSTOPB) | termios.CS8 | termios.CLOCAL | termios.CREAD | termios.HUPCL
    settings[4] = settings[5] = BAUDS[baud]
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def touch(port: boards.Port) -> None:
    """Asks the board to go to its boot loader: the port is opened at 1200 baud, and closed."""
    try:
        descriptor = open_port(port, TOUCH)
    except FileNotFoundError:  # it went by itself
        return
    try:
        os.close(descriptor)
    except OSError:  # it was quick
        pass
