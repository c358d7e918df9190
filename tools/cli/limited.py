"""Commands that get so much time, memory and output and no more: for what somebody's browser asks for."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Sequence

LOOK = 0.1  # seconds between two looks at whether the result is still wanted
# The shell sets the limits and becomes the command: Python could do it only between fork and exec, which is not safe beside threads. A limit that a
# system does not have, as macOS that of memory, is not set.
LIMITED = 'ulimit -c 0; ulimit -t "$1"; ulimit -v "$2" 2>/dev/null; ulimit -f "$3"; shift 3; exec "$@"'


@dataclass(frozen=True)
class Limits:
    seconds: float = 20.0
    memory: int = 1_500_000_000  # bytes of address space of each process
    file: int = 100_000_000  # bytes of each file that is written
    output: int = 200_000  # bytes of what is printed


@dataclass(frozen=True)
class Ended:
    status: int
    output: str
    #: Why it did not come to its end: "time", "output" or "unwanted"; empty if it did.
    cut: str = ""


def run(
    words: Sequence[str], folder: Path, deadline: float, limits: Limits, is_wanted: Callable[[], bool] = lambda: True, env: Mapping[str, str] = {}
) -> Ended:
    """Runs a command until its end or the deadline (time.monotonic()), and ends all that it has started. Raises OSError if it cannot be started."""
    # Blocks of 512 bytes are POSIX's unit for files, and dash's; bash takes 1,024, so a file may be twice as long there.
    numbers = (str(int(limits.seconds) + 1), str(limits.memory // 1024), str(limits.file // 512))
    process = subprocess.Popen(
        ["/bin/sh", "-c", LIMITED, "sh", *numbers, *words],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    pieces = bytearray()
    cut = ""
    try:
        with process.stdout as out, selectors.DefaultSelector() as ready:
            ready.register(out, selectors.EVENT_READ)
            while not cut:
                if ready.select(LOOK):
                    piece = os.read(out.fileno(), 65536)
                    if not piece:
                        break
                    pieces += piece
                if len(pieces) > limits.output:
                    cut = "output"
                elif time.monotonic() > deadline:
                    cut = "time"
                elif not is_wanted():
                    cut = "unwanted"
            # It may have closed its output and go on.
            while not cut and process.poll() is None:
                cut = "time" if time.monotonic() > deadline else ""
                time.sleep(0.01)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return Ended(process.returncode, pieces[: limits.output].decode(errors="replace"), cut)
