"""Programs of the user's own on the page with the emulated board: what is in a folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence
from urllib.parse import quote

from . import page, values
from .errors import UsageError
from .project import ROOT
from .recipe import Recipe, sources
from .recompile import Recompiler
from .steps import Log, Step, StepFailed

PRESET = "pico"
HEADERS = (".hpp", ".h", ".hh")
MOST_FILES = 50
SINGLE = "05_queue"  # the example that a single source is compiled as


@dataclass(frozen=True)
class Program:
    """What the page shows under a name."""

    name: str
    folder: Path
    image: Path
    recipe: Optional[Recipe] = None  # None: it is an image only, and cannot be compiled anew
    board: Optional[Path] = None
    is_single: bool = False  # a source without a build of its own

    @property
    def source(self) -> Optional[Path]:
        """The source that has no build of its own, and is compiled whenever it changes."""
        return self.recipe.top / self.recipe.files[0] if self.is_single and self.recipe is not None else None

    def entry(self) -> "dict[str, object]":
        """For the list of the page."""
        entry: "dict[str, object]" = {
            "name": self.name,
            "title": f"{self.name}, your own",
            "summary": f"{self.name}, a program of your own. It is loaded anew when {self.image.name} changes.",
            "todo": "",
            "image": f"own/{self.name}.elf",
            "own": True,
        }
        if self.recipe is not None:
            entry["files"] = [{"name": name, "address": quote(f"own/{self.name}/{name}")} for name in self.recipe.files]
        if self.board is not None:
            entry["board"] = f"own/{self.name}.board.json"
        return entry

    def files(self) -> "dict[str, Path]":
        """What the page may ask for, by the name under which it does."""
        files = {f"{self.name}.elf": self.image, f"{self.name}.board.json": self.board}
        if self.recipe is not None:
            files.update({f"{self.name}/{name}": self.recipe.top / name for name in self.recipe.files})
        return {name: path for name, path in files.items() if path is not None}

    def read(self, name: str) -> Optional[bytes]:
        """A file that the page asks for; None if there is none, or if a link leads out of the folder to it."""
        path = self.files().get(name)
        if path is None or not (is_inside(path, self.folder) or self.is_single and path == self.image):
            return None
        try:
            return path.read_bytes()
        except OSError:  # it is just being written anew
            return None


def check(text: str) -> Path:
    """A folder with programs: of one of the three kinds that there are."""
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise UsageError(f"{values.shown(text)}: no such folder; give one that ./uasync new has written, or one with an ELF file or a .cpp file")
    if is_project(folder) or inside(folder, "*.elf"):
        return folder
    sources = inside(folder, "*.cpp")
    if len(sources) == 1:
        return folder
    found = f"{len(sources)} .cpp files and no CMakePresets.json" if sources else "neither CMakePresets.json nor an ELF file nor a .cpp file"
    raise UsageError(f"{values.shown(text)}: has {found}; ./uasync new NAME writes a project")


def is_project(folder: Path) -> bool:
    return (folder / "CMakePresets.json").is_file()


def steps(folder: Path) -> "list[Step]":
    """What builds the folder's programs, once uasync's own are built."""
    if is_project(folder):
        return [Step(f"building {folder.resolve().name}", lambda log: build(folder, log))]
    if inside(folder, "*.elf"):
        return []
    program = find(folder)[0]
    return [Step(f"building {program.name}", lambda log: build_single(program, log))]


def build(folder: Path, log: Log) -> None:
    if not (folder / "build" / PRESET / "build.ninja").exists():
        log.run(["cmake", "--preset", PRESET], cwd=folder)
    log.run(["cmake", "--build", "--preset", PRESET], cwd=folder)


def build_single(program: Program, log: Log) -> None:
    text = compile_single(program, Recompiler())
    if text:
        log.write(text + "\n")
        raise StepFailed("it does not compile")


def compile_single(program: Program, recompiler: Recompiler) -> str:
    """Makes the image of a source without a build of its own. Gives what is wrong with it; nothing if nothing is, or if another is compiled."""
    assert program.recipe is not None
    result = recompiler.run(program.recipe, {})
    if result is None:
        return ""
    if result.image is None:
        return "\n".join([result.text, *(f"{said.where}: {said.text}".lstrip(": ") for said in result.messages if said.kind == "error")])
    program.image.parent.mkdir(parents=True, exist_ok=True)
    new = program.image.with_suffix(".new")
    new.write_bytes(result.image)
    os.replace(new, program.image)
    return ""


def find(folder: Path) -> "list[Program]":
    """The programs, once they are built."""
    if is_project(folder):
        built = folder / "build" / PRESET
        return [of_project(folder, built, image) for image in inside(built, "*.elf", folder)]
    images = inside(folder, "*.elf")
    if images:
        return [Program(image.stem, folder, image, board=board_of(folder, image.stem)) for image in images]
    source = inside(folder, "*.cpp")[0]
    return [Program(source.stem, folder, single_image(source), single(source), board_of(folder, source.stem), is_single=True)]


def of_project(folder: Path, built: Path, image: Path) -> Program:
    """With the sources that its build compiles for it, and the headers beside them."""
    top = folder.resolve()
    compiled = {path.resolve() for path in sources(built, image) if is_own(path, top)}
    beside = {path for place in {path.parent for path in compiled} for path in place.iterdir() if path.suffix in HEADERS and path.is_file() and is_own(path, top)}
    files = sorted([*compiled, *beside], key=lambda path: (not has_main(path), str(path)))[:MOST_FILES]
    names = tuple(path.relative_to(top).as_posix() for path in files)
    recipe = Recipe(built.resolve(), image.resolve(), top, names) if compiled else None
    return Program(image.stem, folder, image, recipe, board_of(folder, image.stem))


def is_own(path: Path, top: Path) -> bool:
    """Whether it is one of the user's files: in the folder, and not written by the build."""
    return is_inside(path, top) and not is_inside(path, top / "build")


def has_main(path: Path) -> bool:
    """Whether the first task is in it, with which somebody begins to read."""
    try:
        return re.search(r"\basync_main\(\) *\{", path.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False


def single(source: Path) -> Recipe:
    """A source on its own is compiled as the examples are."""
    built = ROOT / "build" / page.PRESET
    return Recipe(built, built / "examples" / f"{SINGLE}.elf", source.parent.resolve(), (source.name,), ROOT / "examples" / f"{SINGLE}.cpp")


def single_image(source: Path) -> Path:
    """Where its image is kept: not in the user's folder, which is left as it is."""
    return ROOT / "build" / "demo" / f"{source.stem}.elf"


def board_of(folder: Path, name: str) -> Optional[Path]:
    """The board that stands beside it: its own, or the folder's."""
    return next((path for pattern in (f"{name}.board.json", "board.json") for path in inside(folder, pattern)), None)


def inside(folder: Path, pattern: str, top: Optional[Path] = None) -> "Sequence[Path]":
    """The files of a folder, but not where links lead out of it, nor what cannot be part of an address."""
    found = sorted(path for path in folder.glob(pattern) if path.is_file() and is_inside(path, top or folder))
    return [path for path in found if re.fullmatch(r"[\w.+-]+", path.name)]


def is_inside(path: Path, folder: Path) -> bool:
    real, top = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([real, top]) == top
