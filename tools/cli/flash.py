"""`./uasync flash`: a program onto a board, through the drive that it shows in BOOTSEL mode."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Optional, Sequence

from . import boards, firmware_file, values
from .boards import Drive
from .errors import Failure, UsageError
from .machine import Machine, machine
from .options import Parser
from .serial_port import touch

SECONDS_TO_APPEAR = 15.0  # a desktop takes some to mount the drive
SECONDS_TO_START = 15.0
CHUNK = 64 * 1024


def parser() -> Parser:
    result = Parser(
        "flash",
        "APP [options]",
        """
        Copies a program to a Raspberry Pi Pico, which starts it. APP is a UF2 file, the ELF file beside one, or the name of a program that was
        built: of the project in this folder, or of uasync's examples.

        A board in BOOTSEL mode is found by its drive. If there is none, a board whose program has a console over USB is asked to go there, by
        opening its serial port at 1200 baud. Otherwise hold BOOTSEL while you plug the board in.
        """,
        """
        ./uasync flash 05_queue
        ./uasync flash build/pico/hello.uf2
        ./uasync flash hello --port /dev/ttyACM1
        ./uasync flash hello --drive /media/me/RPI-RP2
        """,
    )
    result.add_argument("app", metavar="APP", help="a UF2 file, an ELF file, or the name of a program")
    which = result.add_mutually_exclusive_group()
    which.add_argument("--drive", metavar="DIR", help="the drive of the board, if there are several")
    which.add_argument("--port", metavar="PORT", help="the serial port of the board, if there are several")
    result.add_help_option()
    return result


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    image = firmware_file.find(options.app)
    chip = firmware_file.chip_of(image)
    flash(image, chip, options.drive, options.port, machine)
    return 0


def flash(image: Path, chip: Optional[str], asked_drive: Optional[str], port: Optional[str], on: Machine) -> None:
    drive = find_drive(asked_drive, port, on)
    if chip is not None and drive.chip is not None and chip != drive.chip:
        raise Failure(f"{shown(image)} is for {article(chip)}, and the board at {shown(drive.path)} has {article(drive.chip)}; build the program for it")
    print(f"copying {shown(image)} to {shown(drive.path)}", flush=True)
    copy(image, drive)
    if not on.wait_until(lambda: boards.drive_at(drive.path) is None, SECONDS_TO_START):
        raise Failure(f"the board at {shown(drive.path)} has taken the file but does not start it; unplug it, and try again")
    print("the board has started it")


def find_drive(asked: Optional[str], port: Optional[str], on: Machine) -> Drive:
    if asked is not None:
        drive = boards.drive_at(Path(asked))
        if drive is None:
            raise UsageError(f"--drive {values.shown(asked)}: is not the drive of a board, as it has no {boards.INFO}; {boards.BY_HAND}")
        return drive
    found = boards.drives(on)
    if port is None and found:
        return only(found)
    picos = [port for port in boards.ports(on) if port.is_pico]
    if port is None and not picos:
        raise Failure(nothing_found(on))
    asked_port = boards.choose_port(on, port, picos)
    print(f"asking the board at {asked_port} to show its drive", flush=True)
    touch(asked_port)
    before = {drive.path for drive in found}
    appeared: list[Drive] = []

    def has_appeared() -> bool:
        appeared[:] = [drive for drive in boards.drives(on) if drive.path not in before]
        return bool(appeared)

    if not on.wait_until(has_appeared, SECONDS_TO_APPEAR):
        if boards.unmounted(on):
            raise Failure(nothing_found(on))
        raise Failure(f"the board at {asked_port} does not show its drive; its program has to have a console over USB. Otherwise {boards.BY_HAND}")
    return only(appeared)


def only(found: Sequence[Drive]) -> Drive:
    if len(found) > 1:
        listed = ", ".join(shown(drive.path) for drive in found)
        raise Failure(f"there are {len(found)} boards in BOOTSEL mode: {listed}; choose one with --drive, or unplug the others")
    return found[0]


def nothing_found(on: Machine) -> str:
    device = boards.unmounted(on)
    if device is not None:
        return f"a board shows its drive, but it is not mounted; mount it with `udisksctl mount -b {device}`, and try again"
    return f"no board found; {boards.BY_HAND}, and try again"


def copy(image: Path, drive: Drive) -> None:
    """Writes the file. The board goes away as soon as it has the last block, which is no error."""
    target = drive.path / image.name
    content = image.read_bytes()
    written = 0
    try:
        with open(target, "wb", buffering=0) as file:
            while written < len(content):
                written += file.write(content[written : written + CHUNK])
            os.fsync(file.fileno())
    except OSError as error:
        if written == len(content) and error.errno in (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT):
            return
        raise Failure(f"{shown(target)}: {why(error, drive)}") from None


def why(error: OSError, drive: Drive) -> str:
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"{values.reason(error)}; mount the drive so that you may write to it"
    if error.errno == errno.ENOSPC:
        return f"the drive is full; is {shown(drive.path)} the board's own? Unplug the board, {boards.BY_HAND}, and try again"
    if error.errno in (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT):
        return f"the board went away while it was written to; {boards.BY_HAND}, and try again"
    return f"{values.reason(error)}; unplug the board, and try again"


def shown(path: Path) -> str:
    return values.shown(str(path))


def article(chip: str) -> str:
    return f"an {chip}" if chip.startswith("RP") else chip
