"""Where things are in the runtime of a firmware: the constant that include/uasync/kernel/descriptor.hpp describes, field by field."""

from types import SimpleNamespace

import gdb

from . import target

SYMBOL = "uasync_descriptor"
MAGIC = b"uasync\n"
VERSION = 1
FIELDS_AT = 12
FIELDS = (
    "loop_current",
    "loop_all_first",
    "loop_all_last",
    "task_size",
    "task_next",
    "task_waited",
    "task_deadline_low",
    "task_deadline_high",
    "task_state",
    "task_leaf",
    "task_all_next",
    "task_name",
    "task_function",
    "task_waits_for",
    "frame_promise",
    "promise_continuation",
    "scope_parent",
    "joined_task",
)
ABSENT = 0xFF  # the offset of something that the firmware does not keep


def read():
    """The descriptor of the program that gdb has loaded, with None for what is absent. Raises gdb.GdbError if there is none."""
    address = target.address_of(SYMBOL)
    if address is None:
        raise gdb.GdbError(
            f"This program has no symbol {SYMBOL}. Load the ELF of a firmware that was made with uasync and has its symbols: file FIRMWARE.elf"
        )
    content = target.memory(address, FIELDS_AT + len(FIELDS))
    if content is None:
        raise gdb.GdbError("The firmware's memory cannot be read. Connect to it first, for example: target remote localhost:3333")
    if content[: len(MAGIC)] != MAGIC:
        raise gdb.GdbError("The target runs another program than the one that gdb has loaded.")
    version = content[len(MAGIC)]
    if version != VERSION:
        raise gdb.GdbError(f"This firmware's runtime keeps its tasks in layout {version}, and this command knows {VERSION}.")
    offsets = {name: None if offset == ABSENT else offset for name, offset in zip(FIELDS, content[FIELDS_AT:])}
    return SimpleNamespace(loop=int.from_bytes(content[8:12], "little"), **offsets)
