"""Files that something has damaged: each reader of the tools reads them or says so, and does nothing else.

The damage is the same in every run. UASYNC_MUTATIONS=1000 tries as many ELF files on binutils too, which takes minutes.
"""

import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import ROOT
from test_size import GNU, LLD

sys.path.insert(0, str(ROOT / "bench"))

import frames
import frames_test
import image
import image_test
from cli import linker_map, results, size
from cli.errors import Failure
from ledger import books, pico
from ledger.build import Failure as LedgerFailure
from ledger.files import load_limits, load_peers

FILES = 1000
BINUTILS_FILES = int(os.environ.get("UASYNC_MUTATIONS", "50"))
SECONDS_EACH = 5  # of the processor's time; most take a millisecond

LIMITS = b"""{
  "pico.os.switch_cycles": {"max": 130},
  "pico.os.demo_asleep": {"min": 0.9998, "held": 0.99981, "reason": "because"},
  "host.switch_instr": {"max": 60, "held": 50}
}
"""
PEERS = b'{"note": "from there", "figures": {"pico.switch_cycles": {"FreeRTOS 11.3": 145}, "host.switch_ns": {"floor": 3.5}}}'
WAVEFORM = b"$timescale 1 ns $end\n$var wire 1 # GP2 $end\n#0\n$dumpvars\n0#\n$end\n#1008\n1#\n#2500\n0#\n"

JUNIT = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux" tests="2" failures="1">
<testcase name="queue.queue" status="run"><system-out>[doctest] test cases: 3 | 3 passed | 0 failed | 0 skipped</system-out></testcase>
<testcase name="sync.lock" status="fail"><failure message=""/><system-out>stopped</system-out></testcase>
</testsuite>
"""
VITEST = b"""{"testResults": [
  {"status": "passed", "assertionResults": [{"status": "passed", "fullName": "one"}, {"status": "failed", "fullName": "two"}]}
]}
"""

PROGRAM = """
extern void *allocate(unsigned) __asm__("_ZN6uasync6detail14allocate_frameEj");
extern void actor(void *) __asm__("_Z5blinkv.actor");
__attribute__((noinline)) void *allocate(unsigned size) { static char pool[100]; return pool + size; }
void actor(void *frame) { __asm__ volatile("" : : "r"(frame)); }
void *blink(void) { void **frame = allocate(120); frame[0] = (void *)actor; return frame; }
int main(void) { return blink() != 0; }
"""


def mutated(data, seed):
    """The same with one to eight kinds of damage: changed, missing, repeated, or cut off."""
    chance = random.Random(seed)
    data = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(7)
        if kind == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif kind == 1 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 2 and at + 4 <= len(data):  # numbers that are often too large
            data[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x10000000)))
        elif kind == 3:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 4:
            data[at:at] = data[max(0, at - chance.randint(1, 40)) : at]
        elif kind == 5:
            data[at:at] = chance.choice((b"\n", b"\0", b"\t", b" ", b"0x", b"99999999999999999999", b"-", b"\x85", b"\xff\xff", b"{", b"]", b"ffffffff"))
        elif kind == 6 and chance.random() < 0.2:
            del data[at:]
    return bytes(data)


def processor_seconds():
    """Of this process and those that it has started."""
    return sum(os.times()[:4])


class Mutated(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "x.elf"

    def read_all(self, data, read, error, files=FILES):
        """How many could still be read: some must, or the damage is too great to be a test, and not all."""
        done = 0
        for seed in range(files):
            start = processor_seconds()
            try:
                read(mutated(data, seed))
                done += 1
            except error as told:
                self.assertNotIn("\n", str(told))
            except Exception as unexpected:
                raise AssertionError(f"with seed {seed}: {unexpected!r}") from unexpected
            self.assertLess(processor_seconds() - start, SECONDS_EACH, f"with seed {seed}")
        self.assertGreater(done, files // 50)
        self.assertLess(done, files)

    def read_text(self, text, read, error, **more):
        self.read_all(text.encode(), lambda data: read(data.decode("utf-8", "replace")), error, **more)

    def test_elf_files_for_flash_images(self):
        elf = image.with_boot2_checksum(image_test.elf((image.FLASH_START, image_test.boot_block()), (image.FLASH_START + 256, b"program" * 20)))

        def read(data):
            image.with_boot2_checksum(data)
            image.uf2(image.flash_image(data))

        self.read_all(elf, read, image.ImageError)

    def test_linker_maps(self):
        def read(data):
            self.path.write_bytes(data)
            for piece in linker_map.read(self.path, 0x100001AE):
                size.part_of(piece, "uasync::Lock::release()", {})

        self.read_all(GNU.encode(), read, Failure)
        self.read_all(LLD.encode(), read, Failure)

    def test_disassembly(self):
        # Nothing of it is an error: what is not understood is not known.
        for text in (frames_test.GCC_OS, frames_test.GCC_O0, frames_test.CLANG):
            for seed in range(FILES):
                damaged = mutated(text.encode(), seed).decode("utf-8", "replace")
                for found in frames.find_allocations(damaged, frames_test.SYMBOLS):
                    self.assertIsInstance(found.size, (int, type(None)), f"with seed {seed}")

    def test_the_peers_of_the_ledger(self):
        def read(data):
            self.path.write_bytes(data)
            for name in load_peers(self.path)["figures"]:
                books.peers_of(name, {})

        self.read_all(PEERS, read, LedgerFailure)

    def test_reports_of_test_runners(self):
        for read, report in ((results.from_ctest, JUNIT), (results.from_vitest, VITEST)):
            for seed in range(FILES):
                self.path.write_bytes(mutated(report, seed))
                counts = read(self.path)  # one that cannot be read counts as a failure, not as an error
                self.assertGreater(counts.passed + counts.failed + counts.skipped, -1, f"with seed {seed}")

    def test_waveforms(self):
        def read(data):
            self.path.write_bytes(data)
            pico.vcd_edges(self.path, "GP2")

        self.read_all(WAVEFORM, read, LedgerFailure)

    def test_elf_files_for_the_ledgers_sizes(self):
        elf = image_test.elf((image.FLASH_START, image_test.boot_block()))
        sections = len(elf) + 8
        names = b"\0.text\0"
        headers = b"".join(struct.pack("<10I", *fields) for fields in ((0,) * 10, (1, 1, 6, image.FLASH_START, 0, 256, 0, 0, 4, 0), (0, 3, 0, 0, len(elf), 7, 0, 0, 1, 0)))
        elf = elf[:0x20] + struct.pack("<I", sections) + elf[0x24:0x2E] + struct.pack("<3H", 40, 3, 2) + elf[0x34:] + names.ljust(8, b"\0") + headers
        self.assertEqual(pico.sizes_in(elf), (256, 0))

        def read(data):
            self.path.write_bytes(data)
            pico.static_sizes(self.path)

        self.read_all(elf, read, LedgerFailure)

    def test_the_limits_of_the_ledger(self):
        def read(data):
            self.path.write_bytes(data)
            limits = load_limits(self.path)
            for _ in books.failures({"pico.os.switch_cycles": 100, "host.switch_instr": 40.5}, limits):
                pass

        self.read_all(LIMITS, read, LedgerFailure)

    @unittest.skipUnless(shutil.which("arm-none-eabi-gcc"), "there is no arm-none-eabi-gcc")
    def test_elf_files_for_the_table_of_frames(self):
        source = self.path.with_suffix(".c")
        source.write_text(PROGRAM, encoding="utf-8")
        options = ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-nostdlib", "-Wl,-Ttext=0x10000100,-e,main"]
        subprocess.run(["arm-none-eabi-gcc", *options, "-o", self.path, source], check=True)
        self.assertEqual(frames.frame_table(str(self.path))[0], [("blink", 120)])

        def read(data):
            self.path.write_bytes(data)
            frames.frame_table(str(self.path))
            size.read_symbols(self.path)

        self.read_all(self.path.read_bytes(), read, frames.FrameError, files=BINUTILS_FILES)


if __name__ == "__main__":
    unittest.main()
