"""`./uasync size`: where a firmware's flash and RAM go."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Dict, Mapping, Optional, Sequence, Tuple

import frames

from . import linker_map, packages, place, project, values
from .errors import Failure, UsageError
from .linker_map import Piece
from .options import Parser
from .steps import Progress

DEFAULT_IMAGE = "05_queue"
FLASH = range(0x10000000, 0x20000000)
RAM = range(0x20000000, 0x20040000)
BOOT_BLOCK = range(0x10000000, 0x10000100)

Parts = Dict[str, Tuple[int, int]]  # bytes of flash and of RAM by part

STARTUP = "start-up and vectors"
PORT = "port"
KERNEL = "kernel"
BOARD = "board and print"
POOL = "frame pool"
PROGRAM = "program"
COMPILER = "compiler library"
GAPS = "gaps for alignment"
FOLDERS = {"kernel": KERNEL, "task": "task", "time": "time", "sync": "sync", "queue": "queue", "board": BOARD, "device": "device"}
ORDER = (STARTUP, PORT, KERNEL, POOL, "task", "time", "sync", "queue", "device", BOARD, PROGRAM, COMPILER, GAPS)

# Sources of a port by what they are for; the others are the port proper.
STARTUP_SOURCES = {"startup", "boot2", "clocks"}
COMPILER_SOURCES = {"divide", "memory", "multiply", "runtime"}  # in the place of libgcc's and the C library's
DECLARED = re.compile(r"^(?:template\s*<[^>\n]*>\s*)?(?:class|struct|enum class|union)\s+(?:\[\[.*?\]\]\s*)?(\w+)", re.MULTILINE)
SECTION_PREFIX = re.compile(r"^\.(?:text|rodata|data|bss)\.(?:(?:unlikely|hot|startup)\.)?")


def parser() -> Parser:
    result = Parser(
        "size",
        "[IMAGE] [--json FILE]",
        """
        Tells where a firmware's flash and static RAM go, by part of the library, and how many bytes the frame of each of its
        coroutines has. All is read from the ELF file and the linker's map beside it; nothing is run.

        Code that was inlined counts for the part that it was inlined into. The boot block, 256 bytes, and the main stack are not
        counted.
        """,
        """
        ./uasync size                                            the tutorial's program, gcc -Os
        ./uasync size build/pico-clang/examples/05_queue.elf     another image, built before
        ./uasync size --json size.json
        """,
    )
    result.add_argument("image", metavar="IMAGE", nargs="?", help="an ELF file; without one, the tutorial's program, built if needed")
    result.add_argument("--json", metavar="FILE", type=values.output_file, help="also write the figures to FILE")
    result.add_common()
    return result


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    if options.image is None and place.INSTALLED:
        raise UsageError("IMAGE is missing; give the .elf file that the build wrote")
    if options.image is not None:
        values.check_image(options.image, uf2=False)
    steps = packages.steps((*packages.PICO, *(packages.BUILD if options.image is None else ())))
    if options.image is None:
        steps.append(project.build_step("pico-os", DEFAULT_IMAGE))
        image = project.ROOT / "build" / "pico-os" / "examples" / f"{DEFAULT_IMAGE}.elf"
    else:
        image = Path(options.image)
    Progress(options.verbose).run(steps)

    try:
        coroutines, others = frames.frame_table(str(image))
        symbols = read_symbols(image)
        parts = measure_parts(image.with_suffix(".map"), symbols) if image.with_suffix(".map").exists() else None
    except frames.FrameError as error:
        raise Failure(str(error)) from None
    flash, ram = totals(symbols, parts)

    print(f"\n{os.path.relpath(image)}\n" if steps else f"{os.path.relpath(image)}\n")
    print(parts_table(parts, flash, ram))
    print(frames.format_table(coroutines, others), end="")
    if options.json:
        write_json(options.json, image, parts, flash, ram, coroutines)
    return 0


def read_symbols(image: Path) -> dict[str, int]:
    symbols = {}
    for address, _, name in frames.list_symbols(str(image)):
        symbols[name] = address
    return symbols


def totals(symbols: Mapping[str, int], parts: Optional[Parts]) -> tuple[int, int]:
    """Bytes of flash and RAM; the linker script leaves them behind as symbols."""
    if is_ours(symbols):
        return symbols["uasync_flash_used"], symbols["uasync_ram_used"]
    if parts is None:
        raise Failure("this image was not linked with uasync's linker script, and has no .map file beside it; link with -Wl,-Map=NAME.map")
    return sum(flash for flash, _ in parts.values()), sum(ram for _, ram in parts.values())


def is_ours(symbols: Mapping[str, int]) -> bool:
    """Whether uasync's linker script has made the image: it leaves both sums."""
    return "uasync_flash_used" in symbols and "uasync_ram_used" in symbols


def measure_parts(map_file: Path, symbols: Mapping[str, int]) -> Parts:
    """Part -> (flash, RAM). What is in no piece was left free between two."""
    pieces = linker_map.read(map_file, symbols.get("uasync_data_load"))
    names = frames.demangle(name for piece in pieces if (name := symbol_of(piece)).startswith("_Z"))
    folders = folders_of_classes()
    parts: Parts = {}
    initialised = range(symbols.get("uasync_data_start", 0), symbols.get("uasync_data_end", 0))
    for piece in pieces:
        if piece.address in BOOT_BLOCK:
            continue
        in_ram = piece.address in RAM
        in_flash = piece.address in FLASH or piece.address in initialised
        if not in_ram and not in_flash:
            continue
        flash, ram = parts.get(part := part_of(piece, names.get(symbol_of(piece), ""), folders), (0, 0))
        parts[part] = (flash + (piece.size if in_flash else 0), ram + (piece.size if in_ram else 0))
    if is_ours(symbols):
        flash = symbols["uasync_flash_used"] - sum(part[0] for part in parts.values())
        ram = symbols["uasync_ram_used"] - sum(part[1] for part in parts.values())
        if flash or ram:
            parts[GAPS] = (flash, ram)
    return parts


def symbol_of(piece: Piece) -> str:
    """The name in the section's name, as -ffunction-sections gives it: `.text._ZN6uasync8TaskLoop3runEv` -> `_ZN6uasync8TaskLoop3runEv`"""
    if not SECTION_PREFIX.match(piece.section):
        return ""
    return re.sub(r"\.(str|cst)\d.*$", "", SECTION_PREFIX.sub("", piece.section))


def folders_of_classes() -> dict[str, str]:
    """The classes of the public headers, and the folder of each one's header."""
    include = project.ROOT / "include" / "uasync"
    return {
        name: header.parent.name
        for header in sorted(include.glob("*/*.hpp"))
        for name in DECLARED.findall(header.read_text(encoding="utf-8"))
    }


def part_of(piece: Piece, name: str, folders: Mapping[str, str]) -> str:
    source = re.split(r"[/(]", piece.object)[-1].split(".")[0]
    name = name.replace("(anonymous namespace)::", "")
    if name == "uasync::board_pool":
        return POOL
    if "libuasync" in piece.object:
        headers = list((project.ROOT / "include" / "uasync").glob(f"*/{source}.hpp"))
        if source == "print":
            return BOARD
        return FOLDERS.get(headers[0].parent.name, KERNEL) if headers else KERNEL
    if "uasync_port" in piece.object:
        if piece.section.startswith(".vector") or source in STARTUP_SOURCES:
            return STARTUP
        return COMPILER if source in COMPILER_SOURCES else PORT
    if re.search(r"\.a[:(]|\.a$", piece.object):
        return COMPILER
    # The program's own objects also hold what the compiler has made of our templates.
    match = re.search(r"(?:^| )uasync::(?:detail::)?(\w+)", name.split("(")[0])
    if not match:
        return PROGRAM
    return BOARD if match[1].startswith("print") else FOLDERS.get(folders.get(match[1], "kernel"), KERNEL)


def parts_table(parts: Optional[Parts], flash: int, ram: int) -> str:
    rows = [(part, *parts[part]) for part in ORDER if part in parts] if parts is not None else []
    rows.append(("all", flash, ram))
    width = max(len(name) for name, _, _ in rows)
    lines = [f"{'part':<{width}}  {'flash':>6}  {'RAM':>6}"]
    lines += [f"{name:<{width}}  {flash:>6}  {ram:>6}" for name, flash, ram in rows]
    if parts is None:
        lines.append("(no parts, as there is no .map file beside the image)")
    return "\n".join(lines) + "\n"


def write_json(
    path: str, image: Path, parts: Optional[Parts], flash: int, ram: int, coroutines: Sequence[tuple[str, Optional[int]]]
) -> None:
    content = {
        "image": str(image),
        "flash_bytes": flash,
        "ram_bytes": ram,
        "parts": {name: {"flash": size[0], "ram": size[1]} for name, size in (parts or {}).items()},
        "frames": [{"coroutine": name, "bytes": size} for name, size in coroutines],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
    print(f"written: {path}", file=sys.stderr)
