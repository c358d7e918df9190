"""How fast the emulator is, beside rp2040js, in the same process."""

from __future__ import annotations

import json
import os
import shutil

from .build import BENCH, ROOT, build, call, progress
from .files import Figures
from .pico import EMULATOR, build_emulator

PRESET = "pico-os"
# It never sleeps: a task that does not let go is what it shows.
BUSY = "02b_starving"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def measure(figures: Figures) -> None:
    build_emulator()
    build(PRESET, [BUSY])
    progress("running the emulator beside rp2040js")
    firmware = ROOT / "build" / PRESET / "examples" / f"{BUSY}.elf"
    measure_beside(figures, "emulator.busy", "busy.mjs", EMULATOR, firmware)
    browser = os.environ.get("UASYNC_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        progress("no Chromium: emulator.busy_chromium is left out")
    else:
        measure_beside(figures, "emulator.busy_chromium", "busy-chromium.mjs", EMULATOR, firmware, browser)
    measure_beside(figures, "emulator.pio", "pio.mjs", EMULATOR)


def measure_beside(figures: Figures, name: str, script: str, *arguments: str | os.PathLike[str]) -> None:
    """Megahertz, and how many times as many as rp2040js."""
    megahertz = json.loads(call(["node", BENCH / "emulator" / script, *arguments]))
    figures[f"{name}_mhz"] = megahertz["ours"]
    figures[f"{name}_ratio"] = megahertz["ours"] / megahertz["rp2040js"]
