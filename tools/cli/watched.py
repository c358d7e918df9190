"""The program that `./uasync watch` builds again and again, and the files that it is made of."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence, Tuple

from . import values
from .errors import Failure, UsageError
from .project import ROOT
from .steps import Log

SUFFIXES = frozenset((".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".inc", ".s", ".ld", ".pio", ".cmake", ".json", ".txt"))
SKIPPED = re.compile(r"\.|build|cmake-build|node_modules|__pycache__")  # how folders begin that hold no sources
OF_CLONE = ("examples", "include", "src", "ports", "cmake", "CMakeLists.txt")
PRESET, PRESET_OF_CLONE = "pico", "pico-os"
EXAMPLE = "05_queue"


@dataclass(frozen=True)
class Program:
    folder: Path  # of the project
    preset: str
    target: Optional[str]  # None: everything
    sources: Tuple[Path, ...]

    @property
    def title(self) -> str:
        return self.target or self.folder.resolve().name

    @property
    def images(self) -> Path:
        built = self.folder / "build" / self.preset
        return built / "examples" if self.folder == ROOT else built

    def build(self, log: Log) -> None:
        if not (self.folder / "build" / self.preset / "build.ninja").exists():
            log.run(["cmake", "--preset", self.preset], cwd=self.folder)
        log.run(["cmake", "--build", "--preset", self.preset, *(["--target", self.target] if self.target else [])], cwd=self.folder)

    def image(self) -> Path:
        """The ELF file, once it is built."""
        if self.target is not None:
            image = self.images / f"{self.target}.elf"
            if not image.exists():
                raise Failure(f"the build wrote no {image}; is {self.target} a program for a board?")
            return image
        found = sorted(self.images.glob("*.elf"))
        if not found:
            raise Failure(f"the build wrote no program for a board into {self.images}; name the program, or another --preset")
        if len(found) > 1:
            raise Failure(f"the project has {len(found)} programs; name one: {', '.join(path.stem for path in found)}")
        return found[0]

    def snapshot(self) -> "dict[str, tuple[int, int]]":
        """Size and date of each source."""
        result: "dict[str, tuple[int, int]]" = {}
        for place in self.sources:
            look_at(place, result)
        return result

    def named(self, path: str) -> str:
        return values.shown(os.path.relpath(path, self.folder))


def look_at(place: Path, result: "dict[str, tuple[int, int]]") -> None:
    """Adds a file, or those of a folder. What vanishes meanwhile is left out."""
    if place.is_file():
        add(str(place), result)
        return
    for folder, inside, files in os.walk(place):
        inside[:] = [name for name in inside if not SKIPPED.match(name)]
        for name in files:
            if os.path.splitext(name)[1].lower() in SUFFIXES:
                add(os.path.join(folder, name), result)


def add(path: str, result: "dict[str, tuple[int, int]]") -> None:
    try:
        status = os.stat(path)
    except OSError:
        return
    result[path] = (status.st_mtime_ns, status.st_size)


def find(name: Optional[str], preset: Optional[str], here: Path) -> Program:
    """The program of the project in this folder, or an example of the clone."""
    if here.resolve() != ROOT and (here / "CMakePresets.json").exists():
        check_target(name)
        return Program(here, preset or PRESET, name, (here,))
    examples = sorted(path.stem for path in (ROOT / "examples").glob("*.cpp"))
    name = EXAMPLE if name is None else name
    if name not in examples:
        raise UsageError(
            f"there is no example '{values.shown(name)}', and no project in this folder; the examples are {', '.join(examples)}. "
            "For a program of your own, start in its project's folder"
        )
    return Program(ROOT, preset or PRESET_OF_CLONE, name, tuple(ROOT / place for place in OF_CLONE))


def check_target(name: Optional[str]) -> None:
    if name is not None and not re.fullmatch(r"[\w.+-]+", name):
        raise UsageError(f"'{values.shown(name)}' is not the name of a program; give the name that it has in CMakeLists.txt")


def changed(before: "dict[str, tuple[int, int]]", after: "dict[str, tuple[int, int]]") -> Sequence[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
