"""`./uasync demo`: the tutorial's program on an emulated Pico: in the browser, in the terminal, or by a script."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from argparse import Namespace
from pathlib import Path
from typing import NoReturn, Optional, Sequence

from . import demo_page, micropython, own_programs, packages, page, project, values
from .errors import Failure, Interrupted, UsageError
from .options import Parser
from .page_server import PORT
from .run import OPTIONS, add_emulator_options, become_emulator, check_emulator_options
from .steps import Progress

IMAGE = "examples/05_queue"
PRESSES = ("1s", "1.5s", "1.7s", "4.7s")
HOLD = "100ms"
UNTIL = "8s"

WHAT = """The tutorial's program, examples/05_queue.cpp, on an emulated Raspberry Pi Pico with a button on GP15 and an LED on GP25.
The button's every press prints the milliseconds since the press before; the LED then blinks at that pace.
"""
OWN = "The programs in {folder} on an emulated Raspberry Pi Pico, beside the examples.\n"
FIRST_TIME = "First it is built; the first time this takes a few minutes, as compilers have to be installed.\n"
BY_HAND = "Press the space bar, wait a moment and press it again, as often as you like. q quits.\n"
BY_SCRIPT = (
    f"The button is pressed at {', '.join(PRESSES[:-1])} and {PRESSES[-1]} of simulated time, so you should see about 1000, 500, 200\n"
    "and 2000, which is the longest delay that the program takes."
)
NO_TERMINAL = "There is no terminal here from which to end it, so the demo runs headless (as with --headless).\n"


def parser() -> Parser:
    result = Parser(
        "demo",
        "[FOLDER] [--terminal | --headless] [options]",
        """
        Builds the tutorial's program, examples/05_queue.cpp, for the Raspberry Pi Pico and opens a page with an emulated one: press the
        button with the mouse or the space bar, and see the LED, the console and the tasks follow. The other examples are there too, and
        a firmware of your own can be dropped on the page. A program's source can be edited there; it is compiled on this machine and run
        again. Nothing leaves this machine; Ctrl-C ends it.

        FOLDER has programs of your own: a project as ./uasync new writes it, which is built first; or ELF files; or one .cpp file. They
        come first in the page's list, and are loaded anew when their ELF file changes. Nothing is written into the folder but its build.

        With MicroPython's image for the board RPI_PICO, the page runs the MicroPython version of an example beside it.
        """,
        """
        ./uasync demo                                      in the browser
        ./uasync demo my_app                               with the programs in the folder my_app
        ./uasync demo --micropython RPI_PICO.uf2           with MicroPython to be compared with
        ./uasync demo --terminal                           in this terminal
        ./uasync demo --headless                           a script presses the button
        ./uasync demo --headless --press GP15@2s+50ms --until 5s --json run.json
        """,
    )
    result.add_argument("folder", metavar="FOLDER", nargs="?", help="with programs of your own, for the page")
    how = result.add_mutually_exclusive_group()
    how.add_argument("--terminal", action="store_true", help="play in this terminal instead of the browser")
    how.add_argument("--headless", action="store_true", help="needs no terminal: a script presses the button, or your --press options")
    result.add_argument("--port", metavar="PORT", type=values.port, help=f"of the page's address on 127.0.0.1 ({PORT}, or a free one)")
    result.add_argument("--micropython", metavar="FILE", type=micropython.image, help="MicroPython's image for the Pico, for the page: a UF2, BIN or ELF file")
    result.add_argument("--no-browser", action="store_true", help="only print the address")
    result.add_common()
    add_emulator_options(result)
    return result


def main(arguments: Sequence[str]) -> int:
    reader = parser()
    options = reader.read(arguments)
    arguments = reader.attached(arguments)
    for_page = options.port is not None or options.no_browser or options.micropython is not None
    has_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    by_hand = options.terminal or options.interactive
    if (options.port is not None or options.no_browser) and (options.headless or by_hand):
        raise UsageError("--port and --no-browser are for the page; leave them out with --terminal and --headless")
    if options.headless and by_hand:
        raise UsageError("--headless and --interactive do not go together; leave out one of them")
    if options.folder is not None and (options.headless or by_hand):
        raise UsageError("FOLDER is for the page; for --terminal and --headless there is ./uasync run FIRMWARE.elf")
    if options.micropython is not None and (options.headless or by_hand):
        raise UsageError("--micropython is for the page; leave it out with --terminal and --headless")
    folder = None if options.folder is None else own_programs.check(options.folder)
    options.interactive = by_hand and has_terminal
    check_emulator_options(options)
    if options.headless or options.interactive or not (has_terminal or for_page or folder):
        print(WHAT)
        if options.interactive:
            print(BY_HAND)
            run_emulator(options, arguments, ["--interactive"])
        if not options.headless:
            print(NO_TERMINAL)
        run_headless(options, arguments)
    refuse_emulator_options(options)
    return serve(options, folder)


def run_headless(options: Namespace, arguments: Sequence[str]) -> NoReturn:
    more: list[str] = []
    if not options.press:
        more += [f"--press=GP15@{press}+{HOLD}" for press in PRESSES]
        print(BY_SCRIPT)
    if not options.until:
        more.append(f"--until={UNTIL}")
        print(f"It ends after {UNTIL} of simulated time; --until changes that.\n")
    run_emulator(options, arguments, more)


def run_emulator(options: Namespace, arguments: Sequence[str], more: Sequence[str]) -> NoReturn:
    own = ("--headless", "--terminal", "-v", "--verbose", "--interactive")
    image = built_image()
    Progress(options.verbose).run(
        [*packages.steps(page.PACKAGES), *project.emulator_steps(), project.build_step(page.PRESET, image.stem)]
    )
    print()
    become_emulator([str(image), *(word for word in arguments if word not in own), *more])


def refuse_emulator_options(options: Namespace) -> None:
    for name, _, _ in OPTIONS:
        if getattr(options, name.lstrip("-").replace("-", "_")):
            raise UsageError(f"{name} is for --terminal and --headless; add one of them, or leave it out: on the page there are buttons for it")


def built_image() -> Path:
    image = project.ROOT / "build" / page.PRESET / f"{IMAGE}.elf"
    if not image.exists():
        print(FIRST_TIME)
    return image


def serve(options: Namespace, folder: Optional[Path]) -> int:
    desk = demo_page.Desk(project.ROOT / "build" / "page", micropython=options.micropython)
    server = demo_page.listen(desk, options.port)  # first, as it may fail
    print(WHAT if folder is None else OWN.format(folder=values.shown(str(folder))))
    built_image()
    Progress(options.verbose).run(page.steps(desk.site))
    if folder is not None:
        Progress(options.verbose).run(own_programs.steps(folder))
        desk.own = own_programs.find(folder)
    if folder is not None and not desk.own:
        raise Failure(f"{values.shown(str(folder))}: its build writes no program for the Pico into build/{own_programs.PRESET}; see uasync_add_rp2040_image")
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    print(f"\nThe board is at {address}\nCtrl-C ends it.", flush=True)
    if not options.no_browser and can_open_browser():
        webbrowser.open(address)
    stop = threading.Event()
    threading.Thread(target=desk.watch, args=(stop,), daemon=True).start()
    try:
        server.serve_forever()
    except (Interrupted, KeyboardInterrupt):
        print()
    finally:
        stop.set()
        desk.close()
        server.server_close()
    return 0


def can_open_browser() -> bool:
    """Without a desktop a browser of the terminal might be opened, which cannot show the page and would take the terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
