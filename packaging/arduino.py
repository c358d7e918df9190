#!/usr/bin/env python3
"""Writes uasync as an Arduino library: a folder with headers and sources below src/, where the Arduino IDE looks for both.

    arduino.py FOLDER          writes FOLDER/uasync; put it into the folder `libraries` of your sketches

It has no port: your sketch brings the one for its core. docs/porting_to_your_board.md says how to write it.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write(folder: Path) -> Path:
    library = folder / "uasync"
    if library.exists():
        sys.exit(f"arduino.py: {library} exists; remove it, or give another folder")
    shutil.copytree(ROOT / "include" / "uasync", library / "src" / "uasync")
    shutil.copytree(ROOT / "src", library / "src" / "runtime")
    shutil.copytree(ROOT / "examples" / "port", library / "extras" / "port")
    for name in ("library.properties", "LICENSE", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, library / name)
    return library


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    print(f"written: {write(Path(sys.argv[1]))}")
