"""The gdb commands `uasync ps` and `uasync bt`."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

import gdb

from . import target
from .target import Place
from .tasks import Task, Tasks

# The RP2040's timer, where reading has no side effect: the upper and the lower word of the microseconds since power-on.
TIMER_HIGH = 0x40054024
TIMER_LOW = 0x40054028

HEADINGS = ("#", "TASK", "LOOP", "STATE", "WAITS FOR", "DEADLINE", "AT", "BYTES")
LOOP = HEADINGS.index("LOOP")  # only where there are several


class Uasync(gdb.Command):
    """Show the tasks of a uasync firmware."""

    def __init__(self) -> None:
        super().__init__("uasync", gdb.COMMAND_STATUS, prefix=True)


class Ps(gdb.Command):
    """List the tasks of a uasync firmware.

    Usage: uasync ps

    Shows of each task what it does, what it waits for and until when, the line of the innermost co_await, and the bytes of its frames and its
    control block. Debug information (-g) is needed for all but states and deadlines."""

    def __init__(self) -> None:
        super().__init__("uasync ps", gdb.COMMAND_STATUS)

    def invoke(self, argument: str, from_tty: bool) -> None:
        if argument:
            raise gdb.GdbError("uasync ps takes no argument.")
        now = _now()
        tasks = _tasks().tasks
        rows = [HEADINGS, *(_row(number, task, now) for number, task in enumerate(tasks, 1))]
        if all(task.loop is None for task in tasks):
            rows = [(*row[:LOOP], *row[LOOP + 1 :]) for row in rows]
        print(_table(rows))


class Bt(gdb.Command):
    """Show which coroutines of a task await each other, innermost first.

    Usage: uasync bt TASK

    TASK is a name or a number that uasync ps shows. The variables are those that the frame keeps between one co_await and the next; one that
    lives in a register in between is not among them."""

    def __init__(self) -> None:
        super().__init__("uasync bt", gdb.COMMAND_STACK)

    def invoke(self, argument: str, from_tty: bool) -> None:
        task = _find(argument.strip(), _tasks().tasks)
        if task.state == "running":
            raise gdb.GdbError(f"{task.name} is running: its coroutines are on the stack, which bt shows.")
        for level, frame in enumerate(task.frames):
            print(f"#{level:<2} {frame.coroutine.name} () at {_place(frame.place)}")
            for name, value in frame.coroutine.locals(frame.address):
                print(f"        {name} = {_short(value)}")

    def complete(self, text: str, word: str) -> Any:
        try:
            names = [task.name for task in Tasks().tasks]
        except gdb.GdbError:
            return gdb.COMPLETE_NONE
        return [name for name in names if name.startswith(text)]


def register() -> None:
    for command in (Uasync, Ps, Bt):
        command()


def _tasks() -> Tasks:
    tasks = Tasks()
    if not tasks.is_running:
        raise gdb.GdbError("No loop is running: the firmware has not come to run() yet, or it has returned.")
    return tasks


def _find(text: str, tasks: List[Task]) -> Task:
    if not text:
        raise gdb.GdbError("Which task? Give a name or a number that uasync ps shows.")
    if text.isdigit() and 1 <= int(text) <= len(tasks):
        return tasks[int(text) - 1]
    found = [(number, task) for number, task in enumerate(tasks, 1) if task.name == text]
    if not found:
        raise gdb.GdbError(f"There is no task {text}; uasync ps shows those that there are.")
    if len(found) > 1:
        numbers = ", ".join(str(number) for number, _ in found)
        raise gdb.GdbError(f"{len(found)} tasks have the name {text}; give one of the numbers {numbers}.")
    return found[0][1]


def _row(number: int, task: Task, now: Optional[int]) -> Sequence[str]:
    waits = task.waits_for or {"ready": "its turn", "waiting": "?"}.get(task.state) or ""
    held = f", held by {task.held_by}" if task.held_by is not None else ""
    return (
        str(number),
        task.name,
        task.loop or "",
        f"{task.state}, level {task.level}" if task.level else task.state,
        (f"{waits} ({task.variable})" if task.variable else waits) + held,
        _deadline(task.deadline, now),
        _place(task.place),
        str(task.size) if task.size is not None else "?",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if column == len(row) - 1 else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _place(place: Optional[Place]) -> str:
    return f"{place[0]}:{place[1]}" if place is not None else "?"


def _short(value: Any) -> str:
    try:
        return str(value.format_string(max_elements=8, max_depth=1, symbols=False))
    except gdb.error as error:
        return f"<{error}>"


def _now() -> Optional[int]:
    """Microseconds since power-on; None where the target has no timer of this kind, or cannot read it."""
    low, high = target.word(TIMER_LOW), target.word(TIMER_HIGH)
    return None if low is None or high is None else high << 32 | low


def _deadline(deadline: Optional[int], now: Optional[int]) -> str:
    if deadline is None:
        return ""
    if now is None:
        return f"{deadline / 1e6:.6f} s"
    left = deadline - now
    return f"in {_duration(left)}" if left >= 0 else f"{_duration(-left)} ago"


def _duration(micros: int) -> str:
    if micros < 1000:
        return f"{micros} us"
    return f"{micros / 1e3:.1f} ms" if micros < 999_950 else f"{micros / 1e6:.3f} s"
