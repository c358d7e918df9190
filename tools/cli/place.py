"""Where the command is: in a clone of the repository, or installed from the Debian package."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALLED = not (ROOT / "uasync").exists()  # the folder then has only parts of the tree, in the same places
COMMAND = "uasync" if INSTALLED else "./uasync"
INSTALLED_VERBS = ("run", "ps", "size")  # the others build or test what is in the repository


def worded(text: str) -> str:
    """The text with the command as it is called here. Texts are written with `./uasync`."""
    return text.replace("./uasync", COMMAND)


def version(root: Path = ROOT) -> str:
    """The version of uasync, from the one place that has it."""
    match = re.search(r"^project\(uasync VERSION ([\d.]+)", (root / "CMakeLists.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert match, "CMakeLists.txt has no project(uasync VERSION ...)"
    return match[1]
