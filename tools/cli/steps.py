"""Long work as numbered steps: one line each, with the time it takes.

What the commands of a step print is kept, and shown only if the step fails, or as it comes in verbose mode. Steps that use a part
of the machine run side by side.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Callable, List, Literal, Mapping, Optional, Sequence, TextIO, Tuple, Union, cast, overload

from .display import Display, format_seconds
from .errors import Failure

# How ninja and ctest number what they do.
COUNTED_LINE = re.compile(r"^\s*(?:\[\s*)?(\d+)/(\d+)(?:\]| Test)")
SECONDS_TO_END = 5
# A tenth of the processor for what gives way, where two want it: enough to come to an end before anyone loses patience.
NICE = 10

Word = Union[str, int, Path]  # of a command


class StepFailed(Failure):
    """A step that did not work; the message says what it was."""


@dataclass
class Step:
    title: str
    work: Callable[[Log], Any]  # called with the step's Log; what it returns is the outcome's value
    after: Tuple[Step, ...] = ()  # steps that have to succeed before this one can start
    cores: Optional[int] = None  # how many cores it keeps busy; None: all of them, so that nothing runs beside it
    gives_way: bool = False  # its commands have a lower priority than those of other steps
    undisturbed: bool = False  # nothing runs beside it but what gives way


@dataclass
class Outcome:
    step: Step
    seconds: float = 0.0
    failed: bool = False
    not_run: bool = False
    value: object = None


@dataclass
class Log:
    """What a step writes to, and through which it runs commands."""

    show: Optional[Callable[[str], None]] = None  # called with each piece of output as it comes
    text: List[str] = field(default_factory=list)
    detail: str = ""  # how far the step is, shown while it runs
    process: Optional[subprocess.Popen[str]] = None  # the command that runs
    whole_group: bool = True  # whether that leads a process group
    gives_way: bool = False
    stopped: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, text: str) -> None:
        self.text.append(text)
        if self.show:
            self.show(text)

    @overload
    def run(
        self,
        words: Sequence[Word],
        cwd: Optional[Path] = None,
        env: Optional[Mapping[str, str]] = None,
        may_fail: Literal[False] = False,
        asks_user: bool = False,
    ) -> str: ...

    @overload
    def run(
        self,
        words: Sequence[Word],
        cwd: Optional[Path] = None,
        env: Optional[Mapping[str, str]] = None,
        *,
        may_fail: Literal[True],
        asks_user: bool = False,
    ) -> Tuple[int, str]: ...

    def run(
        self,
        words: Sequence[Word],
        cwd: Optional[Path] = None,
        env: Optional[Mapping[str, str]] = None,
        may_fail: bool = False,
        asks_user: bool = False,
    ) -> Union[str, Tuple[int, str]]:
        """Runs a command to its end and gives its output. With `may_fail`, gives (status, output) instead of raising StepFailed.

        A command that asks the user, such as sudo, keeps the terminal.
        """
        command = [str(word) for word in words]
        self.write(f"$ {shlex.join(command)}\n")
        if self.gives_way:
            command = ["nice", "-n", str(NICE), *command]
        start = len(self.text)
        process = self.start(command, cwd, env, asks_user)
        try:
            with cast(IO[str], process.stdout) as output_of_it:
                for line in output_of_it:
                    self.write(line)
                    counted = COUNTED_LINE.match(line)
                    if counted:
                        self.detail = f"{counted[1]}/{counted[2]}"
            status = process.wait()
        except BaseException:
            end_process(process, self.whole_group)
            raise
        self.detail = ""
        if self.stopped:
            raise StepFailed("stopped")
        output = "".join(self.text[start:])
        if may_fail:
            return status, output
        if status != 0:
            raise StepFailed(f"{words[0]} ended with status {status}")
        return output

    def start(
        self, command: Sequence[str], cwd: Optional[Path], env: Optional[Mapping[str, str]], asks_user: bool
    ) -> subprocess.Popen[str]:
        with self.lock:
            if self.stopped:
                raise StepFailed("stopped")
            self.whole_group = not asks_user
            try:
                self.process = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env={**os.environ, **env} if env else None,
                    stdin=None if asks_user else subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                    start_new_session=not asks_user,
                )
            except OSError as error:
                raise StepFailed(f"{command[0]} could not be started: {error.strerror}") from None
            if self.gives_way and self.whole_group:
                # Where Linux shares the processor between sessions first (sched_autogroup_enabled), their own priority is what counts.
                with contextlib.suppress(OSError):
                    Path(f"/proc/{self.process.pid}/autogroup").write_text(str(NICE), encoding="ascii")
            return self.process

    def stop(self) -> None:
        """Called from another thread: ends the command that runs, and lets the step start no other."""
        with self.lock:
            self.stopped = True
        if self.process is not None and self.process.returncode is None:
            end_process(self.process, self.whole_group)


def end_process(process: subprocess.Popen[str], whole_group: bool) -> None:
    """Ends a command and, if it leads a group of its own, all that it has started."""

    def send(signal_number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if whole_group:
                os.killpg(process.pid, signal_number)
            else:
                process.send_signal(signal_number)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        send(signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)
            break
    send(signal.SIGKILL)  # to what is left: some commands ignore the others
    process.wait()


@dataclass
class Running:
    """A step at work, in a thread of its own."""

    step: Step
    head: str  # what its line begins with
    log: Log
    outcome: Outcome
    cores: int
    thread: Optional[threading.Thread] = None
    start: float = field(default_factory=time.monotonic)
    error: Optional[BaseException] = None

    def work(self, done: queue.SimpleQueue[Running]) -> None:
        try:
            self.outcome.value = self.step.work(self.log)
        except BaseException as error:  # raised again by the main thread, unless it is a Failure
            self.error = error
        self.outcome.seconds = time.monotonic() - self.start
        done.put(self)


class Progress:
    """Runs steps and shows them: `[3/9] building for the Pico, gcc -Os … 12 s`."""

    def __init__(self, verbose: bool = False, out: Optional[TextIO] = None, cores: Optional[int] = None) -> None:
        self.verbose = verbose
        # In verbose mode one step at a time, as output that comes from several at once could not be read.
        self.cores = 1 if verbose else cores or os.cpu_count() or 1
        self.display = Display(out or sys.stdout, verbose)

    def run(self, steps: Sequence[Step], keep_going: bool = False) -> list[Outcome]:
        """Runs the steps and gives their outcomes, in the order of the steps.

        A step starts when those that it comes after have succeeded and enough cores are free; the first in the list goes first.
        So steps that keep all cores busy run alone, one after the other, and an undisturbed one alone or beside what gives way. The
        first failure ends it; with `keep_going` only the steps after the failed one's are left out.
        """
        heads = {id(step): f"[{number}/{len(steps)}] {step.title} …" for number, step in enumerate(steps, 1)}
        outcomes: dict[int, Outcome] = {}
        running: list[Running] = []
        done: queue.SimpleQueue[Running] = queue.SimpleQueue()
        try:
            with self.display:
                while len(outcomes) < len(steps):
                    for step in steps:
                        if id(step) not in outcomes and not any(step is other.step for other in running):
                            self.consider(step, heads[id(step)], steps, outcomes, running, done)
                    if running:
                        finished = done.get()
                        running.remove(finished)
                        outcomes[id(finished.step)] = finished.outcome
                        self.finish(finished, keep_going)
        finally:
            for other in running:
                other.log.stop()
            for other in running:
                if other.thread is not None:
                    other.thread.join(SECONDS_TO_END)
        return [outcomes[id(step)] for step in steps]

    def consider(
        self,
        step: Step,
        head: str,
        steps: Sequence[Step],
        outcomes: dict[int, Outcome],
        running: list[Running],
        done: queue.SimpleQueue[Running],
    ) -> None:
        """Starts a step if it can start, or leaves it out if it never can."""
        first = [other for other in steps if any(other is one for one in step.after)]
        before = [outcomes.get(id(other)) for other in first]
        if any(outcome and (outcome.failed or outcome.not_run) for outcome in before):
            outcomes[id(step)] = Outcome(step, not_run=True)
            self.display.print(f"{head} not run")
            return
        cores = min(step.cores or self.cores, self.cores)
        if not all(before) or cores > self.cores - sum(other.cores for other in running):
            return
        beside = [other.step for other in running]
        if step.undisturbed and not all(other.gives_way for other in beside):
            return
        if not step.gives_way and any(other.undisturbed for other in beside):
            return
        log = Log(show=self.display.print_part if self.verbose else None, gives_way=step.gives_way)
        new = Running(step, head, log, Outcome(step), cores)
        new.thread = threading.Thread(target=new.work, args=(done,), daemon=True)
        running.append(new)
        self.display.begin(new, alone=cores == self.cores)
        new.thread.start()

    def finish(self, finished: Running, keep_going: bool) -> None:
        """Shows how a step ended: in one line, and all that it printed if it failed."""
        error, outcome = finished.error, finished.outcome
        if error is not None and not isinstance(error, Failure):
            raise error
        outcome.failed = error is not None
        self.display.end(finished, f"{'FAILED, ' if error else ''}{format_seconds(outcome.seconds)}")
        if error is None:
            return
        outcome.value = getattr(error, "value", None)
        if not self.verbose:
            text = "".join(finished.log.text)
            self.display.print_part(text if not text or text.endswith("\n") else text + "\n")
        if not keep_going:
            raise StepFailed(f"{finished.step.title} failed: {error}") from None
        self.display.print(f"{finished.step.title} failed: {error}")
