"""The boards at this computer: those that show the BOOTSEL drive, and those whose program has a serial port."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from . import values
from .errors import Failure
from .machine import Machine

INFO = "INFO_UF2.TXT"  # which the boot ROM shows on its drive
LABELS = ("RPI-RP2", "RP2350")
CHIPS = {"RPI-RP2": "RP2040", "RP2350": "RP2350"}  # by the Board-ID that INFO tells
VENDOR = "2e8a"  # Raspberry Pi's number on USB
PROBES = ("0004", "000c")  # the products of theirs that debug another board

BY_HAND = "hold BOOTSEL while you plug it in"


@dataclass(frozen=True)
class Drive:
    path: Path
    chip: Optional[str]  # None if it does not tell, or one that is not known


@dataclass(frozen=True)
class Port:
    path: Path
    vendor: str = ""  # in hexadecimal, as the others empty where the system does not tell
    product: str = ""
    name: str = ""
    serial: str = ""

    @property
    def is_probe(self) -> bool:
        return self.vendor == VENDOR and self.product in PROBES

    @property
    def is_pico(self) -> bool:
        """On macOS nothing tells, and any port of a USB device may be one."""
        return self.vendor == VENDOR and not self.is_probe or self.vendor == "" and self.path.name.startswith("cu.usbmodem")

    def __str__(self) -> str:
        known = " ".join(word for word in (self.name, self.serial) if word)
        return f"{values.shown(str(self.path))}{f' ({values.shown(known)})' if known else ''}"


def drive_at(path: Path) -> Optional[Drive]:
    try:
        lines = (path / INFO).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    told = dict(line.split(": ", 1) for line in lines if ": " in line)
    return Drive(path, CHIPS.get(told.get("Board-ID", "").strip()))


def drives(machine: Machine) -> list[Drive]:
    found = {}
    for folder in machine.mounts:
        try:
            inside = sorted(folder.iterdir())
        except OSError:
            continue
        for path in inside:
            drive = drive_at(path)
            if drive is not None:
                found[path.resolve()] = drive
    return list(found.values())


def unmounted(machine: Machine) -> Optional[Path]:
    """The block device of a BOOTSEL drive, which is there although it may be mounted nowhere."""
    for label in LABELS:
        device = machine.dev / "disk" / "by-label" / label
        if device.exists():
            return device
    return None


def ports(machine: Machine) -> list[Port]:
    """All serial ports of USB devices."""
    found = [*machine.dev.glob("ttyACM*"), *machine.dev.glob("ttyUSB*"), *machine.dev.glob("cu.usb*")]
    return [port_at(machine, path) for path in sorted(found, key=lambda path: (len(path.name), path.name))]


def port_at(machine: Machine, path: Path) -> Port:
    interface = machine.sys / "class" / "tty" / path.name / "device"
    try:
        device = next(folder for folder in (interface.resolve(), *interface.resolve().parents) if (folder / "idVendor").exists())
    except (OSError, StopIteration):
        return Port(path)

    def told(name: str) -> str:
        try:
            return (device / name).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    return Port(path, told("idVendor"), told("idProduct"), told("product"), told("serial"))


def choose_port(machine: Machine, asked: Optional[str], found: Sequence[Port]) -> Port:
    """The one of these ports, or the one that the user names."""
    if asked is not None:
        if not os.path.exists(asked):
            known = ", ".join(map(str, ports(machine)))
            raise Failure(f"--port {values.shown(asked)}: there is no such port; {f'there is {known}' if known else 'no serial port is plugged in'}")
        return port_at(machine, Path(asked))
    if not found:
        raise Failure(f"no board with a serial port is plugged in; {BY_HAND}")
    if len(found) > 1:
        raise Failure(f"there are {len(found)} boards: {', '.join(map(str, found))}; choose one with --port")
    return found[0]


def may_not_open(port: Port) -> str:
    """What to do about a port that belongs to somebody else."""
    try:
        group = port.path.group()
    except (KeyError, OSError):
        group = "dialout"
    return f"{port}: permission denied; join its group with `sudo usermod -aG {group} $USER`, and log in again"
