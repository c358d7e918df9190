"""Runs an image with a weather sensor and a display, and reads what the display shows."""

import functools
import re

from .support import ROOT, run_script

FONT = ROOT / "src" / "device" / "font.cpp"


def run_weather(preset, name, milliseconds, steps=()):
    """What weather.mjs prints of an image."""
    return run_script("weather.mjs", preset, name, milliseconds, *steps)


@functools.lru_cache(maxsize=None)
def letters():
    """The character of each drawing of the font, which is eight rows of bits."""
    lines = re.findall(r'^    "([.# ]+)"', FONT.read_text(encoding="utf-8"), re.MULTILINE)
    found = {}
    for number in range(96):
        rows = lines[number // 8 * 8 : number // 8 * 8 + 8]
        drawn = [row.split(" ")[number % 8].replace(".", "0").replace("#", "1") for row in rows]
        found[tuple(int(row, 2) for row in drawn)] = chr(32 + number) if number < 95 else "°"
    return found


def words(picture, y):
    """The text whose characters are at a row, from the left edge on; ? is what no character looks like."""
    rows = [f"{int(row, 16):0128b}" for row in picture["rows"][y : y + 8]]
    cells = [tuple(int(row[x : x + 8], 2) for row in rows) for x in range(0, 128, 8)]
    return "".join(letters().get(cell, "?") for cell in cells).rstrip()
