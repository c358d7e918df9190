"""Follows constants through the code of a function: part of frames.py.

It knows the instructions of the Cortex-M0+ as GCC and Clang use them. What it does not know counts as unknown, so that it never guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Mapping, Optional, Sequence, Union

REGISTERS = [f"r{number}" for number in range(13)] + ["sp", "lr", "pc"]
OTHER_NAMES = {"sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12"}
NOT_WRITING = ("cmp", "cmn", "tst", "nop", "cps", "dmb", "dsb", "isb", "msr", "sev", "wfe", "wfi", "yield", "bkpt", "udf", "svc")
CONDITIONS = ("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "hs", "lo")
WORD = 0xFFFFFFFF
MOST_KEPT = 512  # words of the stack: more than any function keeps constants in


@dataclass(frozen=True)
class Pointer:
    """An address that is known relative to something: `to` is "stack", or the address of the call that made a frame."""

    to: Union[str, int]
    offset: int


Value = Union[int, Pointer]


@dataclass(frozen=True)
class Instruction:
    address: int
    name: str
    operands: tuple[str, ...]
    comment: str

    def operand(self, number: int) -> str:
        return self.operands[number] if number < len(self.operands) else ""


class State:
    """What is known of the registers and the stack; what is not known is not in the maps."""

    def __init__(self, registers: Optional[dict[str, Value]] = None, stack: Optional[dict[int, Value]] = None) -> None:
        self.registers: dict[str, Value] = registers if registers is not None else {"sp": Pointer("stack", 0)}
        self.stack: dict[int, Value] = stack if stack is not None else {}

    def copy(self) -> State:
        return State(dict(self.registers), dict(self.stack))

    def merge(self, other: State) -> bool:
        """Keeps what both know; true if that is less than before."""
        registers = {key: value for key, value in self.registers.items() if other.registers.get(key) == value}
        stack = {key: value for key, value in self.stack.items() if other.stack.get(key) == value}
        changed = len(registers) < len(self.registers) or len(stack) < len(self.stack)
        self.registers, self.stack = registers, stack
        return changed

    def value(self, operand: str) -> Optional[Value]:
        if operand.startswith("#"):
            number = re.fullmatch(r"#(-?(?:0x[0-9a-f]+|0|[1-9][0-9]*))", operand)
            return int(number[1], 0) & WORD if number else None
        return self.registers.get(operand)

    def set(self, register: str, value: Optional[Value]) -> None:
        if value is None:
            self.registers.pop(register, None)
        else:
            self.registers[register] = value


def add(a: Optional[Value], b: Optional[Value]) -> Optional[Value]:
    if isinstance(b, Pointer):
        a, b = b, a
    if isinstance(b, Pointer) or a is None or b is None:
        return None
    if isinstance(a, Pointer):
        return Pointer(a.to, a.offset + (b if b < 1 << 31 else b - (1 << 32)))
    return (a + b) & WORD


def negated(value: Optional[Value]) -> Optional[Value]:
    return (-value) & WORD if isinstance(value, int) else None


Operation = Callable[[Optional[Value], Optional[Value]], Optional[Value]]

ARITHMETIC: Mapping[str, Operation] = {
    "add": add,
    "sub": lambda a, b: add(a, negated(b)),
    "rsb": lambda a, b: add(negated(a), b),
    "lsl": lambda a, b: a << b & WORD if isinstance(a, int) and isinstance(b, int) and b < 32 else None,
    "lsr": lambda a, b: a >> b if isinstance(a, int) and isinstance(b, int) and b < 32 else None,
}


class Function:
    """Follows the values through one function."""

    def __init__(self, code: Sequence[Instruction], words: Mapping[int, int], is_allocation: Callable[[int], bool]) -> None:
        self.code = code
        self.index = {instruction.address: number for number, instruction in enumerate(code)}
        self.words = words
        self.is_allocation = is_allocation
        self.sizes: dict[int, Optional[Value]] = {}  # by address of the call
        self.first_words: dict[Union[str, int], int] = {}  # by address of the call: what is written to the start of the frame

    def run(self) -> None:
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

    def step(self, number: int, state: State) -> list[int]:
        """Carries out an instruction on the state; gives the numbers of those that may come next."""
        instruction = self.code[number]
        name = instruction.name.split(".")[0]
        operands = instruction.operands
        first, second = instruction.operand(0), instruction.operand(1)
        following = [number + 1] if number + 1 < len(self.code) else []

        if name in ("b", "bx"):
            return self.targets(first)
        if name[:1] == "b" and name[1:] in CONDITIONS:
            return following + self.targets(first)
        if name in ("bl", "blx"):
            self.follow_call(instruction, state)
        elif name == "push":
            registers = register_list(first)
            top = add(state.registers.get("sp"), negated(4 * len(registers)))
            state.set("sp", top)
            self.store_all(state, top, registers)
        elif name == "pop":
            registers = register_list(first)
            for register in registers:
                state.set(register, None)
            state.set("sp", add(state.registers.get("sp"), 4 * len(registers)))
            if "pc" in registers:
                return []
        elif name in ("stm", "stmia"):
            registers = register_list(second)
            base = first.rstrip("!")
            self.store_all(state, state.registers.get(base), registers)
            state.set(base, add(state.registers.get(base), 4 * len(registers)))
        elif name in ("ldm", "ldmia"):
            registers = register_list(second)
            base = first.rstrip("!")
            state.set(base, add(state.registers.get(base), 4 * len(registers)))
            for register in registers:
                state.set(register, None)
        elif name == "str":
            self.store(state, self.place(state, second), state.registers.get(first))
        elif name in ("strb", "strh"):
            self.store(state, self.place(state, second), None)
        elif name == "ldr":
            state.set(first, self.load(state, instruction))
        elif not name.startswith(NOT_WRITING) and operands:
            state.set(first, compute(name, operands, state))
        return following

    def targets(self, operand: str) -> list[int]:
        match = re.match(r"[0-9a-f]+(?= |$)", operand)
        target = self.index.get(int(match[0], 16)) if match and operand not in REGISTERS else None
        return [] if target is None else [target]

    def follow_call(self, instruction: Instruction, state: State) -> None:
        match = re.match(r"([0-9a-f]{6,}) <", instruction.operand(0))
        allocates = match is not None and self.is_allocation(int(match[1], 16))
        if allocates:
            self.sizes[instruction.address] = state.registers.get("r0")
        for register in ("r0", "r1", "r2", "r3", "r12", "lr"):
            state.set(register, None)
        if allocates:
            state.set("r0", Pointer(instruction.address, 0))

    def place(self, state: State, operand: str) -> Optional[Value]:
        """Where `[r7, #20]` points to."""
        parts = [part.strip() for part in operand.strip("[]!").split(",")]
        parts = [OTHER_NAMES.get(part, part) for part in parts]
        if len(parts) > 2:
            return None
        return add(state.value(parts[0]), state.value(parts[1]) if len(parts) > 1 else 0)

    def store(self, state: State, place: Optional[Value], value: Optional[Value]) -> None:
        if not isinstance(place, Pointer):
            return
        if place.to == "stack":
            if value is None:
                state.stack.pop(place.offset & ~3, None)
            elif place.offset in state.stack or len(state.stack) < MOST_KEPT:
                state.stack[place.offset] = value
        elif place.offset == 0 and isinstance(value, int):
            self.first_words[place.to] = value

    def store_all(self, state: State, start: Optional[Value], registers: Sequence[str]) -> None:
        for number, register in enumerate(registers):
            self.store(state, add(start, 4 * number), state.registers.get(register))

    def load(self, state: State, instruction: Instruction) -> Optional[Value]:
        place = instruction.operand(1)
        if place.startswith("[pc"):
            match = re.match(r"\(?(?:0x)?([0-9a-f]+)", instruction.comment)
            return self.words.get(int(match[1], 16)) if match else None
        pointer = self.place(state, place)
        if isinstance(pointer, Pointer) and pointer.to == "stack":
            return state.stack.get(pointer.offset)
        return None


def compute(name: str, operands: Sequence[str], state: State) -> Optional[Value]:
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


def register_list(text: str) -> list[str]:
    """`{r4, r6-r7, lr}` -> ["r4", "r6", "r7", "lr"]; `{}`, which no compiler writes, has none."""
    result = []
    for part in text.strip("{}").split(","):
        first, _, last = (OTHER_NAMES.get(name.strip(), name.strip()) for name in part.partition("-"))
        if first in REGISTERS and (last or first) in REGISTERS:
            result += REGISTERS[REGISTERS.index(first) : REGISTERS.index(last or first) + 1]
    return result
