"""Where a task is whose step it is: its coroutines are on a stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator, List, NamedTuple, Optional

import gdb

from . import target
from .coroutines import is_coroutine_code
from .target import Place

EXCEPTION = 0x1FF  # in xPSR


class Context(NamedTuple):
    """What runs a loop."""

    core: int
    exception: int  # the number of the exception whose handler runs it; 0 if none does


@dataclass
class Running:
    """What the stack tells of a task."""

    frames: List[int] = field(default_factory=list)  # of its coroutines, innermost first, as far as they are known
    place: Optional[Place] = None  # where the innermost coroutine is


def look(context: Optional[Context]) -> Running:
    """Looks at the stack of a context, or of the selected core. One that another context has interrupted is further out on the same stack."""
    selected = gdb.selected_thread()
    threads = gdb.selected_inferior().threads()
    if context is not None and len(threads) > 1:  # to gdb, the cores are threads
        next(thread for thread in threads if thread.num == context.core + 1).switch()
    elif context is not None and context.core != 0:
        return Running()
    try:
        frames = [frame for frame in _stack() if context is None or _exception(frame) == context.exception]
        return Running([address for address in map(_coroutine_frame, frames) if address is not None], _place(frames))
    finally:
        if selected is not None:
            selected.switch()


def _stack() -> Iterator[Any]:
    """The frames of the stack, innermost first."""
    frame = gdb.newest_frame()
    while frame is not None:
        yield frame
        try:
            frame = frame.older()
        except gdb.error:
            return


def _exception(frame: Any) -> Optional[int]:
    try:
        return int(frame.read_register("xpsr")) & EXCEPTION
    except (gdb.error, ValueError):
        return None


def _coroutine_frame(frame: Any) -> Optional[int]:
    """The coroutine's frame, where a frame of the stack belongs to one; None if it does not, or is not known."""
    if frame.type() == gdb.INLINE_FRAME or not is_coroutine_code(frame.pc()):
        return None
    try:
        return int(frame.read_var("frame_ptr"))
    except (gdb.error, ValueError):
        return None


def _place(frames: List[Any]) -> Optional[Place]:
    for frame in frames:
        if is_coroutine_code(frame.pc()):
            found = frame.find_sal()
            return (target.shortened(found.symtab.filename), found.line) if found.symtab is not None else None
    return None
