#!/usr/bin/env python3
"""Tests of image.py: run with `python3 -m unittest tools/image_test.py`."""

import contextlib
import io
import os
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import image  # noqa: E402

FLASH = image.FLASH_START


def elf(*segments, machine=40):
    """An ELF file of (load address, bytes) segments."""
    table = image.ELF_HEADER.size
    offset = table + len(segments) * image.ELF_SEGMENT.size
    identification = b"\x7fELF\x01\x01\x01".ljust(16, b"\x00")
    out = image.ELF_HEADER.pack(identification, 2, machine, 1, FLASH, table, 0, 0, 52, 32, len(segments), 40, 0, 0)
    for address, data in segments:
        out += image.ELF_SEGMENT.pack(1, offset, address, address, len(data), len(data), 5, 4)
        offset += len(data)
    return out + b"".join(data for _, data in segments)


def boot_block(first=b"\x01\x02\x03"):
    return first.ljust(256, b"\x00")


class Checksum(unittest.TestCase):
    def test_is_the_crc_32_that_is_neither_reflected_nor_inverted(self):
        self.assertEqual(image.checksum(b"123456789"), 0x0376E6E7)  # the check value of CRC-32/MPEG-2

    def test_of_nothing_is_the_initial_value(self):
        self.assertEqual(image.checksum(b""), 0xFFFFFFFF)

    def test_is_written_behind_the_252_bytes_that_it_covers(self):
        done = image.with_boot2_checksum(elf((FLASH, boot_block() + b"program")))
        block = done[-(256 + 7) : -7]
        self.assertEqual(struct.unpack("<I", block[252:])[0], image.checksum(block[:252]))
        self.assertEqual(done[-7:], b"program")

    def test_twice_is_the_same_as_once(self):
        once = image.with_boot2_checksum(elf((FLASH, boot_block())))
        self.assertEqual(image.with_boot2_checksum(once), once)

    def test_needs_a_boot_block(self):
        for segments in ([(FLASH + 256, b"program")], [(FLASH, b"short")], [(FLASH, bytes(256))]):
            with self.assertRaisesRegex(image.ImageError, "boot block"):
                image.with_boot2_checksum(elf(*segments))


class Bin(unittest.TestCase):
    def test_fills_gaps_like_erased_flash(self):
        done = image.with_boot2_checksum(elf((FLASH, boot_block()), (FLASH + 260, b"program")))
        self.assertEqual(image.flash_image(done)[256:], b"\xff\xff\xff\xffprogram")

    def test_takes_segments_in_any_order(self):
        done = image.with_boot2_checksum(elf((FLASH + 256, b"b"), (FLASH, boot_block()), (FLASH + 257, b"c")))
        self.assertEqual(image.flash_image(done)[256:], b"bc")

    def test_leaves_out_headers_below_the_flash(self):
        done = image.with_boot2_checksum(elf((FLASH, boot_block())))
        padded = elf((FLASH - 16, b"h" * 16 + done[-256:]))
        self.assertEqual(image.flash_image(padded), done[-256:])

    def test_refuses_a_boot_block_without_checksum(self):
        with self.assertRaisesRegex(image.ImageError, "checksum"):
            image.flash_image(elf((FLASH, boot_block())))


class Uf2(unittest.TestCase):
    def blocks(self, size):
        data = image.uf2(bytes(index % 251 for index in range(size)))
        return [data[start : start + 512] for start in range(0, len(data), 512)]

    def test_has_a_block_for_every_page_begun(self):
        self.assertEqual([len(self.blocks(size)) for size in (256, 257, 512, 513)], [1, 2, 2, 3])

    def test_blocks_say_what_goes_where(self):
        for number, block in enumerate(self.blocks(600)):
            self.assertEqual(len(block), 512)
            self.assertEqual(
                struct.unpack("<8I", block[:32]),
                (0x0A324655, 0x9E5D5157, 0x2000, FLASH + 256 * number, 256, number, 3, 0xE48BFF56),
            )
            self.assertEqual(struct.unpack("<I", block[-4:])[0], 0x0AB16F30)
            self.assertEqual(block[32 + 256 : -4], bytes(220))

    def test_pages_hold_the_image_and_then_erased_flash(self):
        payload = b"".join(block[32 : 32 + 256] for block in self.blocks(600))
        self.assertEqual(payload, bytes(index % 251 for index in range(600)) + b"\xff" * 168)


class Rp2350(unittest.TestCase):
    program = bytes(16) + image.BLOCK_START + b"program"

    def test_needs_an_image_definition_and_no_boot_block(self):
        self.assertEqual(image.flash_image(elf((FLASH, self.program)), "rp2350"), self.program)

    def test_is_refused_without_an_image_definition_near_the_start(self):
        for data in (b"program", bytes(4096) + self.program):
            with self.assertRaisesRegex(image.ImageError, "no image definition in the first 4096 bytes"):
                image.flash_image(elf((FLASH, data)), "rp2350")

    def test_has_a_family_of_its_own(self):
        self.assertEqual(image.uf2(self.program, "rp2350")[28:32], struct.pack("<I", 0xE48BFF59))
        self.assertEqual(image.uf2(self.program)[28:32], struct.pack("<I", 0xE48BFF56))


class Errors(unittest.TestCase):
    def test_a_file_that_is_not_a_firmware(self):
        good = elf((FLASH, boot_block()))
        for data, message in (
            (b"", "not an ELF file"),
            (b"\x7fELF\x02\x01", "not a 32-bit"),
            (elf((FLASH, boot_block()), machine=62), "not an ARM"),
            (elf(), "nothing to load"),
            (elf((0x20000000, b"ram")), "0x20000000, outside of the flash"),
            (elf((FLASH, boot_block()), (FLASH + 255, b"x")), "overlap at 0x100000ff"),
            (good[:-1], "cut short"),
            (good[:60], "cut short"),
        ):
            with self.subTest(message=message), self.assertRaisesRegex(image.ImageError, message):
                image.flash_segments(data)


class CommandLine(unittest.TestCase):
    def run_image(self, *arguments):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            return image.main(list(arguments)), errors.getvalue()

    def test_from_elf_to_uf2(self):
        with tempfile.TemporaryDirectory() as folder:
            firmware, binary, drive = (os.path.join(folder, name) for name in ("f.elf", "f.bin", "f.uf2"))
            image.write(firmware, elf((FLASH, boot_block() + b"program")))
            self.assertEqual(self.run_image("boot2-checksum", firmware), (0, ""))
            self.assertEqual(self.run_image("bin", firmware, binary), (0, ""))
            self.assertEqual(self.run_image("uf2", firmware, drive), (0, ""))
            self.assertEqual(len(image.read(binary)), 263)
            self.assertEqual(image.read(drive)[32 : 32 + 256], image.read(binary)[:256])

    def test_all_at_once_is_the_same_as_one_by_one(self):
        with tempfile.TemporaryDirectory() as folder:
            one, two = (os.path.join(folder, name) for name in ("one", "two.x"))
            for base in (one, two):
                image.write(f"{base}.elf", elf((FLASH, boot_block() + b"program")))
            self.run_image("boot2-checksum", f"{one}.elf")
            self.run_image("bin", f"{one}.elf", f"{one}.bin")
            self.run_image("uf2", f"{one}.elf", f"{one}.uf2")
            self.assertEqual(self.run_image("all", f"{two}.elf"), (0, ""))
            for suffix in (".elf", ".bin", ".uf2"):
                self.assertEqual(image.read(two + suffix), image.read(one + suffix))

    def test_an_error_is_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            firmware = os.path.join(folder, "f.elf")
            image.write(firmware, b"text")
            self.assertEqual(self.run_image("bin", firmware, firmware), (1, f"image.py: {firmware}: not an ELF file\n"))
            missing = os.path.join(folder, "missing.elf")
            self.assertEqual(
                self.run_image("bin", missing, firmware), (1, f"image.py: {missing}: No such file or directory\n")
            )


if __name__ == "__main__":
    unittest.main()
