"""`./uasync run`: any firmware on the emulated Pico. The emulator's own command line does it all."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Callable, NoReturn, Sequence

from . import packages, project, values
from .errors import UsageError
from .options import Parser
from .steps import Progress

# The options of the emulator's command line: name, value, meaning. It reads them itself; they are here for the help and so that
# a wrong one is told before anything is built.
OPTIONS = (
    ("--press", "PIN@START+DURATION", "press a button between PIN and ground, as GP15@1s+100ms; may be repeated"),
    ("--input", "TEXT@TIME", "send text to UART0, as fast as its baud rate: 'hello\\n@1s'; to another port as 'UART1:hello\\n@1s' or "
     "'USB:\\x03@1s' (Ctrl-C), which waits for the port to be open; may be repeated"),
    ("--drive", "PIN@TIME=LEVEL", "drive PIN from outside, as GP4@1s=1; z instead of 0 or 1 lets go of it; may be repeated"),
    ("--wire", "PIN-PIN", "connect two pins, as GP4-GP3; may be repeated"),
    ("--analog", "PIN@TIME=VOLTS", "put a voltage on GP26 to GP29, as GP26@0s=1.65V; may be repeated"),
    ("--expect", "TEXT", "end as soon as the firmware has printed TEXT, with status 1 if it does not; may be repeated: one after the other"),
    ("--within", "TIME", "how long to wait for --expect, in simulated time"),
    ("--flash", "FILE", "keep the contents of the flash in FILE: 2 MB, to which the image is written first; a new one is erased"),
    ("--until", "TIME", "end at this simulated time; otherwise run until the firmware ends by itself: at a breakpoint, "
     "in a crash, or asleep with nothing left to wake it"),
    ("--json", "FILE", "write the console, the pins' edges and how the run ended, with times"),
    ("--vcd", "FILE", "write the pins' waveforms, for GTKWave and other viewers"),
    ("--trace", "FILE", "write what the tasks did and who woke them, for ui.perfetto.dev and chrome://tracing"),
    ("--quiet", None, "do not print the console"),
    ("--interactive", None, "run in real time in this terminal: space presses the button, q quits"),
    ("--led", "PIN", "the LED shown by --interactive (GP25)"),
    ("--button", "PIN", "the button pressed by --interactive (GP15)"),
    ("--gdb", "PORT", "wait for gdb on this TCP port of this machine, and run the firmware as it says; 0 takes any free port"),
)
READERS = {
    "--press": values.press,
    "--input": values.input_text,
    "--drive": values.drive,
    "--wire": values.wire,
    "--analog": values.analog,
    "--expect": values.expected,
    "--within": values.time_to_run,
    "--flash": values.flash_file,
    "--until": values.time_to_run,
    "--json": values.output_file,
    "--vcd": values.output_file,
    "--trace": values.output_file,
    "--led": values.pin,
    "--button": values.button_pin,
    "--gdb": values.port,
}


def add_emulator_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("options of the emulator")
    for name, value, text in OPTIONS:
        if value:
            group.add_argument(name, metavar=value, type=READERS[name], action="append", help=text)
        else:
            group.add_argument(name, action="store_true", help=text)


def check_emulator_options(options: Namespace) -> None:
    """What no single option can see."""
    values.check_presses(options.press or [])
    for name, given in (("--gdb", options.gdb), ("--interactive", options.interactive)):
        if options.expect and given:
            raise UsageError(f"--expect and {name} do not go together; leave out one of them")
    if options.within and not options.expect:
        raise UsageError("--within is for --expect; add it, or write --until")
    if not options.interactive:
        return
    if options.gdb:
        raise UsageError("--gdb and --interactive do not go together; leave out one of them")
    if not sys.stdin.isatty():
        raise UsageError("--interactive needs a terminal for its keys; without one, leave it out (for the demo: --headless)")


def parser() -> Parser:
    result = Parser(
        "run",
        "IMAGE [options]",
        """
        Runs a firmware on an emulated Raspberry Pi Pico and prints what it sends over its UARTs and USB. The run is deterministic: the
        same image with the same presses and input does the same, to the cycle.

        Times are simulated time from power-on and have a unit: 250us, 20ms, 1.5s. Pins are GP0 to GP29.

        Exit status: 0 if the firmware ended well, the time was up or --expect is met, 1 if --expect is not met, 2 for a wrong option
        or image, 3 if the firmware crashed, 130 after Ctrl-C.
        """,
        """
        ./uasync run build/pico-os/examples/05_queue.elf --until 8s
        ./uasync run firmware.uf2 --press GP15@1s+100ms --press GP15@1.5s+100ms --until 3s
        ./uasync run firmware.elf --until 2s --quiet --json run.json --vcd run.vcd
        ./uasync run firmware.elf --input 'USB:help\\n@1s' --expect ready --within 2s
        ./uasync run build/pico-os/examples/05_queue.elf --gdb 3333
        """,
    )
    result.add_argument("image", metavar="IMAGE", help="an ELF or UF2 file for the RP2040")
    add_emulator_options(result)
    result.add_help_option()
    return result


def main(arguments: Sequence[str]) -> NoReturn:
    run_with_image(parser(), project.RUNNER, arguments, check_emulator_options)


def run_with_image(parser: Parser, script: Path, arguments: Sequence[str], check: Callable[[Namespace], None]) -> NoReturn:
    """Goes on as a script of the emulator that takes an image, once the command line is right and the emulator there."""
    options = parser.read(arguments)
    values.check_image(options.image)
    check(options)
    Progress().run([*packages.steps(packages.NODE), *project.emulator_steps()])
    become_emulator(parser.attached(arguments), script)


def become_emulator(arguments: Sequence[str], script: Path = project.RUNNER) -> NoReturn:
    """Goes on as the emulator, which then has the terminal, the signals and the exit status."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvp("node", ["node", str(script), *arguments])
