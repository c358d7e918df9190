"""The verbs, and how errors and signals end them."""

from __future__ import annotations

import importlib
import signal
import sys
from types import FrameType
from typing import Optional, Sequence, TextIO, cast

from . import values
from .errors import Failure, Interrupted
from .place import COMMAND, INSTALLED, INSTALLED_VERBS, version

VERBS = {
    "demo": "open the emulated Pico in the browser, with the tutorial's program and its tasks",
    "page": "write the page with the emulated board as a static site",
    "docs": "write the documentation as a site: the book, the API reference and the board page",
    "new": "write a small project of your own: a program, its test, CMake's files",
    "flash": "copy a program to a Pico, and start it",
    "console": "show what a board prints on its serial port, and type to it",
    "watch": "build a program and run it anew on each save",
    "run": "run any firmware on the emulated Pico",
    "ps": "the tasks of a firmware at a moment of its run, and what each waits for",
    "test": "build everything and run every test",
    "bench": "measure speed and size, beside the limits and other libraries",
    "size": "flash and RAM of a firmware by part, and the size of every coroutine's frame",
}

HELP = """uasync: asyncio for microcontrollers, in C++

Usage: ./uasync VERB [options]

Verbs:
{verbs}

Start with `./uasync demo`. What a verb needs is installed when it is missing, after it was said.
`./uasync VERB --help` tells more about a verb.
"""

INSTALLED_HELP = """uasync: asyncio for microcontrollers, in C++

Usage: uasync VERB [options]

Verbs:
{verbs}

`uasync VERB --help` tells more about a verb. A clone of uasync's repository has more verbs.
The gdb commands that show tasks: source /usr/share/uasync/tools/gdb/uasync.py
"""

MODULES = {"test": "check"}  # a module named `test` would be taken for a test by many a tool


def help_text() -> str:
    verbs = "\n".join(f"  {name:<7} {text}" for name, text in VERBS.items() if name in here())
    return (INSTALLED_HELP if INSTALLED else HELP).format(verbs=verbs)


def here() -> Sequence[str]:
    """The verbs that work here."""
    return INSTALLED_VERBS if INSTALLED else tuple(VERBS)


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; gives the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    # The step's mark is not in ASCII; where the locale has no better, it is replaced instead of being an error.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[attr-defined]  # what Python opens as sys.stdout has it
    verb = arguments[0] if arguments else "--help"
    name = f"uasync {verb}" if verb in VERBS else "uasync"
    try:
        return dispatch(verb, arguments[1:])
    except Failure as failure:
        complain(f"{name}: {failure}")
        return failure.status
    except Interrupted as end:
        complain(f"\n{name}: interrupted")
        return end.status
    except BrokenPipeError:  # a reader that went away, such as `head`
        sys.stdout = cast(TextIO, None)  # so that Python does not flush it at the end
        return 1
    except OSError as error:  # a full disk, say
        complain(f"{name}: {'' if error.filename is None else values.shown(str(error.filename)) + ': '}{values.reason(error)}")
        return 1


def dispatch(verb: str, arguments: Sequence[str]) -> int:
    if verb in ("-h", "--help", "help"):
        print(help_text(), end="")
        return 0
    if verb == "--version":
        print(f"uasync {version()}")
        return 0
    if verb not in here():
        if verb in VERBS:
            complain(f"uasync: '{verb}' works in a clone of uasync's repository only, as ./uasync {verb}; the verbs here are {', '.join(here())}")
            return 2
        what = "option" if verb.startswith("-") else "verb"
        complain(f"uasync: unknown {what} '{values.shown(verb)}'; the verbs are {', '.join(here())} (see {COMMAND} --help)")
        return 2
    module = importlib.import_module(f".{MODULES.get(verb, verb)}", __package__)
    status: Optional[int] = module.main(arguments)
    return status or 0


def complain(message: str) -> None:
    sys.stdout.flush()
    print(message, file=sys.stderr)


def interrupt(number: int, frame: Optional[FrameType]) -> None:
    del frame
    raise Interrupted(number)
