"""`./uasync watch`: builds a program on each save, and runs it: on the emulated Pico or on a board."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from argparse import Namespace
from pathlib import Path
from typing import Callable, List, Optional, Sequence

from . import demo, firmware_file, packages, page, page_server, project, values, watched
from .errors import Failure, UsageError
from .flash import flash
from .machine import Machine, machine
from .options import Parser
from .steps import Progress, Step, end_process
from .watch_page import Builds, serve

PACKAGES = (*packages.BUILD, *packages.PICO)
PAUSE = 0.2  # seconds between two looks at the files
SETTLED = 0.1  # an editor that saves several files is given as long
UNTIL = "5s"

Start = Callable[[Path], "Optional[subprocess.Popen[bytes]]"]


def parser() -> Parser:
    result = Parser(
        "watch",
        "[PROGRAM] [--flash | --page] [options]",
        """
        Builds a program, runs it on the emulated Pico, and does so again each time a source is saved. A run that is still going is ended. Mistakes
        that the compiler finds are shown, and the next save is waited for. Ctrl-C ends it.

        PROGRAM is a target of the project in this folder, which needs a preset `pico`, or an example of uasync's. --flash copies it to a board instead; a
        program with a console over USB needs no hand for that. --page shows it on the page with the emulated board.
        """,
        """
        ./uasync watch 03_button --press GP15@1s+100ms
        cd ~/projects/hello && ~/uasync/uasync watch
        ~/uasync/uasync watch --flash
        """,
    )
    result.add_argument("program", metavar="PROGRAM", nargs="?", help=f"its name; in uasync's own folder {watched.EXAMPLE} without it")
    how = result.add_mutually_exclusive_group()
    how.add_argument("--flash", action="store_true", help="copy it to the board, which starts it")
    how.add_argument("--page", action="store_true", help="run it on the page with the emulated board, which is served to this machine only")
    result.add_argument("--preset", metavar="PRESET", type=preset, help=f"of CMake: what it is built for ({watched.PRESET}, in uasync's own folder {watched.PRESET_OF_CLONE})")
    result.add_argument("--until", metavar="TIME", type=values.time_to_run, help=f"end of each run on the emulated Pico, in simulated time ({UNTIL})")
    result.add_argument(
        "--press", metavar="PIN@START+DURATION", type=values.press, action="append", help="press a button in each run, as GP15@1s+100ms; may be repeated"
    )
    result.add_argument("--port", metavar="PORT", type=values.port, help=f"of the page's address on 127.0.0.1 ({page_server.PORT}, or a free one)")
    result.add_argument("--no-browser", action="store_true", help="with --page: only print the address")
    result.add_help_option()
    return result


def preset(text: str) -> str:
    if not text or not all(letter.isalnum() or letter in "-_." for letter in text):
        raise values.Wrong(f"'{values.shown(text)}' is not the name of a preset; see cmake --list-presets")
    return text


def main(arguments: Sequence[str]) -> int:
    reader = parser()
    options = reader.read(arguments)
    check(options)
    program = watched.find(options.program, options.preset, Path.cwd())
    if options.page:
        watch_on_page(program, options)
        return 0
    setup = packages.steps(PACKAGES if options.flash else (*PACKAGES, *packages.NODE))
    Progress().run([*setup, *([] if options.flash else project.emulator_steps())])
    Watch(program, machine, flash_it if options.flash else emulator(reader.attached(arguments))).run()
    return 0


def check(options: Namespace) -> None:
    """What no single option can see."""
    if (options.flash or options.page) and (options.until is not None or options.press):
        raise UsageError("--until and --press are for runs without a page or a board; leave them out")
    if not options.page and (options.port is not None or options.no_browser):
        raise UsageError("--port and --no-browser are for the page; add --page")
    values.check_presses(options.press or [])


def watch_on_page(program: watched.Program, options: Namespace) -> None:
    site = project.ROOT / "build" / "page"
    builds = Builds()
    server = serve(builds, options.port, site)
    try:
        Progress().run(page.steps(site))
        address = f"http://127.0.0.1:{server.server_address[1]}/?watch"
        print(f"\nThe board is at {address}\nCtrl-C ends it.", flush=True)
        if not options.no_browser and demo.can_open_browser():
            webbrowser.open(address)
        Watch(program, machine, builds.publish, builds.fail).run()
    finally:
        server.shutdown()
        server.server_close()


def flash_it(image: Path) -> None:
    uf2 = firmware_file.beside(image, str(image))
    flash(uf2, firmware_file.chip_of(uf2), None, None, machine)


def emulator(arguments: Sequence[str]) -> "Callable[[Path], subprocess.Popen[bytes]]":
    """Starts the emulator with those of the options that are its own."""
    own: List[str] = []
    words = iter(arguments)
    for word in words:
        name, attached, _ = word.partition("=")
        if name in ("--until", "--press"):
            own += [word] if attached else [word, next(words)]
    if not any(word.startswith("--until") for word in own):
        own.append(f"--until={UNTIL}")

    def start(image: Path) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(["node", str(project.RUNNER), str(image), *own], stdin=subprocess.DEVNULL)

    return start


class Watch:
    """Builds, starts, and waits for the next save, for ever."""

    def __init__(self, program: watched.Program, on: Machine, start: Start, failed: Callable[[], None] = lambda: None) -> None:
        self.program = program
        self.on = on
        self.start = start
        self.failed = failed
        self.running: "Optional[subprocess.Popen[bytes]]" = None

    def run(self) -> None:
        try:
            while True:
                before = self.program.snapshot()  # first, so that a save during the build counts
                self.once()
                saved = self.wait(before)
                self.end()
                more = f" and {len(saved) - 1} more" if len(saved) > 1 else ""
                print(f"\nsaved {self.program.named(saved[0])}{more}", flush=True)
        finally:
            self.end()

    def once(self) -> None:
        try:
            Progress().run([Step(f"building {self.program.title}", self.program.build)])
            print(flush=True)
            self.running = self.start(self.program.image())
        except Failure as failure:
            self.failed()
            print(f"uasync watch: {failure}", file=sys.stderr, flush=True)
        except OSError as error:
            print(f"uasync watch: {values.reason(error)}", file=sys.stderr, flush=True)

    def wait(self, before: "dict[str, tuple[int, int]]") -> Sequence[str]:
        """Until a source differs, and no other changes any more. Gives those that differ."""
        while True:
            now = self.program.snapshot()
            saved = watched.changed(before, now)
            if saved:
                self.on.sleep(SETTLED)
                if self.program.snapshot() == now:
                    return saved
            else:
                self.on.sleep(PAUSE)

    def end(self) -> None:
        if self.running is not None and self.running.poll() is None:
            end_process(self.running, whole_group=False)  # type: ignore[arg-type]  # of bytes or text does not matter
        self.running = None
