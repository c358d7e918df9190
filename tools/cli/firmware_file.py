"""The UF2 file that a user means: a path, or the name of a program that was built."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Optional, Sequence

from . import values
from .errors import UsageError
from .project import ROOT

BLOCK = 512
HEAD = struct.Struct("<8I")
MAGIC = (0x0A324655, 0x9E5D5157)
END = 0x0AB16F30
HAS_FAMILY = 0x2000
FAMILIES = {0xE48BFF56: "RP2040", 0xE48BFF59: "RP2350", 0xE48BFF5A: "RP2350", 0xE48BFF5B: "RP2350"}
ANY_CHIP = (0xE48BFF57, 0xE48BFF58)  # data, and what an erratum of the RP2350 asks for
PRESETS = ("pico-os", "pico-o2", "pico-o0", "pico-clang")  # of the clone; the first that has the program is meant


def find(text: str, here: Optional[Path] = None) -> Path:
    path = Path(text).expanduser()
    if path.suffix == ".uf2" or (path.suffix != ".elf" and path.is_file()):
        return path
    if path.suffix == ".elf":
        return beside(path, text)
    if path.name != text or not text:
        raise UsageError(f"{values.shown(text)}: no such file; build it first, or give another UF2 file")
    return named(text, Path.cwd() if here is None else here)


def beside(elf: Path, text: str) -> Path:
    """The UF2 file that the build has written with an ELF file."""
    if not elf.exists():
        raise UsageError(f"{values.shown(text)}: no such file; build it first, or give another image")
    uf2 = elf.with_suffix(".uf2")
    if not uf2.exists():
        raise UsageError(f"{values.shown(text)}: there is no {values.shown(uf2.name)} beside it, and that is what a board takes; build both")
    if uf2.stat().st_mtime < elf.stat().st_mtime - 60:
        raise UsageError(f"{values.shown(text)}: {values.shown(uf2.name)} beside it is older; build both anew, or give the UF2 file")
    return uf2


def named(name: str, here: Path) -> Path:
    """A program of the project whose folder this is, or of the clone."""
    mine = [path for path in built(here) if path.stem == name]
    if here.resolve() != ROOT and mine:
        if len(mine) > 1:
            listed = ", ".join(str(path.relative_to(here)) for path in mine)
            raise UsageError(f"{len(mine)} images are called {name}: {listed}; give one of these paths")
        return mine[0]
    for preset in PRESETS:
        example = ROOT / "build" / preset / "examples" / f"{name}.uf2"
        if example.exists():
            return example
    known = sorted({path.stem for path in (*built(here), *(ROOT / "build" / PRESETS[0] / "examples").glob("*.uf2"))})
    there = f"there is {', '.join(known)}" if known else "nothing was built for a board yet"
    raise UsageError(f"no program '{values.shown(name)}' was built; {there}. Build it, or give the path of a UF2 file")


def built(here: Path) -> Sequence[Path]:
    """The UF2 files of the presets of a project, not those of libraries deep inside."""
    return sorted([*here.glob("build/*.uf2"), *here.glob("build/*/*.uf2")])


def chip_of(path: Path) -> Optional[str]:
    """Which chip a UF2 file is for; None if it does not tell. Raises a UsageError if it is not one that a board would take whole."""
    shown = values.shown(str(path))
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{shown}: no such file; build it first, or give another UF2 file") from None
    except OSError as error:
        raise UsageError(f"{shown}: cannot be read: {values.reason(error)}") from None
    if len(content) < BLOCK or HEAD.unpack_from(content)[:2] != MAGIC:
        raise UsageError(f"{shown}: is not a UF2 file; give the .uf2 file that the build wrote")
    chip = None
    count = 0
    for offset in range(0, len(content) - BLOCK + 1, BLOCK):
        *magic, flags, _, _, _, total, family = HEAD.unpack_from(content, offset)
        if tuple(magic) != MAGIC or content[offset + BLOCK - 4 : offset + BLOCK] != struct.pack("<I", END):
            raise UsageError(f"{shown}: is damaged in its block {offset // BLOCK}; build it anew")
        if flags & HAS_FAMILY and family in ANY_CHIP:
            continue
        count += 1
        if flags & HAS_FAMILY:
            chip = FAMILIES.get(family, f"a chip of the family 0x{family:08x}")
    if len(content) % BLOCK or count < total:
        raise UsageError(f"{shown}: is cut short; build it anew")
    return chip
