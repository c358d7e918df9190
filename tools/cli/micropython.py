"""MicroPython's image, which the page with the emulated board runs beside a program of uasync."""

from __future__ import annotations

from pathlib import Path
from typing import Optional
from urllib.parse import quote

from . import firmware_file, values
from .errors import UsageError

FOLDER = "/micropython/"  # on the page's server
MOST_BYTES = 16 << 20  # what a chip beside an RP2040 can have


def image(text: str) -> Path:
    """A file that may be MicroPython for the Pico. The page finds out whether it is."""
    path = Path(text).expanduser()
    try:
        if path.suffix.lower() == ".uf2":
            check_chip(path)
        elif path.suffix.lower() == ".bin":
            check_bin(path)
        else:
            values.check_image(str(path))
    except UsageError as error:
        raise values.Wrong(str(error)) from None
    return path


def check_chip(path: Path) -> None:
    chip = firmware_file.chip_of(path)
    if chip != "RP2040":
        raise UsageError(f"{values.shown(str(path))}: is for {chip or 'an unknown chip'}, not RP2040; give MicroPython for the board RPI_PICO")


def check_bin(path: Path) -> None:
    """It holds the plain contents of the flash, of which nothing tells what they are."""
    shown = values.shown(str(path))
    try:
        size = path.stat().st_size
        with open(path, "rb"):
            pass
    except FileNotFoundError:
        raise UsageError(f"{shown}: no such file; build it first, or give another image") from None
    except OSError as error:
        raise UsageError(f"{shown}: cannot be read: {values.reason(error)}") from None
    if not 0 < size <= MOST_BYTES:
        raise UsageError(f"{shown}: has {size} bytes; give the .bin file that the build wrote")


def address(path: Path) -> str:
    """Where the page finds it."""
    return f"{FOLDER[1:]}{quote(path.name)}"


def read(path: Optional[Path], asked: str) -> Optional[bytes]:
    """The file, if it is that which is asked for; None if there is none."""
    if path is None or asked != FOLDER + path.name:
        return None
    try:
        return path.read_bytes()
    except OSError:  # it is just being written anew
        return None
