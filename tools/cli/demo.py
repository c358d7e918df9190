"""`./uasync demo`: the tutorial's program on an emulated Pico, with a button to press."""

import sys

from . import packages, project
from .options import Parser
from .run import add_emulator_options, become_emulator
from .steps import Progress

IMAGE = "examples/05_queue"
PRESSES = ("1s", "1.5s", "1.7s", "4.7s")
HOLD = "100ms"
UNTIL = "8s"

WHAT = """The tutorial's program, examples/05_queue.cpp, on an emulated Raspberry Pi Pico with a button on GP15 and an LED on GP25.
The button's every press prints the milliseconds since the press before; the LED then blinks at that pace.
"""
FIRST_TIME = "First it is built; the first time this takes a few minutes, as compilers have to be installed.\n"
BY_HAND = "Press the space bar, wait a moment and press it again, as often as you like. q quits.\n"
BY_SCRIPT = (
    f"The button is pressed at {', '.join(PRESSES[:-1])} and {PRESSES[-1]} of simulated time, so you should see about 1000, 500, 200\n"
    "and 2000, which is the longest delay that the program takes."
)
NO_TERMINAL = "There is no terminal here to read the space bar from, so the demo runs headless (as with --headless).\n"


def parser():
    result = Parser(
        "demo",
        "[--headless] [options]",
        """
        Builds the tutorial's program, examples/05_queue.cpp, for the Raspberry Pi Pico and runs it on an emulated one. You press
        the button with the space bar and watch the LED blink at the pace of your presses.
        """,
        """
        ./uasync demo                                      press the button yourself
        ./uasync demo --headless                           a script presses it
        ./uasync demo --headless --press GP15@2s+50ms --until 5s --json run.json
        """,
    )
    result.add_argument("--headless", action="store_true", help="needs no terminal: a script presses the button, or your --press options")
    result.add_common()
    add_emulator_options(result)
    return result


def main(arguments):
    options = parser().parse_args(arguments)
    print(WHAT)
    headless = options.headless
    if not headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(NO_TERMINAL)
        headless = True
    emulator_arguments = [word for word in arguments if word not in ("--headless", "-v", "--verbose", "--interactive")]
    if not headless:
        emulator_arguments.append("--interactive")
        print(BY_HAND)
    else:
        if not options.press:
            emulator_arguments += [f"--press=GP15@{press}+{HOLD}" for press in PRESSES]
            print(BY_SCRIPT)
        if not options.until:
            emulator_arguments.append(f"--until={UNTIL}")
            print(f"It ends after {UNTIL} of simulated time; --until changes that.\n")

    image = project.ROOT / "build" / "pico-os" / f"{IMAGE}.elf"
    if not image.exists():
        print(FIRST_TIME)
    Progress(options.verbose).run(
        [
            *packages.steps((*packages.BUILD, *packages.PICO, *packages.NODE)),
            *project.emulator_steps(),
            project.build_step("pico-os", image.stem),
        ]
    )
    print()
    become_emulator([str(image), *emulator_arguments])
