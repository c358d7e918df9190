"""How steps are shown while they run: a line each, and on a terminal a last line that is kept up to date."""

from __future__ import annotations

import os
import shutil
import threading
import time
from typing import Optional, Protocol, TextIO

CLEAR = "\r\x1b[K"


def format_seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


class Detail(Protocol):
    detail: str  # how far a step is


class Shown(Protocol):
    """A step at work."""

    head: str  # what its line begins with
    start: float

    @property
    def log(self) -> Detail: ...


class Display:
    """Each step has one line, printed when it ends, with the time that it took.

    On a terminal the last line shows the steps at work. Elsewhere a step that runs alone begins its line when it starts; those
    that run side by side print theirs when they end. In verbose mode there is a line at the start and one at the end.
    """

    def __init__(self, out: TextIO, verbose: bool) -> None:
        self.out = out
        self.verbose = verbose
        self.is_live = not verbose and out.isatty() and os.environ.get("TERM") != "dumb"
        self.lock = threading.RLock()
        self.running: list[Shown] = []
        self.opened: Optional[Shown] = None  # whose line has begun
        self.ended = threading.Event()
        self.thread: Optional[threading.Thread] = None

    def __enter__(self) -> Display:
        if self.is_live:
            self.ended.clear()
            self.thread = threading.Thread(target=self.keep_drawing, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.thread is not None:
            self.ended.set()
            self.thread.join()
            self.thread = None
        if self.running and not self.verbose:  # interrupted: what comes next begins its own line
            self.print_part("\n" if self.is_live or self.opened else "")
        self.running = []
        self.opened = None

    def begin(self, step: Shown, alone: bool) -> None:
        with self.lock:
            self.running.append(step)
            if self.verbose:
                self.print(step.head)
            elif self.is_live:
                self.draw()
            elif alone:
                self.opened = step
                self.write(f"{step.head} ")

    def end(self, step: Shown, how: str) -> None:
        with self.lock:
            self.running.remove(step)
            if self.is_live:
                self.write(f"{CLEAR}{step.head} {how}\n")
                self.draw()
            elif self.opened is step:
                self.opened = None
                self.write(f"{how}\n")
            else:
                self.write(f"{step.head} {how}\n")

    def keep_drawing(self) -> None:
        while not self.ended.wait(1):
            with self.lock:
                self.draw()

    def draw(self) -> None:
        """The steps at work, in one line, which must not be wider than the terminal: it could not be taken back."""
        if not self.running:
            return
        line = "   ".join(f"{step.head} {self.state(step)}" for step in self.running)
        self.write(CLEAR + line[: shutil.get_terminal_size().columns - 1])

    def state(self, step: Shown) -> str:
        seconds = format_seconds(int(time.monotonic() - step.start)).replace(".0 ", " ")
        return f"{step.log.detail}, {seconds}" if step.log.detail else seconds

    def print(self, text: str) -> None:
        self.print_part(text + "\n")

    def print_part(self, text: str) -> None:
        """Prints between the lines of steps."""
        if not text:
            return
        with self.lock:
            if self.is_live and self.running:
                self.write(CLEAR)
            self.write(text)
            if self.is_live and text.endswith("\n"):
                self.draw()

    def write(self, text: str) -> None:
        self.out.write(text)
        self.out.flush()
