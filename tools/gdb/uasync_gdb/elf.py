"""Sections of an ELF file that are not loaded, which gdb itself does not give out."""

from __future__ import annotations

import struct
from typing import Any

CLASS_64 = 2
# Of the header: the table of the sections, the size of an entry, the number of them, and which one has their names.
TABLE = {1: struct.Struct("<32xI10xHHH"), CLASS_64: struct.Struct("<40xQ10xHHH")}
# Of an entry: the offset of the name, that of the content, and the content's size.
ENTRY = {1: struct.Struct("<I12xII"), CLASS_64: struct.Struct("<I20xQQ")}


def section(path: str, name: str) -> bytes:
    """The bytes of a section; none if the file has no such section, or is no little-endian ELF file that can be read."""
    try:
        with open(path, "rb") as file:
            start = file.read(64)
            kind = start[4]
            if start[:4] != b"\x7fELF" or kind not in TABLE or start[5] != 1:
                return b""
            table, size, count, names_index = TABLE[kind].unpack_from(start)
            file.seek(table)
            headers = file.read(size * count)
            entries = [ENTRY[kind].unpack_from(headers, index * size) for index in range(count)]

            def content(entry: tuple[Any, ...]) -> bytes:
                file.seek(entry[1])
                return file.read(entry[2])

            names = content(entries[names_index])
            wanted = name.encode() + b"\0"
            return next((content(entry) for entry in entries if names[entry[0] :].startswith(wanted)), b"")
    except (OSError, IndexError, struct.error, OverflowError, ValueError, MemoryError):
        return b""
