#!/usr/bin/env python3
"""Makes flash images for the RP2040 and the RP2350 out of a linked ELF file.

    image.py boot2-checksum FIRMWARE.elf          completes the boot block, in the ELF file itself
    image.py bin FIRMWARE.elf FIRMWARE.bin        the bytes of the flash, from its start
    image.py uf2 FIRMWARE.elf FIRMWARE.uf2        for the drive that a Pico shows when BOOTSEL is held
    image.py all FIRMWARE.elf                     all three, in files beside it, as a build wants them after each link

With `--chip rp2350`, `bin` and `uf2` are for that one, which has an image definition in place of a boot block.
"""

from __future__ import annotations

import argparse
import os
import struct
import sys
from typing import Iterable, Optional, Sequence

FLASH_START = 0x10000000
FLASH_END = 0x11000000  # 16 MB, the most that one chip of flash can have
BOOT2_SIZE = 256  # 252 bytes and their checksum: RP2040 datasheet 2.8.1.3

UF2_MAGIC_START = (0x0A324655, 0x9E5D5157)
UF2_MAGIC_END = 0x0AB16F30
UF2_FAMILY_PRESENT = 0x00002000
UF2_FAMILIES = {"rp2040": 0xE48BFF56, "rp2350": 0xE48BFF59}  # the latter for its Arm cores, in secure mode
UF2_PAYLOAD = 256  # what the boot ROM takes: one flash page

BLOCK_START = struct.pack("<I", 0xFFFFDED3)  # of an image definition: RP2350 datasheet 5.9
BLOCK_WITHIN = 4096  # bytes of the flash

ELF_HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
ELF_SEGMENT = struct.Struct("<IIIIIIII")
ELF_MACHINE_ARM = 40
ELF_LOAD = 1


class ImageError(Exception):
    """A file that is not what it should be; the message is for the user."""


def checksum(data: Iterable[int]) -> int:
    """The boot ROM's CRC-32: polynomial 0x04c11db7, highest bit first, from 0xffffffff, not inverted at the end."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
            crc &= 0xFFFFFFFF
    return crc


def flash_segments(elf: bytes) -> list[tuple[int, int, int]]:
    """Where the ELF file's bytes go in flash: a list of (address, offset in the file, size), by address."""
    if elf[:4] != b"\x7fELF":
        raise ImageError("not an ELF file")
    if len(elf) < ELF_HEADER.size or elf[4] != 1 or elf[5] != 1:
        raise ImageError("not a 32-bit little-endian ELF file")
    header = ELF_HEADER.unpack_from(elf)
    machine, table, entry_size, count = header[2], header[5], header[9], header[10]
    if machine != ELF_MACHINE_ARM:
        raise ImageError("not an ARM executable")
    if count and (entry_size < ELF_SEGMENT.size or table + count * entry_size > len(elf)):
        raise ImageError("the ELF file is cut short: its segment table is missing")

    segments = []
    for index in range(count):
        kind, offset, _, address, size, *_ = ELF_SEGMENT.unpack_from(elf, table + index * entry_size)
        if kind != ELF_LOAD or size == 0:
            continue
        # The linker may begin a segment with the file's own headers, below the flash; they are not part of the image.
        below = min(max(FLASH_START - address, 0), size) if address + size > FLASH_START else 0
        address, offset, size = address + below, offset + below, size - below
        if not FLASH_START <= address < address + size <= FLASH_END:
            raise ImageError(f"a segment of {size} bytes lies at 0x{address:08x}, outside of the flash")
        if offset + size > len(elf):
            raise ImageError("the ELF file is cut short: a segment's bytes are missing")
        segments.append((address, offset, size))
    if not segments:
        raise ImageError("nothing to load in this ELF file")
    segments.sort()
    for (address, _, size), (following, _, _) in zip(segments, segments[1:]):
        if address + size > following:
            raise ImageError(f"two segments overlap at 0x{following:08x}")
    return segments


def with_boot2_checksum(elf: bytes) -> bytes:
    """The ELF file with a valid boot block."""
    for address, offset, size in flash_segments(elf):
        if address == FLASH_START and size >= BOOT2_SIZE:
            block = elf[offset : offset + BOOT2_SIZE - 4]
            if not any(block):
                raise ImageError("the boot block is empty")
            return elf[: offset + BOOT2_SIZE - 4] + struct.pack("<I", checksum(block)) + elf[offset + BOOT2_SIZE :]
    raise ImageError("no boot block: the first 256 bytes of flash must be loaded in one piece")


def flash_image(elf: bytes, chip: str = "rp2040") -> bytes:
    """The flash's bytes from its start; between segments, what erased flash holds."""
    image = bytearray()
    for address, offset, size in flash_segments(elf):
        image += b"\xff" * (address - FLASH_START - len(image))
        image += elf[offset : offset + size]
    if chip == "rp2040":
        check_boot2(bytes(image))
    elif BLOCK_START not in image[:BLOCK_WITHIN]:
        raise ImageError("no image definition in the first 4096 bytes of the flash, without which an RP2350 does not start it")
    return bytes(image)


def check_boot2(image: bytes) -> None:
    if len(image) < BOOT2_SIZE or image[BOOT2_SIZE - 4 : BOOT2_SIZE] != struct.pack("<I", checksum(image[: BOOT2_SIZE - 4])):
        raise ImageError("the boot block's checksum is wrong: run boot2-checksum first")


def uf2(image: bytes, chip: str = "rp2040") -> bytes:
    """The image as UF2 blocks of 512 bytes, each of which writes one page."""
    pages = [image[start : start + UF2_PAYLOAD] for start in range(0, len(image), UF2_PAYLOAD)]
    blocks = []
    for number, page in enumerate(pages):
        head = struct.pack(
            "<8I",
            *UF2_MAGIC_START,
            UF2_FAMILY_PRESENT,
            FLASH_START + number * UF2_PAYLOAD,
            UF2_PAYLOAD,
            number,
            len(pages),
            UF2_FAMILIES[chip],
        )
        blocks.append(head + page.ljust(UF2_PAYLOAD, b"\xff").ljust(476, b"\x00") + struct.pack("<I", UF2_MAGIC_END))
    return b"".join(blocks)


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Makes flash images for the RP2040 and the RP2350 out of a linked ELF file.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("boot2-checksum", help="complete the boot block, in the ELF file itself").add_argument("elf")
    commands.add_parser("all", help="all of this, in files beside the ELF file").add_argument("elf")
    for name, what in (("bin", "write the bytes of the flash"), ("uf2", "write a UF2 file")):
        command = commands.add_parser(name, help=what)
        command.add_argument("elf")
        command.add_argument("output")
        command.add_argument("--chip", choices=UF2_FAMILIES, default="rp2040")
    options = parser.parse_args(arguments)

    try:
        elf = read(options.elf)
        if options.command == "boot2-checksum":
            write(options.elf, with_boot2_checksum(elf))
        elif options.command == "all":
            elf = with_boot2_checksum(elf)
            image = flash_image(elf)
            base = os.path.splitext(options.elf)[0]
            write(options.elf, elf)
            write(f"{base}.bin", image)
            write(f"{base}.uf2", uf2(image))
        elif options.command == "bin":
            write(options.output, flash_image(elf, options.chip))
        else:
            write(options.output, uf2(flash_image(elf, options.chip), options.chip))
    except ImageError as error:
        print(f"image.py: {options.elf}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"image.py: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
