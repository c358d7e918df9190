"""What is known of a coroutine function from its code and debug information, and of one of its frames."""

from __future__ import annotations

import re
from typing import Any, Iterable, List, Optional, Tuple

import gdb

from . import target, words
from .suspension import find_first_load, find_stores
from .target import Place

Awaiter = Tuple[Any, Optional[int]]  # its type, and its offset in the frame
INDEX_FIELDS = ("_Coro_resume_index", "__coro_index")  # GCC's, Clang's


class Coroutine:
    """A coroutine function, by the function that resumes it: the first word of every frame."""

    def __init__(self, resume: int) -> None:
        self.address = resume & ~1  # bit 0 marks Thumb code
        self.function = target.function_at(self.address)
        symbol, _ = target.symbol_at(self.address)
        self.name = words.function_name(symbol) if symbol is not None else hex(self.address)
        self.is_gcc = symbol is None or not symbol.endswith("[clone .resume]")
        self.frame = self._frame_type()
        self.members = self._members()
        self._index = self._find_index()
        self._places: dict[Optional[int], Optional[Place]] = {}
        self._declared: Optional[List[Any]] = None

    def number(self, frame: int) -> Optional[int]:
        """The number of the await at which a frame is suspended; None if that cannot be known."""
        if self._index is None:
            return None
        offset, width = self._index
        content = target.memory(frame + offset, width)
        return None if content is None else int.from_bytes(content, "little")

    def place(self, number: Optional[int]) -> Optional[Place]:
        """(file, line) of the `co_await` with this number."""
        if number not in self._places:
            self._places[number] = self._find_place(number)
        return self._places[number]

    def awaiter(self, number: Optional[int]) -> Optional[Awaiter]:
        """What is awaited there: its type, and its offset in the frame or None; None if that is not known."""
        if not self.is_gcc or number is None or number % 2 or number < 4:
            return None
        # GCC: even numbers, of which 2 is the start; awaiters are numbered as they are met in the source, in a lambda on from those
        # around it. Where gdb does not know the frame it knows the awaiters as variables of the function, some only in inner blocks.
        described = [(field.name, field.type, field.bitpos // 8) for field in self.members]
        found = _awaiters(described) or _awaiters([(symbol.name, symbol.type, None) for symbol in self._variables()])
        order = min(found, default=0) + number // 2 - 2
        return found.get(order)

    def locals(self, frame: int) -> list[tuple[str, Any]]:
        """(name, value) of the parameters and variables that are kept in a frame."""
        if self.frame is None:
            return []
        value = gdb.Value(frame).cast(self.frame.pointer()).dereference()
        named = [(words.local_name(field.name), field) for field in self.members]
        return [(name, value[field]) for name, field in named if name is not None]

    def _frame_type(self) -> Any:
        """GCC says it of the parameter of the function. Clang says it only without optimisation."""
        if self.function is None:
            return None
        for symbol in self.function:
            if symbol.name == "frame_ptr" and symbol.type.code == gdb.TYPE_CODE_PTR:
                return symbol.type.target().strip_typedefs()
        return None

    def _members(self) -> list[Any]:
        return [field for field in self.frame.fields() if field.name and not field.is_base_class] if self.frame is not None else []

    def _find_index(self) -> Optional[tuple[int, int]]:
        for field in self.members:
            if field.name in INDEX_FIELDS:
                return field.bitpos // 8, field.type.sizeof
        # Clang describes no frames of optimised code, and gdb does not look at those that GCC describes of members and templates.
        width = 2 if self.is_gcc else 1
        code = self._code()
        first = None if code is None else find_first_load(code, width)
        return None if first is None else (first, width)

    def _find_place(self, number: Optional[int]) -> Optional[Place]:
        own = target.place_at(self.address)
        places = [place for place in map(target.place_at, self._stores(number)) if place is not None]
        return next((place for place in places if own is not None and place[0] == own[0]), places[0] if places else None)

    def _variables(self) -> list[Any]:
        """Those of the function, with its inner blocks."""
        if self._declared is None:
            addresses = range(self.function.start, self.function.end, 2) if self.function is not None else ()
            blocks = {(block.start, block.end): block for block in map(gdb.block_for_pc, addresses) if block is not None}
            self._declared = [symbol for block in blocks.values() for symbol in block]
        return self._declared

    def _stores(self, number: Optional[int]) -> list[int]:
        """The instructions that store the number of an await."""
        code = self._code()
        if code is None or self._index is None or number is None:
            return []
        return [self.address + at for at in find_stores(code, *self._index, number)]

    def _code(self) -> Optional[bytes]:
        return target.memory(self.address, self.function.end - self.address) if self.function is not None else None


def _awaiters(variables: Iterable[tuple[str, Any, Optional[int]]]) -> dict[int, Awaiter]:
    """Types and offsets of awaiters by their order, from (name, type, offset)."""
    matches = [(re.match(r"Aw(\d+)(_|$)", name), kind, offset) for name, kind, offset in variables]
    return {int(match[1]): (kind.strip_typedefs(), offset) for match, kind, offset in matches if match is not None}


def is_coroutine_code(address: int) -> bool:
    """Whether an address is in the part of a coroutine that is run when it is resumed."""
    symbol, _ = target.symbol_at(address)
    return symbol is not None and re.search(r"\[clone \.(actor|resume)\]", symbol) is not None
