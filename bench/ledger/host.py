"""Instructions, times and memory on Linux, of uasync and of what Debian packages of others, in one run.

A program of bench/host is called with an operation's name and how often; it prints lines of `name value`.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Mapping, Sequence

from .build import BENCH, ROOT, Failure, Word, build, call, progress
from .files import Figures

# Operations that are timed, and how often each system does them, so that each run takes some tenths of a second. Which system lacks an
# operation has no like of it. Posts are fewer: where there are more programs than cores, each burst of them waits for two threads' turns.
TIMED = {
    "switch": {"uasync": 30_000_000, "asio": 3_000_000, "libuv": 400_000, "glib": 300_000, "cpython": 200_000},
    "spawn_join": {"uasync": 4_000_000, "asio": 1_000_000, "cpython": 40_000},
    "await_child": {"uasync": 15_000_000, "asio": 10_000_000, "cpython": 2_000_000},
    "queue1": {"uasync": 8_000_000, "asio": 3_000_000, "cpython": 50_000},
    "queue128": {"uasync": 30_000_000, "asio": 10_000_000, "cpython": 400_000},
    "timer_insert_cancel": {"uasync": 8_000_000, "asio": 1_500_000, "libuv": 4_000_000, "glib": 500_000, "cpython": 50_000},
    "post": {"uasync": 200_000, "asio": 200_000, "libuv": 200_000, "glib": 50_000, "cpython": 20_000},
    "post_coalesced": {"uasync": 5_000_000, "libuv": 10_000_000},
}
# Operations whose instructions are counted, and what the program is called with. A post is counted with the call that it brings, both in the
# loop's thread: where two threads meet differs from run to run.
COUNTED = {
    "switch": "switch",
    "spawn_join": "spawn_join",
    "await_child": "await_child",
    "queue1": "queue1",
    "queue128": "queue128",
    "timer_insert_cancel": "timer_insert_cancel",
    "post": "post_own",
}
# How often the others do an operation under valgrind, and twice as often in the second of two runs. It slows CPython most.
COUNTED_TIMES = {"asio": 20_000, "libuv": 20_000, "glib": 20_000, "cpython": 2_000}
# Times that have a limit: uasync's share of another's time, the least of several runs of both.
SHARES = {"post": "asio", "post_coalesced": "libuv", "sleepers_1m_over": "asio"}
SHARE_REPEATS = 3

SLEEPERS = 1_000_000
REPEATS = 5

PROGRAMS = ROOT / "build" / "gcc" / "bench" / "host"
DEBIAN = {"asio": "libasio-dev", "libuv": "libuv1-dev", "glib": "libglib2.0-dev"}


def program(system: str, name: str) -> list[Word]:
    """The command that does the operations of a system."""
    if system == "cpython":
        return [sys.executable, BENCH / "host" / "cpython_bench.py"]
    return [PROGRAMS / ("asio_post_bench" if (system, name) == ("asio", "post") else f"{system}_bench")]


def run_operation(system: str, name: str, count: int) -> dict[str, float]:
    """What a program tells of an operation, as a map."""
    lines = call([*program(system, name), name, count]).split("\n")
    return {key: float(value) for key, value in (line.split() for line in lines if line)}


def instructions(system: str, operation: str, count: int) -> int:
    """User instructions of a whole run, by callgrind."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        command = ["env", "PYTHONHASHSEED=0", "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *program(system, operation)]
        call([*command, operation, count])
        totals = re.search(r"^totals: (\d+)", out.read_text(encoding="utf-8"), re.MULTILINE)
        if totals is None:
            raise Failure(f"callgrind counted nothing of {operation}")
        return int(totals[1])


def build_peers() -> list[str]:
    """The other systems that are there, built."""
    build("gcc", ["host_peers"])
    built = (PROGRAMS / "peers.txt").read_text(encoding="utf-8").split()
    for system, package in DEBIAN.items():
        if f"{system}_bench" not in built:
            progress(f"{system} is not installed (Debian: {package}), so it is left out")
    return [*(system for system in DEBIAN if f"{system}_bench" in built), "cpython"]


def instructions_each(system: str, operation: str, count: int) -> float:
    """Instructions of one operation. What is the same in both runs, such as filling the pool, cancels out; what is left is printing a
    time of more or fewer digits, which the last decimal would show."""
    once, twice = (instructions(system, operation, times) for times in (count, 2 * count))
    return round((twice - once) / count, 1)


def count_instructions(figures: Figures) -> None:
    for name, operation in COUNTED.items():
        progress(f"counting {name}")
        figures[f"host.{name}_instr"] = instructions_each("uasync", operation, 100_000)


def count_instructions_of_peers(figures: Figures, systems: Sequence[str]) -> None:
    """The same of the others, for what the loop's thread does alone."""
    for name in COUNTED:
        for system in systems:
            if name != "post" and system in TIMED[name]:
                progress(f"counting {name}: {system}")
                figures[f"host.{system}.{name}_instr"] = instructions_each(system, name, COUNTED_TIMES[system])


def tell(figures: Figures, system: str, figure: str, value: float) -> None:
    figures[f"host.{figure}" if system == "uasync" else f"host.{system}.{figure}"] = value


def is_timed(system: str, name: str, quick: bool) -> bool:
    """Whether a system's time is measured: all, or only those that the limits need."""
    return not quick or system in ("uasync", SHARES.get(name))


def repeats(name: str, quick: bool) -> int:
    if not quick:
        return REPEATS
    return SHARE_REPEATS if name in SHARES else 1


def tell_share(figures: Figures, name: str, values: Mapping[str, Sequence[float]]) -> None:
    """uasync's share of another's time. The least of each: what else the machine does only ever adds."""
    other = SHARES.get(name)
    if other is not None and other in values:
        figures[f"host.{name}_{other}_ratio"] = min(values["uasync"]) / min(values[other])


def time_operations(figures: Figures, systems: Sequence[str], quick: bool) -> None:
    for name, counts in TIMED.items():
        progress(f"timing {name}")
        timed = [system for system in counts if system in systems and is_timed(system, name, quick)]
        times: dict[str, list[float]] = {system: [] for system in timed}
        for _ in range(repeats(name, quick)):  # in turns, so that whatever else the machine does meets all alike
            for system in timed:
                times[system].append(run_operation(system, name, counts[system])["ns"])
        for system in timed:
            tell(figures, system, f"{name}_ns", statistics.median(times[system]))
        tell_share(figures, name, times)


def time_sleepers(figures: Figures, systems: Sequence[str], quick: bool) -> None:
    name = "sleepers_1m_over"
    timed = [system for system in systems if is_timed(system, name, quick)]
    slow = {"cpython"}  # a minute
    runs: dict[str, list[dict[str, float]]] = {system: [] for system in timed}
    for turn in range(SHARE_REPEATS):
        for system in timed:
            if turn == 0 or system not in slow:
                progress(f"timing a million sleeping tasks: {system}")
                runs[system].append(run_operation(system, "sleepers", SLEEPERS))
    figures["host.sleepers_1m_bytes"] = runs["uasync"][0]["pool_bytes"]
    for system in timed:
        tell(figures, system, "sleepers_1m_over_ms", statistics.median(run["over_ms"] for run in runs[system]))
        tell(figures, system, "sleepers_1m_cpu_ms", statistics.median(run["cpu_ms"] for run in runs[system]))
        tell(figures, system, "sleepers_1m_rss_bytes", runs[system][0]["rss_bytes"])
    tell_share(figures, name, {system: [run["over_ms"] for run in runs[system]] for system in timed})


def measure_instructions(figures: Figures, of_peers: bool = False) -> None:
    if shutil.which("valgrind") is None:
        raise Failure("valgrind is not installed")
    build("gcc", ["uasync_bench"])
    count_instructions(figures)
    if of_peers:
        count_instructions_of_peers(figures, build_peers())


def measure_times(figures: Figures, quick: bool) -> None:
    build("gcc", ["uasync_bench"])
    systems = ["uasync", *build_peers()]
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        progress(f"the machine is busy (load {load:.1f}, {cores} cores): times will be too long, those of sleeping tasks most of all")
    time_operations(figures, systems, quick)
    time_sleepers(figures, systems, quick)
