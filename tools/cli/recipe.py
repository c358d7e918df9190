"""How a program is made of its sources, as its build knows it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence, Tuple

from .errors import Failure


@dataclass(frozen=True)
class Recipe:
    """A program that ninja builds, and those of its files that can be edited."""

    build: Path  # the folder with build.ninja
    image: Path  # the ELF file
    top: Path  # the folder of the files
    files: Tuple[str, ...]  # sources and headers, relative to it; the one that is read first is the first
    #: The source of the build in whose place the first file is compiled, if the build does not know that one.
    instead_of: Optional[Path] = None

    def commands(self) -> "tuple[dict[str, list[str]], list[list[str]]]":
        """The commands that compile files, by file, and those that make the image of what was compiled."""
        rows = self.rows()
        places = {os.path.realpath(self.top / name): name for name in self.files}
        if self.instead_of is not None:
            places = {os.path.realpath(self.instead_of): self.files[0]}
        compiles: "dict[str, list[str]]" = {}
        for command in (command for row in rows for command in row if is_compile(command)):
            name = places.get(os.path.realpath(self.build / after(command, "-c")))
            if name is not None:
                compiles[name] = command
        if not compiles or not rows[-1]:
            raise Failure(f"the build in {self.build} does not tell how {self.files[0]} is compiled; build the program anew")
        return compiles, [command for command in rows[-1] if "-o" in command or any(word.endswith("image.py") for word in command)]

    def rows(self) -> "list[list[list[str]]]":
        """All that the build runs to make the image, in order: a row is what it takes for one command. Empty if there is no such build."""
        return rows(self.build, self.image)


def sources(build: Path, image: Path) -> "list[Path]":
    """What a program itself is compiled of, without libraries."""
    own = re.compile(rf"CMakeFiles/{re.escape(image.stem)}\.dir/")
    commands = [command for row in rows(build, image) for command in row if is_compile(command)]
    return [build / after(command, "-c") for command in commands if own.search(after(command, "-o"))]


def rows(build: Path, image: Path) -> "list[list[list[str]]]":
    ask = ["ninja", "-t", "commands", os.path.relpath(image, build)]
    try:
        done = subprocess.run(ask, cwd=build, capture_output=True, text=True, errors="replace", timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return []
    return [split(row) for row in done.stdout.splitlines()] if done.returncode == 0 else []


def is_compile(command: Sequence[str]) -> bool:
    return "-c" in command[:-1] and "-o" in command[:-1]


def after(command: Sequence[str], option: str) -> str:
    return command[command.index(option) + 1]


def split(row: str) -> "list[list[str]]":
    """The commands that a row of a shell runs one after the other."""
    commands: "list[list[str]]" = [[]]
    try:
        words = shlex.split(row)
    except ValueError:
        return []
    for word in words:
        if word == "&&":
            commands.append([])
        else:
            commands[-1].append(word)
    return [command for command in commands if command not in ([], [":"])]
