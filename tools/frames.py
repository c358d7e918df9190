#!/usr/bin/env python3
"""Tells the size of every coroutine's frame in a firmware, read from its object code.

    frames.py FIRMWARE.elf           a table
    frames.py FIRMWARE.elf --json    the same as JSON

A coroutine's first lines ask the frame pool for so many bytes, a constant that the compiler chose, and then write into the new
frame's first word where the coroutine's own code begins:

    movs r0, #52
    bl   uasync::detail::allocate_frame(unsigned int)
    ldr  r2, [pc, #96]      @ blink(...) [clone .actor]
    str  r2, [r0, #0]

This program follows constants, and the addresses of frames and of the stack, through the registers and the stack of each function,
and so finds both for every call: also where a compiler has moved a coroutine's first lines into its caller. constants.py does it, at
all optimisation levels.
"""

from __future__ import annotations

import argparse
import bisect
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Iterable, Iterator, Mapping, Optional, Sequence, Tuple

from constants import OTHER_NAMES, Function, Instruction

TOOLS = "arm-none-eabi-"
ALLOCATION = re.compile(r"uasync::detail::(allocate_frame|PromiseBase::operator new)\(unsigned (int|long)\)( \[clone .*)?")
GCC_FRAME_TYPE = re.compile(r"::(_Z\w+)\.Frame\*\)")  # of a coroutine; holds the function's name, whole
CODE_OF_COROUTINE = re.compile(r" \[clone \.(actor|resume)\]$")

# A symbol's name may have a line break or a tab in it, so nothing is expected behind one.
SYMBOL_LINE = re.compile(r"^([0-9a-f]{8}) (\S) (.*)$")
FUNCTION_LINE = re.compile(r"^[0-9a-f]{8} <")
CODE_LINE = re.compile(r"^ *([0-9a-f]{1,8}):\t([^\t]+)(?:\t([^\t]*))?(?:\t(?:@|;) ?(.*)|\t.*)?$")
HEX_NUMBER = re.compile(r"0x[0-9a-f]{1,8}")
MANGLED_NAME = re.compile(r"_Z[\w.$]+")
LONGEST_SECONDS = 60


class FrameError(Exception):
    """The image cannot be read; the message is for the user."""


@dataclass(frozen=True)
class Allocation:
    caller: str
    size: Optional[int]  # None: not a constant
    code: Optional[int]  # address of the coroutine's code; None if the block is no coroutine's frame


# ---- reading the disassembly ----


def call(*command: str, text: Optional[str] = None) -> str:
    """What a program prints, that gets the text."""
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, encoding="utf-8", errors="replace", timeout=LONGEST_SECONDS
        )
    except FileNotFoundError:
        raise FrameError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise FrameError(f"{command[0]} did not end within {LONGEST_SECONDS} s") from None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise FrameError(lines[-1] if lines else f"{command[0]} failed")
    return done.stdout


def demangle(names: Iterable[str]) -> dict[str, str]:
    """Mangled names -> names."""
    mangled = sorted({name for name in names if MANGLED_NAME.fullmatch(name)})
    if not mangled:
        return {}
    return dict(zip(mangled, call(TOOLS + "c++filt", text="\n".join(mangled)).splitlines()))


def list_symbols(image: str, *options: str) -> Iterator[tuple[int, str, str]]:
    """(address, kind, name) of each."""
    for line in call(TOOLS + "nm", *options, "--defined-only", image).split("\n"):
        match = SYMBOL_LINE.match(line)
        if match:
            yield int(match[1], 16), match[2], match[3]


def read_symbols(image: str) -> dict[int, str]:
    """Functions by address, with demangled names."""
    symbols: dict[int, str] = {}
    for address, kind, name in list_symbols(image, "-C"):
        if kind in "tTwW" and not name.startswith("$"):
            symbols.setdefault(address & ~1, name)
    return symbols


def read_code(text: str) -> tuple[list[list[Instruction]], dict[int, int]]:
    """The functions of a disassembly, each a list of instructions, and the words between them by address."""
    functions: list[list[Instruction]] = []
    words: dict[int, int] = {}
    for line in text.split("\n"):
        if FUNCTION_LINE.match(line):
            functions.append([])
            continue
        match = CODE_LINE.match(line)
        if not match or not functions:
            continue
        address, name, operands, comment = int(match[1], 16), match[2].strip(), match[3] or "", match[4] or ""
        if name == ".word":
            if HEX_NUMBER.fullmatch(operands):
                words[address] = int(operands, 16)
        elif not name.startswith("."):
            functions[-1].append(Instruction(address, name, split_operands(operands), comment))
    return functions, words


def split_operands(text: str) -> tuple[str, ...]:
    """`r0, [r1, #4]` -> ("r0", "[r1, #4]")"""
    parts = re.findall(r"(?:\[[^\]]*\]!?|\{[^}]*\}|[^,\[{]+)", text)
    return tuple(OTHER_NAMES.get(part.strip(), part.strip()) for part in parts if part.strip())


# ---- the table ----


def find_allocations(text: str, symbols: Mapping[int, str]) -> list[Allocation]:
    """Every call that takes a block from the frame pool."""
    functions, words = read_code(text)
    starts = sorted(symbols)

    def name_at(address: int) -> str:
        place = bisect.bisect_right(starts, address)
        return symbols[starts[place - 1]] if place else "?"

    def is_allocation(address: int) -> bool:
        return ALLOCATION.fullmatch(symbols.get(address & ~1, "")) is not None

    allocations = []
    for code in functions:
        if not code or is_allocation(code[0].address):
            continue
        function = Function(code, words, is_allocation)
        function.run()
        for address, size in function.sizes.items():
            first = function.first_words.get(address)
            code_at = first & ~1 if first is not None and CODE_OF_COROUTINE.search(symbols.get(first & ~1, "")) else None
            allocations.append(Allocation(name_at(address), size if isinstance(size, int) else None, code_at))
    return allocations


def short_name(symbol: str) -> str:
    """`(anonymous namespace)::blink((anonymous namespace)::blink(int)::...Frame*) [clone .actor]` -> `blink`"""
    name = CODE_OF_COROUTINE.sub("", symbol).replace("(anonymous namespace)::", "")
    depth = 0
    start = 0
    for place, letter in enumerate(name):
        if letter in "<{":
            depth += 1
        elif letter in ">}":
            depth -= 1
        elif letter == " " and depth == 0:
            start = place + 1  # what came before is the type of the result
        elif letter == "(" and depth == 0 and not name[:place].endswith("operator"):
            return name[start:place]
    return name[start:]


def coroutine_names(symbols: Mapping[int, str]) -> dict[int, str]:
    """The coroutines' short names by address. GCC's symbols lack template arguments, which are in the name of the frame's type."""
    types = {address: match[1] for address, symbol in symbols.items() if (match := GCC_FRAME_TYPE.search(symbol))}
    functions = demangle(types.values())
    return {address: short_name(functions.get(types.get(address, ""), symbol)) for address, symbol in symbols.items()}


Frames = Sequence[Tuple[str, Optional[int]]]


def frame_table(image: str) -> tuple[Frames, list[tuple[str, int]]]:
    """(frames, others): the coroutines with the bytes of their frames, and the functions that take other blocks from the pool.

    Bytes are None where they could not be found: if a coroutine's frame lies within its caller's, or its size is no constant.
    """
    symbols = read_symbols(image)
    allocations = find_allocations(call(TOOLS + "objdump", "-d", "--no-show-raw-insn", image), symbols)
    frames: dict[int, Optional[int]] = {address: None for address, name in symbols.items() if CODE_OF_COROUTINE.search(name)}
    others: dict[str, int] = {}
    for allocation in allocations:
        if allocation.code is not None:
            frames[allocation.code] = allocation.size
        elif allocation.size is not None:
            others[short_name(allocation.caller)] = allocation.size
    names = coroutine_names({address: symbols[address] for address in frames})
    named = sorted(((names[address], size) for address, size in frames.items()), key=lambda row: (-(row[1] or 0), row[0]))
    return named, sorted(others.items())


def format_table(frames: Frames, others: Iterable[tuple[str, int]]) -> str:
    if not frames:
        return "no coroutines in this image\n"
    width = max(len(name) for name, _ in [*frames, ("coroutine", 0)])
    rows = [f"{'coroutine':<{width}}  frame bytes"]
    rows += [f"{name:<{width}}  {'?' if size is None else size:>11}" for name, size in frames]
    if any(size is None for _, size in frames):
        rows.append("? the frame is part of its caller's, or its size is not a constant")
    rows += [f"Beside the frames, {name} takes blocks of {size} bytes from the pool." for name, size in others]
    return "\n".join(rows) + "\n"


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("image", metavar="FIRMWARE.elf")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    options = parser.parse_args(arguments)
    try:
        frames, others = frame_table(options.image)
    except FrameError as error:
        print(f"frames.py: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps([{"coroutine": name, "bytes": size} for name, size in frames], indent=1))
    else:
        print(format_table(frames, others), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
