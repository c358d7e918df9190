"""The README's figures: what stands between its two comments is written here, from what was measured."""

from __future__ import annotations

from typing import Iterator, Mapping, Optional

from . import books
from .build import ROOT, Failure
from .files import Figures, load_peers

README = ROOT / "README.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"

# Rows of the tables: what is measured, its figure, and what to write after a peer's figure (None: not even that).
PICO: tuple[tuple[str, str, Mapping[str, Optional[str]]], ...] = (
    ("task switch, cycles", "pico.os.switch_cycles", {}),
    ("the same at `-O2`", "pico.o2.switch_cycles", {"MicroPython 1.28": None, "FreeRTOS 11.3": None}),
    ("queue put until the waiting getter runs, cycles", "pico.os.put_to_getter_cycles", {}),
    ("GPIO edge until the waiting task runs, cycles", "pico.os.edge_to_task_cycles", {}),
    ("await a child, its frame from the pool, cycles", "pico.os.await_child_cycles", {}),
    ("one wake by a timer, from sleep to sleep, cycles", "pico.os.wake_cycles", {}),
    ("RAM of one more sleeping task, bytes", "pico.os.sleeping_task_bytes", {"MicroPython 1.28": " to 176"}),
    ("the program above: flash, bytes", "pico.os.demo_flash_bytes", {}),
    ("the program above: static RAM without stack, bytes", "pico.os.demo_ram_bytes", {"MicroPython 1.28": " and a heap"}),
    ("stack growth over 100,000 awaits that finish at once, bytes", "pico.os.stack_100k_awaits_bytes", {}),
    (
        "`sleep_ms(1)` in a loop beside ten tasks: latest wake-up, µs",
        "pico.os.sleep1ms_late_max_us",
        {"MicroPython 1.28": "; 23,600 in a collection"},
    ),
)
# The figure that is told, if another machine has the same (not times); and that whose ratio to the best peer's is told.
HOST: tuple[tuple[str, Optional[str], str], ...] = (
    ("task switch", "host.switch_instr", "host.switch_ns"),
    ("create a task and await it", "host.spawn_join_instr", "host.spawn_join_ns"),
    ("await a child", "host.await_child_instr", "host.await_child_ns"),
    ("a message through a queue of 1", "host.queue1_instr", "host.queue1_ns"),
    ("a message through a queue of 128", "host.queue128_instr", "host.queue128_ns"),
    ("set a timer among 1,000 and stop it", "host.timer_insert_cancel_instr", "host.timer_insert_cancel_ns"),
    ("call a function on a busy loop from another thread", "host.post_instr", "host.post_ns"),
    ("tell a busy loop about a newer value from another thread", None, "host.post_coalesced_ns"),
    ("a million tasks that sleep for up to 1 s: time beyond the second", None, "host.sleepers_1m_over_ms"),
    ("the same: bytes per task", "host.sleepers_1m_bytes", "host.sleepers_1m_rss_bytes"),
)


def row(*cells: str) -> str:
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)


def pico_table(figures: Figures, peers: Mapping[str, Figures]) -> Iterator[str]:
    systems = ("MicroPython 1.28", "FreeRTOS 11.3")
    yield row("on the emulated Pico", "uasync", *systems)
    yield "|---|---|---|---|"
    for title, name, notes in PICO:
        others = books.peers_of(name, peers)
        cells = []
        for system in systems:
            note = notes.get(system, "")
            cells.append(f"{others[system]:,}{note}" if system in others and note is not None else "")
        yield row(title, f"{round(figures[name]):,}", *cells)


def host_table(figures: Figures) -> Iterator[str]:
    yield row("on one Linux core, x86-64", "uasync", "best peer in the same run")
    yield "|---|---|---|"
    for title, told, compared in HOST:
        own = best = ""
        if told is not None:
            own = f"{round(figures[told]):,} {'bytes' if told.endswith('_bytes') else 'instructions'}"
        if (found := books.best_ratio(compared, figures)) is not None:
            other, ratio = found
            times = f"{round(ratio):,}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"
            best = f"{other}: {times} ×"
        yield row(title, own, best)


def block(figures: Figures, peers: Mapping[str, Figures]) -> str:
    """What stands between the comments."""
    explained = (
        "The peers are Asio, libuv, GLib's main loop and CPython's asyncio in Debian 12. The last column names the best of them, with its CPU time, time\n"
        "or memory as a multiple of uasync's on the same machine. libuv and GLib have no tasks; where a row needs one, a callback stands in for it."
    )
    return "\n".join(["", *pico_table(figures, peers), "", *host_table(figures), "", explained, "", ""])


def write(figures: Figures) -> None:
    names = [name for _, name, _ in PICO] + [name for _, *pair in HOST for name in pair if name is not None]
    missing = [name for name in names if name not in figures]
    if missing:
        raise Failure(f"the README needs figures that were not measured: {', '.join(missing)}")
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Failure("README.md has no place for figures")
    README.write_text(before + begin + block(figures, load_peers(books.PEERS)["figures"]) + end + after, encoding="utf-8")
