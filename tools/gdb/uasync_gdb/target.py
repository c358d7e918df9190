"""Memory and symbols of the program, as gdb has them; the same for a board, an emulator and a core file."""

from __future__ import annotations

import re
from typing import Any, Optional, Tuple

import gdb

WORD = 4
Place = Tuple[str, int]  # file and line


def memory(address: int, length: int) -> Optional[bytes]:
    """Bytes of the target; None where it has no memory."""
    try:
        return bytes(gdb.selected_inferior().read_memory(address, length))
    except gdb.MemoryError:
        return None


def word(address: Optional[int]) -> Optional[int]:
    """None where there is no memory, and for no address."""
    content = memory(address, WORD) if address is not None else None
    return None if content is None else int.from_bytes(content, "little")


def text(address: Optional[int]) -> Optional[str]:
    """A string that ends in a zero; None for a null pointer."""
    if not address:
        return None
    try:
        return str(gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string())
    except (gdb.MemoryError, UnicodeDecodeError):
        return None


def address_of(symbol: str) -> Optional[int]:
    """Where something with a name is; None if the program has nothing of that name."""
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{symbol}"))
    except gdb.error:
        return None


def symbol_at(address: int) -> tuple[Optional[str], int]:
    """The name of the function or object at an address, with its parameters, and how far into it the address is; None, 0 if not known."""
    answer = gdb.execute(f"info symbol {address}", to_string=True)
    match = re.match(r"(.*?)(?: \+ (\d+))? in section ", answer)
    return (match[1], int(match[2] or 0)) if match else (None, 0)


def function_at(address: int) -> Any:
    """The block of the function, not of what was inlined into it; None without debug information."""
    try:
        block = gdb.block_for_pc(address)
    except (gdb.error, RuntimeError):
        return None
    while block is not None and block.superblock is not None and not (block.superblock.is_static or block.superblock.is_global):
        block = block.superblock
    return block if block is not None and block.function is not None else None


def place_at(address: int) -> Optional[Place]:
    """(file, line) of an instruction; None if not known."""
    found = gdb.find_pc_line(address)
    return (shortened(found.symtab.filename), found.line) if found.symtab is not None and found.line else None


def shortened(path: str) -> str:
    """The last two parts of a path: enough to know the file, and the same on every machine."""
    parts: list[str] = []
    for part in re.split(r"[/\\]", path):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts[-2:])
