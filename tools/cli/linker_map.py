"""Reads the map that a linker writes: GNU ld's and LLD's."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from .errors import Failure


@dataclass(frozen=True)
class Piece:
    """A section of an object file, where it came to lie."""

    section: str
    address: int
    size: int
    object: str


MEMORY_END = 1 << 32
GNU_START = "Linker script and memory map"
GNU_PIECE = re.compile(r"^ (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$")
LLD_START = re.compile(r"^\s*VMA\s+LMA\s+Size\s+Align\s")
LLD_PIECE = re.compile(r"^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ {9}(\S.*):\(([^()]+)\)$")


def read(path: Path, end: Optional[int] = None) -> list[Piece]:
    """The pieces that have a size and an address; none reaches over `end`, where something lies that is no piece."""
    try:
        text = path.read_text(errors="replace")
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    if LLD_START.match(text):
        lines = map(LLD_PIECE.match, text.splitlines())
        found = [Piece(line[4], int(line[1], 16), int(line[2], 16), line[3]) for line in lines if line]
    elif GNU_START in text:
        # A long name stands on a line of its own.
        joined = re.sub(r"^( \S+)\n +(?=0x)", r"\1 ", text.split(GNU_START, 1)[1], flags=re.MULTILINE)
        lines = map(GNU_PIECE.match, joined.splitlines())
        found = [Piece(line[1], int(line[2], 16), int(line[3], 16), line[4]) for line in lines if line]
    else:
        raise Failure(f"{path}: not a linker's map; link again, or delete the file to see only the totals")
    # Of what lies beyond 4 GiB, such as debug information of a large program, nothing is in the chip.
    pieces = sorted((piece for piece in found if piece.size and 0 < piece.address < MEMORY_END), key=lambda piece: piece.address)
    # Of strings that were merged, GNU ld tells a size that may reach into what follows.
    starts = sorted([piece.address for piece in pieces] + [end or MEMORY_END, MEMORY_END])
    return [replace(piece, size=min(piece.size, starts[bisect.bisect(starts, piece.address)] - piece.address)) for piece in pieces]
