"""Where things are in the runtime of a firmware: the constant that include/uasync/kernel/descriptor.hpp describes, field by field."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Optional

import gdb

from . import target

SYMBOL = "uasync_descriptor"
MAGIC = b"uasync\n"
LOOPS_SYMBOL = "uasync_loops"
LOOPS_MAGIC = b"uasync\f"
LOOPS_SIZE = 11
VERSION = 1
FIELDS_AT = 12
OPTIONAL = ("task_name", "task_function", "task_waits_for")
ABSENT = 0xFF  # the offset of something that the firmware does not keep


@dataclass(frozen=True)
class Descriptor:
    """Offsets in the runtime's objects, in the order of the constant, behind the address of the loop."""

    loop: int
    loop_current: int
    loop_all_first: int
    loop_all_last: int
    task_size: int
    task_next: int
    task_waited: int
    task_deadline_low: int
    task_deadline_high: int
    task_state: int
    task_leaf: int
    task_all_next: int
    task_name: Optional[int]
    task_function: Optional[int]
    task_waits_for: Optional[int]
    frame_promise: int
    promise_continuation: int
    scope_parent: int
    joined_task: int
    lock_owner: int  # 0: an older runtime, which does not say it


def read() -> Descriptor:
    """The descriptor of the program that gdb has loaded, with None for what is absent. Raises gdb.GdbError if there is none."""
    address = target.address_of(SYMBOL)
    if address is None:
        raise gdb.GdbError(
            f"This program has no symbol {SYMBOL}. Load the ELF of a firmware that was made with uasync and has its symbols: file FIRMWARE.elf"
        )
    names = [field.name for field in fields(Descriptor)][1:]
    content = target.memory(address, FIELDS_AT + len(names))
    if content is None:
        raise gdb.GdbError("The firmware's memory cannot be read. Connect to it first, for example: target remote localhost:3333")
    if content[: len(MAGIC)] != MAGIC:
        raise gdb.GdbError("The target runs another program than the one that gdb has loaded.")
    version = content[len(MAGIC)]
    if version != VERSION:
        raise gdb.GdbError(f"This firmware's runtime keeps its tasks in layout {version}, and this command knows {VERSION}.")
    offsets = {name: None if offset == ABSENT else offset for name, offset in zip(names, content[FIELDS_AT:])}
    absent = [name for name, offset in offsets.items() if offset is None and name not in OPTIONAL]
    if absent:
        raise gdb.GdbError(f"This firmware's runtime does not say where it keeps {absent[0]}.")
    return Descriptor(int.from_bytes(content[8:12], "little"), **offsets)  # type: ignore[arg-type]  # those that are absent may be


@dataclass(frozen=True)
class Loops:
    """How the loops of a firmware with several are found, and what runs each. Offsets in a loop."""

    older: int
    levels: int
    context: Optional[int]


def read_loops() -> Optional[Loops]:
    """None in a program that has only one loop at a time."""
    address = target.address_of(LOOPS_SYMBOL)
    content = target.memory(address, LOOPS_SIZE) if address is not None else None
    if content is None or content[: len(LOOPS_MAGIC)] != LOOPS_MAGIC or content[len(LOOPS_MAGIC)] != VERSION:
        return None
    older, levels, context = content[len(LOOPS_MAGIC) + 1 :]
    return Loops(older, levels, None if context == ABSENT else context)
