"""Reads the tasks of a firmware out of its memory. docs/design/task_reader.md says by which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator, List, Optional, Sequence

import gdb

from . import descriptor, elf, running, target, words
from .coroutines import Coroutine
from .target import Place

# WaitState of include/uasync/kernel/wait_list.hpp
READY, WAITING, SHARED, SLEEPING, FORWARDING, CALLBACK, FAILING, DONE, GUARDED, ACQUIRING = range(10)
STATES = ("ready", "waiting", "waiting", "sleeping", "waiting", "waiting", "ending", "ending", "waiting", "waiting")
LEVELS = "uasync_levels"
# More loops, tasks, and coroutines of all tasks together than any firmware has. Lists in damaged memory lead in circles, and into each other.
MOST_LOOPS = 64
MOST = 4096


@dataclass
class Frame:
    """One of the suspended coroutines of a task."""

    address: int
    coroutine: Coroutine
    number: Optional[int]  # of the await at which it is suspended

    @property
    def place(self) -> Optional[Place]:
        return self.coroutine.place(self.number)

    def contains(self, address: int) -> bool:
        size: int = self.coroutine.frame.sizeof if self.coroutine.frame is not None else 0
        return self.address <= address < self.address + size


@dataclass
class Task:
    address: int
    name: str
    state: str
    frames: List[Frame] = field(default_factory=list)  # innermost first; empty for the running one, which is on the stack
    waits_for: Optional[str] = None
    variable: Optional[str] = None  # the object that it waits for
    deadline: Optional[int] = None  # microseconds since power-on
    place: Optional[Place] = None
    size: Optional[int] = None  # bytes of all its memory
    held_by: Optional[str] = None  # the task that holds the lock that it waits for
    level: int = 0  # with what it inherits through a lock
    loop: Optional[str] = None  # what runs its loop, where there are several


class Tasks:
    """All unfinished tasks: of each loop, the oldest first, those of the oldest loop first."""

    def __init__(self) -> None:
        self._descriptor = descriptor.read()
        self._coroutines: dict[int, Coroutine] = {}
        self._tasks_left = self._frames_left = MOST
        self._notes = words.notes_in(elf.section(gdb.current_progspace().filename or "", words.SECTION))
        self._several = descriptor.read_loops()
        loops = self._loops()
        self.is_running = bool(loops)
        current = {target.word(loop + self._descriptor.loop_current): loop for loop in loops}
        self._running = {task: running.look(self._context(loop)) for task, loop in current.items() if task}
        addresses = {loop: self._addresses(loop) for loop in loops}
        everyone = [address for tasks in addresses.values() for address in tasks]
        self._frames = {address: [] if address in self._running else self._chain(address) for address in everyone}
        self._names = {address: self._name(address) for address in everyone}
        self.tasks = []
        for loop in loops:
            levels = self._levels(loop)
            for address in addresses[loop]:
                task = self._describe(address)
                holder = self._holder(address)
                task.held_by = self._names.get(holder, "?") if holder is not None else None
                task.level = levels.get(address, 0)
                task.loop = self._loop_name(loop, loops)
                self.tasks.append(task)

    def _loops(self) -> list[int]:
        """The oldest first; where there can be only one at a time, that which runs."""
        loops: list[int] = []
        loop = target.word(self._descriptor.loop)
        while loop and loop not in loops and len(loops) < MOST_LOOPS:
            loops.insert(0, loop)
            loop = target.word(loop + self._several.older) if self._several is not None else None
        return loops

    def _loop_name(self, loop: int, loops: Sequence[int]) -> Optional[str]:
        """What runs a loop, where there are several."""
        if self._several is None:
            return None
        if self._several.context is None:
            return f"loop {loops.index(loop) + 1}"
        core, exception = self._context(loop) or (0, 0)
        return f"core {core}" if exception == 0 else f"IRQ {exception - 16} of core {core}"

    def _context(self, loop: int) -> Optional[running.Context]:
        if self._several is None or self._several.context is None:
            return None
        context = target.word(loop + self._several.context) or 0
        return running.Context(context & 1, context >> 1)

    def _addresses(self, loop: int) -> list[int]:
        addresses: dict[int, None] = {}
        address = target.word(loop + self._descriptor.loop_all_first)
        while address and address not in addresses and self._tasks_left > 0:
            self._tasks_left -= 1
            addresses[address] = None
            address = target.word(address + self._descriptor.task_all_next)
        return list(addresses)

    def _holder(self, task: int) -> Optional[int]:
        """The task that holds the lock that a task waits for. It may have ended."""
        d = self._descriptor
        if d.lock_owner == 0 or self._state(task) != ACQUIRING:
            return None
        lock = target.word(task + d.task_waited)
        owner = target.word(lock + d.lock_owner) if lock else None
        return owner & ~1 if owner else None

    def _levels(self, loop: int) -> dict[int, int]:
        """The level of each task of a loop that has one. The highest comes first in the list, so the first that is found for a task holds."""
        levels: dict[int, int] = {}
        constant = target.address_of(LEVELS)
        first = target.word(constant + 8) if constant is not None else None
        if self._several is not None:
            first = loop + self._several.levels
        record = target.word(first) if first else None
        left = MOST
        while record and left > 0:
            left -= 1
            task, level = target.word(record), target.word(record + 8)
            seen: set[int] = set()
            while task in self._names and level and task not in seen and left > 0:
                left -= 1
                seen.add(task)
                levels.setdefault(task, level)
                task = self._holder(task)
            record = target.word(record + 4)
        return levels

    def _chain(self, task: int) -> list[Frame]:
        """The suspended coroutines of a task, innermost first."""
        return self._chain_from(target.word(task + self._descriptor.task_leaf))

    def _chain_from(self, address: Optional[int]) -> list[Frame]:
        """A coroutine by its frame, and those that await it."""
        d = self._descriptor
        frames: list[Frame] = []
        seen: set[int] = set()
        while address and address not in seen and self._frames_left > 0:
            self._frames_left -= 1
            seen.add(address)
            resume = target.word(address)
            if not resume:
                break
            coroutine = self._coroutine(resume)
            frames.append(Frame(address, coroutine, coroutine.number(address)))
            continuation = target.word(address + d.frame_promise + d.promise_continuation) or 0
            if not continuation & 1:
                break
            address = continuation & ~3
            if continuation & 2:  # a Scope, which knows the parent
                address = target.word(address + d.scope_parent)
        return frames

    def _coroutine(self, resume: int) -> Coroutine:
        if resume not in self._coroutines:
            self._coroutines[resume] = Coroutine(resume)
        return self._coroutines[resume]

    def _name(self, task: int) -> str:
        d = self._descriptor
        own = target.text(target.word(task + d.task_name)) if d.task_name is not None else None
        if own is not None:
            return own
        frames = self._running_chain(task) if task in self._running else self._frames[task]
        return frames[-1].coroutine.name if frames else "?"

    def _running_chain(self, task: int) -> list[Frame]:
        """The coroutines of the task that runs, innermost first, as far as they can be told from the stack."""
        frames: list[Frame] = []
        for address in self._running[task].frames:
            if not any(frame.address == address for frame in frames):
                frames += self._chain_from(address)
            # One that has not suspended yet does not know its parent, which is further out on the stack.
            if frames and (target.word(frames[-1].address + self._descriptor.frame_promise + self._descriptor.promise_continuation) or 0) & 1 == 0:
                break
        return frames

    def _describe(self, address: int) -> Task:
        d = self._descriptor
        frames = self._frames[address]
        state = self._state(address)
        if address in self._running:
            return Task(address, self._names[address], "running", place=self._running[address].place)
        task = Task(address, self._names[address], STATES[state] if state < len(STATES) else "ending", frames)
        known = [frame for frame in frames if frame.place is not None and not frame.coroutine.name.startswith("uasync::")]
        task.place = next((frame.place for frame in known or frames), None)
        if state in (WAITING, SHARED, SLEEPING, FORWARDING, ACQUIRING):
            task.waits_for, task.variable = self._wait(address, state)
            task.deadline = self._deadline(address) if state == SLEEPING else self._timeout(frames)
        sizes = [frame.coroutine.frame.sizeof if frame.coroutine.frame is not None else None for frame in frames]
        task.size = None if None in sizes else sum(sizes) + d.task_size
        return task

    def _wait(self, task: int, state: int) -> tuple[Optional[str], Optional[str]]:
        """In words what it waits for, and the variable that this is."""
        d = self._descriptor
        said = target.text(target.word(task + d.task_waits_for)) if d.task_waits_for is not None else None
        leaf = self._frames[task][0] if self._frames[task] else None
        awaiter = leaf.coroutine.awaiter(leaf.number) if leaf is not None and said is None else None
        waited = target.word(task + d.task_waited) or 0
        if state in (SLEEPING, FORWARDING):
            said = said or (words.wait_of_awaiter(self._notes, str(awaiter[0])) if awaiter is not None else None)
        if state == SLEEPING:
            return said or "sleep", None
        if state == FORWARDING:
            table, _ = target.symbol_at(target.word(waited) or 0)
            hook = words.noted(self._notes, table) if table is not None else None
            joined = target.word(waited + d.joined_task) if hook == words.A_TASK else None
            return (f"task {self._names[joined]}" if joined in self._names else said or hook), None
        name, kind = self._variable(waited)
        classes = list(_classes(kind)) if kind is not None else []
        if said is None and awaiter is not None:
            said = words.wait_of_awaiter(self._notes, str(awaiter[0]), classes)
        return said or (words.plain_name(classes[0]) if classes else None), name

    def _deadline(self, task: int) -> Optional[int]:
        """In microseconds since power-on; of a timer, too."""
        low, high = target.word(task + self._descriptor.task_deadline_low), target.word(task + self._descriptor.task_deadline_high)
        return None if low is None or high is None else (high & 0x7FFFF) << 32 | low

    def _timeout(self, frames: Sequence[Frame]) -> Optional[int]:
        """The earliest timer in the awaiters of a task's coroutines: `wait_for` keeps one, and so does a Ticker's tick."""
        timers = []
        for frame in frames:
            kind, offset = frame.coroutine.awaiter(frame.number) or (None, None)
            timer = _timer_in(kind, frame.address + offset) if offset is not None else None
            if timer is not None and self._state(timer) == CALLBACK:
                timers.append(self._deadline(timer))
        return min((timer for timer in timers if timer is not None), default=None)

    def _state(self, task: int) -> int:
        return (target.memory(task + self._descriptor.task_state, 1) or bytes([DONE]))[0] & 15

    def _variable(self, address: int) -> tuple[Optional[str], Any]:
        """The variable in which an address lies, and its type: a global one, or one in a coroutine's frame."""
        for frame in (frame for frames in self._frames.values() for frame in frames if frame.contains(address)):
            member = _holding(frame.coroutine.members, address - frame.address)
            name = words.local_name(member.name) if member is not None else None
            return _within(name, member.type, address - frame.address - member.bitpos // 8) if name is not None else (None, None)
        symbol, offset = target.symbol_at(address)
        # What holds the tasks themselves says nothing of what is in it.
        if symbol is None or any(target.symbol_at(task)[0] == symbol for task in self._frames):
            return None, None
        found = gdb.lookup_global_symbol(symbol) or gdb.lookup_static_symbol(symbol)
        name = symbol.rsplit("::", 1)[-1]
        return _within(name, found.type, offset) if found is not None else (name, None)


def _timer_in(kind: Any, address: int) -> Optional[int]:
    """Where an awaiter keeps a timer of its own; None if it has none."""
    kind = kind.strip_typedefs()
    if kind.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return None
    if kind.name == "uasync::LoopCallback":
        return address
    parts = (part for part in kind.fields() if hasattr(part, "bitpos"))
    return next(filter(None, (_timer_in(part.type, address + part.bitpos // 8) for part in parts)), None)


def _holding(fields: Sequence[Any], offset: int) -> Any:
    """The member of a structure that covers an offset."""
    for member in sorted(fields, key=lambda member: -int(member.bitpos)):
        if member.bitpos // 8 <= offset < member.bitpos // 8 + max(1, member.type.sizeof):
            return member
    return None


def _within(name: str, kind: Any, offset: int) -> tuple[str, Any]:
    """Goes on from an object of the program's into its members, down to the primitive: the runtime's own members end in an underscore."""
    kind = kind.strip_typedefs()
    is_class = kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)
    member = _holding([part for part in kind.fields() if hasattr(part, "bitpos")], offset) if is_class else None
    if member is None or not member.name or member.is_base_class or member.name.endswith("_"):
        return name, kind
    return _within(f"{name}.{member.name}", member.type, offset - member.bitpos // 8)


def _classes(kind: Any) -> Iterator[str]:
    """The name of a class, and then of those that it is derived from."""
    kind = kind.strip_typedefs()
    if kind.name:
        yield kind.name
    if kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        for part in kind.fields():
            if part.is_base_class:
                yield from _classes(part.type)
