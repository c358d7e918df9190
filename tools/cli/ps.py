"""`./uasync ps`: the tasks of a firmware at a moment of its run. The emulator's own command line does it all."""

from __future__ import annotations

from argparse import Namespace
from typing import NoReturn, Sequence

from . import project, values
from .options import Parser
from .run import run_with_image


def parser() -> Parser:
    result = Parser(
        "ps",
        "IMAGE [options]",
        """
        Runs a firmware on an emulated Raspberry Pi Pico for a while and shows its tasks: what each waits for, since when, and at which
        line; how much memory it takes; how long it ran, how long its longest step took, and how often it was woken.

        A firmware tells nothing by itself and pays nothing for it: all is read from its memory. It must be made with uasync; with -g, as
        the presets have it, lines and objects are known too. Times are simulated time from power-on: 250us, 20ms, 1.5s.
        """,
        """
        ./uasync ps build/pico-os/examples/05_queue.elf --at 2s
        ./uasync ps firmware.elf --at 3s --press GP15@1s+100ms --json
        """,
    )
    result.add_argument("image", metavar="IMAGE", help="an ELF or UF2 file for the RP2040")
    result.add_argument("--at", metavar="TIME", type=values.time_to_run, help="when to look (1s)")
    result.add_argument(
        "--press",
        metavar="PIN@START+DURATION",
        type=values.press,
        action="append",
        help="press a button between PIN and ground: GP15@500ms+100ms; may be repeated",
    )
    result.add_argument("--json", action="store_true", help="print JSON instead of a table")
    result.add_help_option()
    return result


def main(arguments: Sequence[str]) -> NoReturn:
    run_with_image(parser(), project.EMULATOR / "dist" / "ps.js", arguments, check)


def check(options: Namespace) -> None:
    values.check_presses(options.press or [])
