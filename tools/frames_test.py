#!/usr/bin/env python3
"""Tests of frames.py, on disassembly as GCC and Clang give it."""

import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import constants
import frames

ALLOCATE = 0x10000700
SYMBOLS = {
    ALLOCATE: "uasync::detail::allocate_frame(unsigned int)",
    0x10000200: "blink(blink(uasync::Pin)::_Z5blinkN6uasync3PinE.Frame*) [clone .actor]",
    0x10000300: "wait_button(uasync::Pin) [clone .resume]",
    0x10000400: "caller",
}

# GCC -Os: the frame's address stays in r0.
GCC_OS = """
10000400 <caller>:
10000400:\tpush\t{r4, lr}
10000402:\tmovs\tr4, r0
10000404:\tmovs\tr0, #120\t@ 0x78
10000406:\tbl\t10000700 <uasync::detail::allocate_frame(unsigned int)>
1000040a:\tmovs\tr3, #1
1000040c:\tcmp\tr0, #0
1000040e:\tbne.n\t10000416 <caller+0x16>
10000410:\tstr\tr3, [r4, #0]
10000412:\tmovs\tr0, r4
10000414:\tpop\t{r4, pc}
10000416:\tldr\tr3, [pc, #8]\t@ (10000420 <caller+0x20>)
10000418:\tstr\tr3, [r0, #0]
1000041a:\tstr\tr0, [r4, #0]
1000041c:\tb.n\t10000412 <caller+0x12>
1000041e:\tnop\t\t\t@ (mov r8, r8)
10000420:\t.word\t0x10000201
"""

# GCC -O0: the frame's address goes through the stack, and the size is too large for one instruction.
GCC_O0 = """
10000400 <caller>:
10000400:\tpush\t{r4, r5, r7, lr}
10000402:\tsub\tsp, #24
10000404:\tadd\tr7, sp, #0
10000406:\tmovs\tr3, #164\t@ 0xa4
10000408:\tlsls\tr3, r3, #1
1000040a:\tmovs\tr0, r3
1000040c:\tbl\t10000700 <uasync::detail::allocate_frame(unsigned int)>
10000410:\tmovs\tr3, r0
10000412:\tstr\tr3, [r7, #20]
10000414:\tldr\tr3, [r7, #20]
10000416:\tldr\tr2, [pc, #4]\t@ (1000041c <caller+0x1c>)
10000418:\tstr\tr2, [r3, #0]
1000041a:\tpop\t{r4, r5, r7, pc}
1000041c:\t.word\t0x10000201
"""

# Clang: two coroutines started in one function, in a loop; the first words are written together, and the second size is a literal.
CLANG = """
10000400 <caller>:
10000400:\tpush\t{r4, r5, r7, lr}
10000402:\tmovs\tr4, #40\t@ 0x28
10000404:\tmov\tr0, r4
10000406:\tbl\t10000700 <uasync::detail::allocate_frame(unsigned int)>
1000040a:\tcmp\tr0, #0
1000040c:\tbeq.n\t10000416 <caller+0x16>
1000040e:\tldr\tr1, [pc, #24]\t@ (10000428 <caller+0x28>)
10000410:\tldr\tr2, [pc, #24]\t@ (1000042c <caller+0x2c>)
10000412:\tstmia\tr0!, {r1, r2}
10000414:\tsubs\tr0, #8
10000416:\tldr\tr0, [pc, #24]\t@ (10000430 <caller+0x30>)
10000418:\tbl\t10000700 <uasync::detail::allocate_frame(unsigned int)>
1000041c:\tldr\tr2, [pc, #12]\t@ (1000042c <caller+0x2c>)
1000041e:\tstr\tr2, [r0, #0]
10000420:\tb.n\t10000404 <caller+0x4>
10000422:\tnop\t\t\t@ (mov r8, r8)
10000428:\t.word\t0x10000201
1000042c:\t.word\t0x10000301
10000430:\t.word\t0x00000404
"""

# The size depends on the way that was taken: nothing must be guessed.
UNKNOWN = """
10000400 <caller>:
10000400:\tcmp\tr1, #0
10000402:\tbeq.n\t10000408 <caller+0x8>
10000404:\tmovs\tr0, #8
10000406:\tb.n\t1000040a <caller+0xa>
10000408:\tmovs\tr0, #16
1000040a:\tbl\t10000700 <uasync::detail::allocate_frame(unsigned int)>
1000040e:\tbx\tlr
"""

# No coroutine: nothing of one is written into the block.
RECORD = """
10000400 <caller>:
10000400:\tpush\t{r4, lr}
10000402:\tmovs\tr0, #32
10000404:\tbl\t10000700 <uasync::detail::allocate_frame(unsigned int)>
10000408:\tmovs\tr3, #0
1000040a:\tstr\tr3, [r0, #0]
1000040c:\tpop\t{r4, pc}
"""


class Allocations(unittest.TestCase):
    def find(self, text):
        return [(found.size, found.code) for found in frames.find_allocations(text, SYMBOLS)]

    def test_small_code_of_gcc(self):
        self.assertEqual(self.find(GCC_OS), [(120, 0x10000200)])

    def test_unoptimised_code_of_gcc(self):
        self.assertEqual(self.find(GCC_O0), [(328, 0x10000200)])

    def test_first_lines_moved_into_a_caller_by_clang(self):
        self.assertEqual(self.find(CLANG), [(40, 0x10000200), (0x404, 0x10000300)])

    def test_a_size_that_is_not_constant(self):
        self.assertEqual(self.find(UNKNOWN), [(None, None)])

    def test_a_block_that_is_no_frame(self):
        self.assertEqual(self.find(RECORD), [(32, None)])

    def test_the_allocation_itself_is_no_caller(self):
        symbols = {**SYMBOLS, 0x10000400: "uasync::detail::PromiseBase::operator new(unsigned int)"}
        self.assertEqual(frames.find_allocations(RECORD, symbols), [])


    def test_is_found_beside_an_instruction_that_no_compiler_writes(self):
        for odd in ("push\t{}", "pop\t{}", "stmia\tr1!, {}", "ldmia\tr1!, {q0-q2}", "push", "str\tr0", "vmov.f32\ts0, #1.0", "movs\tr9, #1.5"):
            with self.subTest(odd):
                self.assertEqual(self.find(GCC_OS.replace("cmp\tr0, #0", odd)), [(120, 0x10000200)])

    def test_is_found_where_a_symbols_name_has_a_line_break_or_a_tab(self):
        for odd in ("a\n10000400: ", "a\tb", "a\r\nb", "\n\n"):
            with self.subTest(odd):
                text = GCC_OS.replace("<caller>", f"<{odd}>").replace("<uasync::", f"<{odd}uasync::")
                self.assertEqual(self.find(text), [(120, 0x10000200)])


class Symbols(unittest.TestCase):
    def symbols(self, *lines):
        with mock.patch.object(frames, "call", return_value="\n".join(lines)):
            return frames.read_symbols("x.elf")

    def test_with_a_line_break_in_a_name(self):
        symbols = self.symbols("10000201 T blink()", "10000301 t odd", "name", "", "10000401 T main")
        self.assertEqual(symbols, {0x10000200: "blink()", 0x10000300: "odd", 0x10000400: "main"})

    def test_are_demangled_where_they_are_mangled_names(self):
        with mock.patch.object(frames, "call", return_value="blink()\n") as call:
            self.assertEqual(frames.demangle(["_Z5blinkv", "odd\n_Z1xv", "a b", "_Z5blinkv"]), {"_Z5blinkv": "blink()"})
        call.assert_called_once_with("arm-none-eabi-c++filt", text="_Z5blinkv")


class Names(unittest.TestCase):
    def test_are_those_of_the_source(self):
        for symbol, name in (
            ("async_main(async_main()::_Z10async_mainv.Frame*) [clone .actor]", "async_main"),
            ("async_main() [clone .resume]", "async_main"),
            ("(anonymous namespace)::many_awaits((anonymous namespace)::many_awaits(int)::x.Frame*) [clone .actor]", "many_awaits"),
            ("uasync::Coro<void> app::relay<int>(uasync::Queue<int, 8u>&) [clone .resume]", "app::relay<int>"),
            ("main::{lambda()#1}::operator()() const [clone .resume]", "main::{lambda()#1}::operator()"),
            ("Robot::drive(int) [clone .resume]", "Robot::drive"),
        ):
            with self.subTest(name):
                self.assertEqual(frames.short_name(symbol), name)


class Operands(unittest.TestCase):
    def test_are_split_at_the_right_commas(self):
        self.assertEqual(frames.split_operands("r0, [r1, #4]"), ("r0", "[r1, #4]"))
        self.assertEqual(frames.split_operands("r0!, {r1, r2}"), ("r0!", "{r1, r2}"))
        self.assertEqual(frames.split_operands("ip, r0"), ("r12", "r0"))

    def test_register_lists(self):
        self.assertEqual(constants.register_list("{r4, r6-r8, lr}"), ["r4", "r6", "r7", "r8", "lr"])


class Table(unittest.TestCase):
    def test_with_and_without_a_size(self):
        self.assertEqual(
            frames.format_table([("blink", 52), ("inlined", None)], [("create", 32)]),
            "coroutine  frame bytes\n"
            "blink               52\n"
            "inlined              ?\n"
            "? the frame is part of its caller's, or its size is not a constant\n"
            "Beside the frames, create takes blocks of 32 bytes from the pool.\n",
        )


if __name__ == "__main__":
    unittest.main()
