"""The parts of a firmware, from the maps of both linkers."""

import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import support  # noqa: F401

from cli import linker_map, project, size
from cli.errors import Failure
from cli.linker_map import Piece

GNU = """
Discarded input sections

 .text          0x00000000        0x8 libuasync.a(pin.cpp.obj)

Memory Configuration

Linker script and memory map

.text           0x10000174      0x40
 *(SORT_BY_ALIGNMENT(.text*))
 .text.main     0x10000174       0x10 examples/CMakeFiles/05_queue.dir/05_queue.cpp.obj
                0x10000174                main
 .text._ZN6uasync8TaskLoop3runERNS_9TaskStateE
                0x10000184       0x20 libuasync.a(loop.cpp.obj)
 .rodata.str1.1 0x100001a4        0x8 libuasync.a(loop.cpp.obj)
                                 0x10 (size before relaxing)
 *fill*         0x100001aa        0x2
 .rodata        0x100001ac        0x4 libuasync.a(loop.cpp.obj)
"""

LLD = """     VMA      LMA     Size Align Out     In      Symbol
       0        0        0     1 uasync_vectors_at = ORIGIN ( FLASH ) + 0x100
10000174 10000174     16cc     4 .text
10000174 10000174       bc     4         ports/CMakeFiles/uasync_port_rp2040.dir/clocks.cpp.obj:(.text.uasync_start_chip)
10000174 10000174        0     1                 $t
20000000 20000000        4     4         libuasync.a(loop.cpp.obj at 12):(.bss._ZN6uasync9this_loopE)
"""


class Maps(unittest.TestCase):
    def read(self, text, end=None):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.map"
            file.write_text(text, encoding="utf-8")
            return linker_map.read(file, end)

    def test_gnu(self):
        self.assertEqual(
            self.read(GNU, end=0x100001AE),
            [
                Piece(".text.main", 0x10000174, 0x10, "examples/CMakeFiles/05_queue.dir/05_queue.cpp.obj"),
                Piece(".text._ZN6uasync8TaskLoop3runERNS_9TaskStateE", 0x10000184, 0x20, "libuasync.a(loop.cpp.obj)"),
                Piece(".rodata.str1.1", 0x100001A4, 8, "libuasync.a(loop.cpp.obj)"),
                Piece(".rodata", 0x100001AC, 2, "libuasync.a(loop.cpp.obj)"),
            ],
        )

    def test_lld(self):
        self.assertEqual(
            self.read(LLD),
            [
                Piece(".text.uasync_start_chip", 0x10000174, 0xBC, "ports/CMakeFiles/uasync_port_rp2040.dir/clocks.cpp.obj"),
                Piece(".bss._ZN6uasync9this_loopE", 0x20000000, 4, "libuasync.a(loop.cpp.obj at 12)"),
            ],
        )

    def test_what_lies_beyond_4_gib_is_left_out(self):
        beyond = GNU.replace("0x10000174       0x10 ex", "0x100000000       0x10 ex").replace("0x100001a4 ", "0xffffffff ")
        self.assertEqual([piece.address for piece in self.read(beyond)], [0x10000184, 0x100001AC, 0xFFFFFFFF])
        self.assertEqual(self.read(LLD.replace("20000000 20000000", "1ffffffff 1ffffffff"))[-1].address, 0x10000174)

    def test_something_else(self):
        with self.assertRaisesRegex(Failure, "not a linker's map"):
            self.read("hello\n")


class Totals(unittest.TestCase):
    PARTS = {"kernel": (100, 10), "sync": (20, 2)}

    def test_are_those_of_the_linker_script(self):
        self.assertEqual(size.totals({"uasync_flash_used": 130, "uasync_ram_used": 14}, self.PARTS), (130, 14))

    def test_are_summed_up_if_another_script_gives_one_of_them_only(self):
        for symbols in ({}, {"uasync_flash_used": 130}, {"uasync_ram_used": 14}):
            self.assertEqual(size.totals(symbols, self.PARTS), (120, 12))

    def test_cannot_be_known_without_a_map(self):
        with self.assertRaisesRegex(Failure, "has no .map file beside it; link with -Wl,-Map=NAME.map"):
            size.totals({"uasync_flash_used": 130}, None)

    def test_parts_without_the_linker_scripts_sums_have_no_gaps(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.map"
            file.write_text(GNU, encoding="utf-8")
            with mock.patch.object(size.frames, "demangle", return_value={}):
                parts = size.measure_parts(file, {"uasync_flash_used": 1000})
        self.assertEqual(parts, {size.PROGRAM: (0x10, 0), size.KERNEL: (0x20 + 8 + 4, 0)})


class Parts(unittest.TestCase):
    def part(self, section, file, name=""):
        return size.part_of(Piece(section, 0x10000200, 4, file), name, size.folders_of_classes())

    def test_of_the_port(self):
        folder = "ports/rp2040/CMakeFiles/uasync_port_rp2040.dir/"
        self.assertEqual(self.part(".vectors", folder + "startup.S.obj"), size.STARTUP)
        self.assertEqual(self.part(".vector.13", folder + "gpio_irq.S.obj"), size.STARTUP)
        self.assertEqual(self.part(".text.uasync_start_chip", folder + "clocks.cpp.obj"), size.STARTUP)
        self.assertEqual(self.part(".text.x", folder + "time.cpp.obj"), size.PORT)
        self.assertEqual(self.part(".text.__aeabi_uidiv", folder + "divide.S.obj"), size.COMPILER)

    def test_of_the_library(self):
        self.assertEqual(self.part(".text.x", "libuasync.a(loop.cpp.obj)"), size.KERNEL)
        self.assertEqual(self.part(".text.x", "libuasync.a(pin.cpp.obj)"), size.BOARD)
        self.assertEqual(self.part(".text.x", "libuasync.a(print.cpp.obj)"), size.BOARD)
        self.assertEqual(self.part(".text.x", "libuasync.a(lock.cpp.obj)"), "sync")

    def test_of_the_frame_pool_also_after_link_time_optimisation(self):
        declared = re.search(r"^constinit Pool (\w+);", (project.ROOT / "src/kernel/frame_pool_static.cpp").read_text(encoding="utf-8"), re.MULTILINE)
        assert declared is not None
        for file in ("libuasync.a(unity_0_cxx.cxx.obj)", "/tmp/05_queue.elf.ltrans0.ltrans.o"):
            self.assertEqual(self.part(".bss.x", file, f"uasync::(anonymous namespace)::{declared[1]}"), size.POOL)

    def test_of_the_program(self):
        def part(name):
            return self.part(".text.x", "examples/CMakeFiles/05_queue.dir/05_queue.cpp.obj", name)

        self.assertEqual(part("main"), size.PROGRAM)
        self.assertEqual(part("uasync::(anonymous namespace)::merge(uasync::WaitNode&, uasync::WaitNode&)"), size.KERNEL)
        self.assertEqual(part("blink(uasync::Queue<int, 8u>&, uasync::Pin)"), size.PROGRAM)
        self.assertEqual(part("uasync::Queue<int, 8u>::put_nowait(int)"), "queue")
        self.assertEqual(part("uasync::Lock::release()"), "sync")
        self.assertEqual(part("void uasync::print<int>(char const*)"), size.BOARD)
        self.assertEqual(part("uasync::Coro<void>::~Coro()"), size.KERNEL)

    def test_of_the_compiler(self):
        self.assertEqual(self.part(".text", "/usr/lib/gcc/arm-none-eabi/12.2.1/nofp/libgcc.a(_lshrdi3.o)"), size.COMPILER)


if __name__ == "__main__":
    unittest.main()
