"""Long work as numbered steps: one line each, with the time it takes.

What the commands of a step print is kept, and shown only if the step fails, or as it comes in verbose mode.
"""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, Optional

from .errors import Failure

# How ninja and ctest number what they do.
COUNTED_LINE = re.compile(r"^\s*(?:\[\s*)?(\d+)/(\d+)(?:\]| Test)")
SECONDS_TO_END = 5


class StepFailed(Failure):
    """A step that did not work; the message says what it was."""


@dataclass
class Step:
    title: str
    work: Callable  # called with the step's Log; what it returns is the outcome's value
    after: tuple = ()  # steps without which this one makes no sense


@dataclass
class Outcome:
    step: Step
    seconds: float = 0.0
    failed: bool = False
    not_run: bool = False
    value: object = None


def format_seconds(seconds):
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


@dataclass
class Log:
    """What a step writes to, and through which it runs commands."""

    show: Optional[Callable] = None  # called with each piece of output as it comes
    text: list = field(default_factory=list)
    detail: str = ""  # how far the step is, shown while it runs

    def write(self, text):
        self.text.append(text)
        if self.show:
            self.show(text)

    def run(self, command, cwd=None, env=None, may_fail=False, asks_user=False):
        """Runs a command to its end and gives its output. With `may_fail`, gives (status, output) instead of raising StepFailed.

        A command that asks the user, such as sudo, keeps the terminal.
        """
        command = [str(word) for word in command]
        self.write(f"$ {shlex.join(command)}\n")
        start = len(self.text)
        try:
            process = subprocess.Popen(
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
        try:
            with process.stdout:
                for line in process.stdout:
                    self.write(line)
                    counted = COUNTED_LINE.match(line)
                    if counted:
                        self.detail = f"{counted[1]}/{counted[2]}"
            status = process.wait()
        except BaseException:
            end_process(process, whole_group=not asks_user)
            raise
        self.detail = ""
        output = "".join(self.text[start:])
        if may_fail:
            return status, output
        if status != 0:
            raise StepFailed(f"{command[0]} ended with status {status}")
        return output


def end_process(process, whole_group):
    """Ends a command and, if it leads a group of its own, all that it has started."""

    def send(signal_number):
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


class Progress:
    """Runs steps and shows them: `[3/9] building for the Pico, gcc -Os … 12 s`."""

    def __init__(self, verbose=False, out=None):
        self.verbose = verbose
        self.out = out or sys.stdout
        self.is_terminal = self.out.isatty() and os.environ.get("TERM") != "dumb"

    def run(self, steps, keep_going=False):
        """Runs the steps in order and gives their outcomes.

        The first failure ends it; with `keep_going` only the steps after the failed one's are left out.
        """
        outcomes = []
        missing = []
        for number, step in enumerate(steps, 1):
            head = f"[{number}/{len(steps)}] {step.title} …"
            if any(other in missing for other in step.after):
                missing.append(step)
                outcomes.append(Outcome(step, not_run=True))
                self.print(f"{head} not run")
                continue
            outcome, error = self.run_step(step, head)
            outcomes.append(outcome)
            if error:
                missing.append(step)
                if not keep_going:
                    raise StepFailed(f"{step.title} failed: {error}") from None
                self.print(f"{step.title} failed: {error}")
        return outcomes

    def run_step(self, step, head):
        log = Log(show=self.print_part if self.verbose else None)
        outcome = Outcome(step)
        error = None
        start = time.monotonic()
        with self.line(head, log, start) as finish:
            try:
                outcome.value = step.work(log)
            except Failure as failure:
                outcome.failed = True
                error = failure
            outcome.seconds = time.monotonic() - start
            finish(f"{'FAILED, ' if error else ''}{format_seconds(outcome.seconds)}")
        if error:
            if not self.verbose:
                self.print_part("".join(log.text))
            outcome.value = getattr(error, "value", None)
        return outcome, error

    @contextlib.contextmanager
    def line(self, head, log, start):
        """The step's line; on a terminal it is kept up to date. Gives what to call with the line's end."""
        if self.verbose:
            self.print(head)
            yield lambda end: self.print(f"{head} {end}")
        elif not self.is_terminal:
            self.print_part(f"{head} ")
            yield self.print
        else:
            stopped = threading.Event()

            def draw(end):
                self.print_part(f"\r\x1b[K{head} {end}")

            def keep_drawing():
                while not stopped.wait(1):
                    seconds = format_seconds(int(time.monotonic() - start)).replace(".0 ", " ")
                    draw(f"{log.detail}, {seconds}" if log.detail else seconds)

            def finish(end):
                stopped.set()
                thread.join()
                draw(end + "\n")

            thread = threading.Thread(target=keep_drawing, daemon=True)
            self.print_part(head)
            thread.start()
            try:
                yield finish
            except BaseException:
                stopped.set()
                thread.join()
                self.print("")
                raise

    def print(self, text):
        self.print_part(text + "\n")

    def print_part(self, text):
        if text:
            self.out.write(text)
            self.out.flush()
