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
and so finds both for every call: also where a compiler has moved a coroutine's first lines into its caller. It knows the
instructions of the Cortex-M0+ as GCC and Clang use them, at all optimisation levels.
"""

import argparse
import bisect
import json
import re
import subprocess
import sys
from dataclasses import dataclass

TOOLS = "arm-none-eabi-"
ALLOCATION = re.compile(r"uasync::detail::(?:built_with_\w+::)?(allocate_frame|PromiseBase::operator new)\(unsigned (int|long)\)( \[clone .*)?")
GCC_FRAME_TYPE = re.compile(r"::(_Z\w+)\.Frame\*\)")  # of a coroutine; holds the function's name, whole
CODE_OF_COROUTINE = re.compile(r" \[clone \.(actor|resume)\]$")

FUNCTION_LINE = re.compile(r"^([0-9a-f]{8}) <.*>:$")
CODE_LINE = re.compile(r"^ *([0-9a-f]+):\t([^\t]+)(?:\t([^\t]*))?(?:\t(?:@|;) ?(.*))?$")
REGISTERS = [f"r{number}" for number in range(13)] + ["sp", "lr", "pc"]
OTHER_NAMES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12"}
NOT_WRITING = ("cmp", "cmn", "tst", "nop", "cps", "dmb", "dsb", "isb", "msr", "sev", "wfe", "wfi", "yield", "bkpt", "udf", "svc")
CONDITIONS = ("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "hs", "lo")
WORD = 0xFFFFFFFF


class FrameError(Exception):
    """The image cannot be read; the message is for the user."""


@dataclass(frozen=True)
class Pointer:
    """An address that is known relative to something: `to` is "stack", or the address of the call that made a frame."""

    to: object
    offset: int


@dataclass(frozen=True)
class Instruction:
    address: int
    name: str
    operands: tuple
    comment: str


@dataclass(frozen=True)
class Allocation:
    caller: str
    size: object  # None: not a constant
    code: object  # address of the coroutine's code; None if the block is no coroutine's frame


# ---- reading the disassembly ----


def call(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    except FileNotFoundError:
        raise FrameError(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        raise FrameError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"{command[0]} failed")
    return done.stdout


def demangle(names):
    """Mangled names -> names."""
    names = sorted(set(names))
    if not names:
        return {}
    return dict(zip(names, call(TOOLS + "c++filt", *names).splitlines()))


def read_symbols(image):
    """Functions by address, with demangled names."""
    symbols = {}
    for line in call(TOOLS + "nm", "-C", "--defined-only", image).splitlines():
        address, kind, name = line.split(" ", 2)
        if kind in "tTwW" and not name.startswith("$"):
            symbols.setdefault(int(address, 16) & ~1, name)
    return symbols


def read_code(text):
    """The functions of a disassembly, each a list of instructions, and the words between them by address."""
    functions = []
    words = {}
    for line in text.splitlines():
        if FUNCTION_LINE.match(line):
            functions.append([])
            continue
        match = CODE_LINE.match(line)
        if not match or not functions:
            continue
        address, name, operands, comment = int(match[1], 16), match[2].strip(), match[3] or "", match[4] or ""
        if name == ".word":
            words[address] = int(operands, 16)
        elif not name.startswith("."):
            functions[-1].append(Instruction(address, name, split_operands(operands), comment))
    return functions, words


def split_operands(text):
    """`r0, [r1, #4]` -> ("r0", "[r1, #4]")"""
    parts = re.findall(r"(?:\[[^\]]*\]!?|\{[^}]*\}|[^,\[{]+)", text)
    return tuple(OTHER_NAMES.get(part.strip(), part.strip()) for part in parts if part.strip())


# ---- what a function does with constants ----


class State:
    """What is known of the registers and the stack; what is not known is not in the maps."""

    def __init__(self, registers=None, stack=None):
        self.registers = registers if registers is not None else {"sp": Pointer("stack", 0)}
        self.stack = stack if stack is not None else {}

    def copy(self):
        return State(dict(self.registers), dict(self.stack))

    def merge(self, other):
        """Keeps what both know; true if that is less than before."""
        changed = False
        for mine, theirs in ((self.registers, other.registers), (self.stack, other.stack)):
            for key in [key for key, value in mine.items() if theirs.get(key) != value]:
                del mine[key]
                changed = True
        return changed

    def value(self, operand):
        if operand.startswith("#"):
            return int(operand[1:], 0) & WORD
        return self.registers.get(operand)

    def set(self, register, value):
        if value is None:
            self.registers.pop(register, None)
        else:
            self.registers[register] = value


def add(a, b):
    if isinstance(b, Pointer):
        a, b = b, a
    if isinstance(b, Pointer) or a is None or b is None:
        return None
    if isinstance(a, Pointer):
        return Pointer(a.to, a.offset + (b if b < 1 << 31 else b - (1 << 32)))
    return (a + b) & WORD


def negated(value):
    return (-value) & WORD if isinstance(value, int) else None


ARITHMETIC = {
    "add": add,
    "sub": lambda a, b: add(a, negated(b)),
    "rsb": lambda a, b: add(negated(a), b),
    "lsl": lambda a, b: a << b & WORD if isinstance(a, int) and isinstance(b, int) and b < 32 else None,
    "lsr": lambda a, b: a >> b if isinstance(a, int) and isinstance(b, int) and b < 32 else None,
}


class Function:
    """Follows the values through one function."""

    def __init__(self, code, words, is_allocation):
        self.code = code
        self.index = {instruction.address: number for number, instruction in enumerate(code)}
        self.words = words
        self.is_allocation = is_allocation
        self.sizes = {}  # by address of the call
        self.first_words = {}  # by address of the call: what is written to the start of the frame

    def run(self):
        """Until nothing new is learnt. What is known at a place only ever becomes less, so there is an end."""
        before = {0: State()}
        work = [0]
        while work:
            number = work.pop()
            state = before[number].copy()
            for following in self.step(number, state):
                if following not in before:
                    before[following] = state.copy()
                elif not before[following].merge(state):
                    continue
                work.append(following)
        # Now once more, to read off what holds on every way.
        self.sizes.clear()
        self.first_words.clear()
        for number, state in before.items():
            self.step(number, state.copy())

    def step(self, number, state):
        """Carries out an instruction on the state; gives the numbers of those that may come next."""
        instruction = self.code[number]
        name = instruction.name.split(".")[0]
        operands = instruction.operands
        following = [number + 1] if number + 1 < len(self.code) else []

        if name in ("b", "bx"):
            return self.targets(operands)
        if name[:1] == "b" and name[1:] in CONDITIONS:
            return following + self.targets(operands)
        if name in ("bl", "blx"):
            self.follow_call(instruction, state)
        elif name == "push":
            registers = register_list(operands[0])
            top = add(state.registers.get("sp"), negated(4 * len(registers)))
            state.set("sp", top)
            self.store_all(state, top, registers)
        elif name == "pop":
            registers = register_list(operands[0])
            for register in registers:
                state.set(register, None)
            state.set("sp", add(state.registers.get("sp"), 4 * len(registers)))
            if "pc" in registers:
                return []
        elif name in ("stm", "stmia"):
            registers = register_list(operands[1])
            base = operands[0].rstrip("!")
            self.store_all(state, state.registers.get(base), registers)
            state.set(base, add(state.registers.get(base), 4 * len(registers)))
        elif name in ("ldm", "ldmia"):
            registers = register_list(operands[1])
            base = operands[0].rstrip("!")
            state.set(base, add(state.registers.get(base), 4 * len(registers)))
            for register in registers:
                state.set(register, None)
        elif name == "str":
            self.store(state, self.place(state, operands[1]), state.registers.get(operands[0]))
        elif name in ("strb", "strh"):
            self.store(state, self.place(state, operands[1]), None)
        elif name == "ldr":
            state.set(operands[0], self.load(state, instruction))
        elif not name.startswith(NOT_WRITING) and operands:
            state.set(operands[0], compute(name, operands, state))
        return following

    def targets(self, operands):
        match = re.match(r"[0-9a-f]+(?= |$)", operands[0]) if operands else None
        target = self.index.get(int(match[0], 16)) if match and operands[0] not in REGISTERS else None
        return [] if target is None else [target]

    def follow_call(self, instruction, state):
        match = re.match(r"([0-9a-f]{6,}) <", instruction.operands[0]) if instruction.operands else None
        allocates = match is not None and self.is_allocation(int(match[1], 16))
        if allocates:
            self.sizes[instruction.address] = state.registers.get("r0")
        for register in ("r0", "r1", "r2", "r3", "r12", "lr"):
            state.set(register, None)
        if allocates:
            state.set("r0", Pointer(instruction.address, 0))

    def place(self, state, operand):
        """Where `[r7, #20]` points to."""
        parts = [part.strip() for part in operand.strip("[]!").split(",")]
        parts = [OTHER_NAMES.get(part, part) for part in parts]
        return add(state.value(parts[0]), state.value(parts[1]) if len(parts) > 1 else 0)

    def store(self, state, place, value):
        if not isinstance(place, Pointer):
            return
        if place.to == "stack":
            if value is None:
                state.stack.pop(place.offset & ~3, None)
            else:
                state.stack[place.offset] = value
        elif place.offset == 0 and isinstance(value, int):
            self.first_words[place.to] = value

    def store_all(self, state, start, registers):
        for number, register in enumerate(registers):
            self.store(state, add(start, 4 * number), state.registers.get(register))

    def load(self, state, instruction):
        place = instruction.operands[1]
        if place.startswith("[pc"):
            match = re.match(r"\(?(?:0x)?([0-9a-f]+)", instruction.comment)
            return self.words.get(int(match[1], 16)) if match else None
        pointer = self.place(state, place)
        if isinstance(pointer, Pointer) and pointer.to == "stack":
            return state.stack.get(pointer.offset)
        return None


def compute(name, operands, state):
    """What an arithmetic instruction puts into its first operand; None if that is not known."""
    if name not in ARITHMETIC and name.endswith("s"):  # movs, adds ...
        name = name[:-1]
    values = [state.value(operand) for operand in operands]
    if name == "mov" and len(values) == 2:
        return values[1]
    if name == "mvn" and len(values) == 2:
        return ~values[1] & WORD if isinstance(values[1], int) else None
    if name == "neg" and len(values) == 2:
        return negated(values[1])
    if name in ARITHMETIC and len(values) in (2, 3):
        return ARITHMETIC[name](values[-2], values[-1])
    return None


def register_list(text):
    """`{r4, r6-r7, lr}` -> ["r4", "r6", "r7", "lr"]"""
    result = []
    for part in text.strip("{}").split(","):
        first, _, last = (OTHER_NAMES.get(name.strip(), name.strip()) for name in part.partition("-"))
        result += REGISTERS[REGISTERS.index(first) : REGISTERS.index(last or first) + 1]
    return result


# ---- the table ----


def find_allocations(text, symbols):
    """Every call that takes a block from the frame pool."""
    functions, words = read_code(text)
    starts = sorted(symbols)

    def name_at(address):
        place = bisect.bisect_right(starts, address)
        return symbols[starts[place - 1]] if place else "?"

    def is_allocation(address):
        return ALLOCATION.fullmatch(symbols.get(address & ~1, "")) is not None

    allocations = []
    for code in functions:
        if not code or is_allocation(code[0].address):
            continue
        function = Function(code, words, is_allocation)
        function.run()
        for address, size in function.sizes.items():
            first = function.first_words.get(address)
            is_code = first is not None and CODE_OF_COROUTINE.search(symbols.get(first & ~1, ""))
            allocations.append(
                Allocation(name_at(address), size if isinstance(size, int) else None, first & ~1 if is_code else None)
            )
    return allocations


def short_name(symbol):
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


def coroutine_names(symbols):
    """The coroutines' short names by address. GCC's symbols lack template arguments, which are in the name of the frame's type."""
    types = {address: GCC_FRAME_TYPE.search(symbol) for address, symbol in symbols.items()}
    functions = demangle(match[1] for match in types.values() if match)
    return {address: short_name(functions[types[address][1]] if types[address] else symbols[address]) for address in symbols}


def frame_table(image):
    """(frames, others): the coroutines with the bytes of their frames, and the functions that take other blocks from the pool.

    Bytes are None where they could not be found: if a coroutine's frame lies within its caller's, or its size is no constant.
    """
    symbols = read_symbols(image)
    allocations = find_allocations(call(TOOLS + "objdump", "-d", "--no-show-raw-insn", image), symbols)
    frames = {address: None for address, name in symbols.items() if CODE_OF_COROUTINE.search(name)}
    others = {}
    for allocation in allocations:
        if allocation.code is not None:
            frames[allocation.code] = allocation.size
        elif allocation.size is not None:
            others[short_name(allocation.caller)] = allocation.size
    names = coroutine_names({address: symbols[address] for address in frames})
    named = sorted(((names[address], size) for address, size in frames.items()), key=lambda row: (-(row[1] or 0), row[0]))
    return named, sorted(others.items())


def format_table(frames, others):
    if not frames:
        return "no coroutines in this image\n"
    width = max(len(name) for name, _ in [*frames, ("coroutine", 0)])
    rows = [f"{'coroutine':<{width}}  frame bytes"]
    rows += [f"{name:<{width}}  {'?' if size is None else size:>11}" for name, size in frames]
    if any(size is None for _, size in frames):
        rows.append("? the frame is part of its caller's, or its size is not a constant")
    rows += [f"Beside the frames, {name} takes blocks of {size} bytes from the pool." for name, size in others]
    return "\n".join(rows) + "\n"


def main(arguments=None):
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
