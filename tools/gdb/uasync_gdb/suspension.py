"""Finds, in the code of a coroutine, where it stores the number of the await at which it is about to suspend.

Compilers tell debuggers where a coroutine would go on, but not where it waits: after the last await of a loop those are two different
lines. The store that says "when I am resumed, go on at number 6" belongs to the await itself, and so does its line. To know which number a
store stores, the constants in registers are followed through the function, along all its branches.

The same as emulator/src/tasks/suspension.ts, and for Thumb code of a Cortex-M0+ too.
"""

from __future__ import annotations

from typing import Iterable, Optional, Tuple

LR = 14
SCRATCH = (0, 1, 2, 3, 12, LR)  # registers that a called function may change
WIDTHS_BY_REGISTER = {0b0101000: 4, 0b0101001: 2, 0b0101010: 1}

# What a register holds: None where that is not known, else (True, n) for the frame's address and n more, or (False, n) for n.
Content = Optional[Tuple[bool, int]]
Registers = Tuple[Content, ...]

AT_START: Registers = ((True, 0),) + (None,) * 15


def find_stores(code: bytes, offset: int, width: int, value: int) -> list[int]:
    """Where `value` is stored to the frame's field at `offset`, of `width` bytes; in ascending order.

    `code` is the function, which is called with the frame's address in r0.
    """
    states: dict[int, Registers] = {}
    sure: set[int] = set()
    likely: set[int] = set()
    pending = [(0, AT_START)]
    while pending:
        at, incoming = pending.pop()
        if at < 0 or at + 2 > len(code):
            continue
        known = states.get(at)
        merged = incoming if known is None else _merge(known, incoming)
        if merged == known:
            continue
        states[at] = merged
        opcode = _halfword(code, at)
        store = _store(opcode, merged)
        if store is not None and store[0] == width:
            _, base, displacement, stored = store
            sure.discard(at)
            likely.discard(at)
            if stored == (False, value):
                # Code that was not optimised keeps the frame's address on the stack, so the register's content is not known.
                if base is None and displacement == offset:
                    likely.add(at)
                elif base is not None and base[0] and base[1] + displacement == offset:
                    sure.add(at)
        pending += _follow(code, at, opcode, merged)
    return sorted(sure or likely)


def find_first_load(code: bytes, width: int) -> Optional[int]:
    """The offset in the frame of the byte (width 1) or halfword (2) that a resuming function looks at first; None if there is none.

    That is the number of the await: what to know where nobody describes the frame.
    """
    by_offset, by_register = {1: (0b01111, 0b0101110), 2: (0b10001, 0b0101101)}[width]
    at, registers = 0, AT_START
    seen: set[int] = set()
    while 0 <= at <= len(code) - 2 and at not in seen:
        seen.add(at)
        opcode = _halfword(code, at)
        base, index = registers[(opcode >> 3) & 7], registers[(opcode >> 6) & 7]
        if opcode >> 11 == by_offset and (base is None or base[0]):  # not known in code that was not optimised
            return (base[1] if base else 0) + ((opcode >> 6) & 31) * width
        if opcode >> 9 == by_register and base is not None and base[0] and index is not None and not index[0]:
            return base[1] + index[1]
        ways = _follow(code, at, opcode, registers)
        if len(ways) != 1:
            return None
        [(at, registers)] = ways
    return None


def _halfword(code: bytes, at: int) -> int:
    return int.from_bytes(code[at : at + 2], "little")


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


def _merge(known: Registers, incoming: Registers) -> Registers:
    return tuple(a if a == b else None for a, b in zip(known, incoming))


def _store(opcode: int, registers: Registers) -> Optional[tuple[int, Content, int, Content]]:
    """(width, base, displacement, stored) of an instruction that stores."""
    low, mid, immediate = registers[opcode & 7], registers[(opcode >> 3) & 7], (opcode >> 6) & 31
    width = {0b01100: 4, 0b01110: 1, 0b10000: 2}.get(opcode >> 11)
    if width is not None:
        return width, mid, immediate * width, low
    width = WIDTHS_BY_REGISTER.get(opcode >> 9)
    if width is None:
        return None
    index = registers[(opcode >> 6) & 7]
    if index is not None and not index[0]:
        return width, mid, index[1], low
    if mid is not None and not mid[0]:
        return width, index, mid[1], low
    return None


def _follow(code: bytes, at: int, opcode: int, registers: Registers) -> list[tuple[int, Registers]]:
    """Where the processor may go from here, and with what in its registers."""
    after = at + 2
    target = at + 4
    if opcode >> 12 == 0b1101:
        condition = (opcode >> 8) & 15
        if condition == 14:  # udf
            return []
        if condition == 15:  # svc
            return [(after, _clear(registers, SCRATCH))]
        branch = target + 2 * _signed(opcode & 0xFF, 8)
        equal = _compared(code, at, registers)
        return [(after, equal if condition == 1 else registers), (branch, equal if condition == 0 else registers)]
    if opcode >> 11 == 0b11100:  # b
        return [(target + 2 * _signed(opcode & 0x7FF, 11), registers)]
    if opcode >> 11 >= 0b11101:  # bl, or a system instruction
        if at + 4 > len(code):
            return []
        is_call = _halfword(code, at + 2) & 0xD000 == 0xD000
        return [(at + 4, _clear(registers, SCRATCH) if is_call else registers)]
    if opcode >> 8 == 0b10111101 or opcode >> 7 == 0b010001110:  # pop with pc, bx
        return []
    if opcode >> 7 == 0b010001111:  # blx
        return [(after, _clear(registers, SCRATCH))]
    return [(after, _execute(code, at, opcode, registers))]


def _compared(code: bytes, branch: int, registers: Registers) -> Registers:
    """What is known where the comparison before a branch has found both equal. Optimisers make use of it, so one has to know it, too."""
    before = _halfword(code, branch - 2) if branch >= 2 else 0
    return _set(registers, (before >> 8) & 7, (False, before & 255)) if before >> 11 == 0b00101 else registers


def _clear(registers: Registers, which: Iterable[int]) -> Registers:
    return tuple(None if index in which else content for index, content in enumerate(registers))


def _set(registers: Registers, index: int, content: Content) -> Registers:
    return (*registers[:index], content, *registers[index + 1 :])


def _sum(a: Content, b: Content, sign: int = 1) -> Content:
    if a is None or b is None or (b[0] and (a[0] or sign < 0)):
        return None
    return a[0] or b[0], a[1] + sign * b[1]


def _execute(code: bytes, at: int, opcode: int, registers: Registers) -> Registers:
    """The registers after an instruction that does not branch."""
    low, mid, high = opcode & 7, (opcode >> 3) & 7, (opcode >> 8) & 7
    top5 = opcode >> 11
    if top5 == 0b00000:  # lsls; by 0 it is movs
        shift, source = (opcode >> 6) & 31, registers[mid]
        if shift == 0:
            return _set(registers, low, source)
        shifted = (False, source[1] << shift & 0xFFFFFFFF) if source is not None and not source[0] else None
        return _set(registers, low, shifted)
    if top5 == 0b00100:  # movs
        return _set(registers, high, (False, opcode & 255))
    if top5 == 0b00101:  # cmp
        return registers
    if top5 in (0b00110, 0b00111):  # adds, subs
        return _set(registers, high, _sum(registers[high], (False, opcode & 255), 1 if top5 == 0b00110 else -1))
    if top5 == 0b00011:  # adds, subs
        operand = (False, (opcode >> 6) & 7) if opcode & 0x400 else registers[(opcode >> 6) & 7]
        return _set(registers, low, _sum(registers[mid], operand, -1 if opcode & 0x200 else 1))
    if top5 == 0b01001:  # ldr from behind the function's code; functions lie on words
        literal = (at + 4 & ~3) + 4 * (opcode & 255)
        is_there = literal + 4 <= len(code)
        return _set(registers, high, (False, int.from_bytes(code[literal : literal + 4], "little")) if is_there else None)
    if opcode >> 10 == 0b010001:  # add, cmp, mov of any register
        to, origin, operation = low | (opcode >> 4 & 8), (opcode >> 3) & 15, (opcode >> 8) & 3
        if operation == 1:
            return registers
        return _set(registers, to, registers[origin] if operation == 2 else _sum(registers[to], registers[origin]))
    if opcode >> 10 == 0b010000:
        is_comparison = (opcode >> 6) & 15 in (8, 10, 11)  # tst, cmp, cmn
        return registers if is_comparison else _set(registers, low, None)
    if top5 in (0b01100, 0b01110, 0b10000, 0b10010) or opcode >> 9 in WIDTHS_BY_REGISTER:  # stores
        return registers
    if top5 in (0b10011, 0b10100, 0b10101):  # ldr from the stack, adr, add of sp
        return _set(registers, high, None)
    if opcode >> 9 == 0b1011110 or top5 == 0b11001:  # pop, ldmia
        return _clear(registers, [index for index in range(8) if opcode >> index & 1])
    if top5 == 0b11000 or opcode >> 12 == 0b1011:  # stmia, and what is left of the miscellaneous ones
        return _set(registers, low, None) if opcode >> 8 in (0b10110010, 0b10111010) else registers
    return _set(registers, low, None)  # shifts, loads
