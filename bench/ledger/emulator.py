"""How fast the emulator is, beside rp2040js, in the same process."""

from __future__ import annotations

import json

from .build import BENCH, ROOT, build, call, progress
from .files import Figures
from .pico import EMULATOR, build_emulator

PRESET = "pico-os"
# It never sleeps: a task that does not let go is what it shows.
BUSY = "02b_starving"


def measure(figures: Figures) -> None:
    build_emulator()
    build(PRESET, [BUSY])
    progress("running the emulator beside rp2040js")
    firmware = ROOT / "build" / PRESET / "examples" / f"{BUSY}.elf"
    megahertz = json.loads(call(["node", BENCH / "emulator" / "busy.mjs", EMULATOR, firmware]))
    figures["emulator.busy_mhz"] = megahertz["ours"]
    figures["emulator.busy_ratio"] = megahertz["ours"] / megahertz["rp2040js"]
    megahertz = json.loads(call(["node", BENCH / "emulator" / "pio.mjs", EMULATOR]))
    figures["emulator.pio_ratio"] = megahertz["ours"] / megahertz["rp2040js"]
