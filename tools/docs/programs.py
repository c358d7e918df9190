"""The programs in the documentation, each with what it prints.

In Markdown a program is a block of `cpp` that has a `main` and is followed by a block of `text`. In a header it is `@code{.cpp}` ... `@endcode`, directly
followed by `@code{.unparsed}` ... `@endcode`, in the documentation of the class or function that it shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

HEADERS = ("include/uasync", "ports/sim/include/uasync")
PAGES = ("README.md", "docs/**/*.md")
#: What a program says in its first line if it needs threads or another part that only a host has, and runs on the Linux port.
LINUX = "// Linux"
#: What a program says in its first line if it needs a board: the second core, or an interrupt that runs a loop (UASYNC_LOOPS).
PICO = "// Pico"
#: Headers of the simulation, which a board does not have.
SIMULATION = re.compile(r"#include <uasync/(sim|sim/\w+|testing)\.hpp>")

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOC_LINE = re.compile(r"^\s*/// ?")


@dataclass(frozen=True)
class Block:
    """A block of code in a Markdown page."""

    language: str
    code: str
    line: int  # of its first line of code, from 1
    comment: str  # the HTML comment directly above the block, without its marks


@dataclass(frozen=True)
class Program:
    """A program that is built, run and compared with the output that stands beside it."""

    name: str
    place: str  # the file, from the root of the repository
    line: int
    code: str
    output: str

    def runs_on_board(self) -> bool:
        return not self.code.startswith(LINUX) and not SIMULATION.search(self.code)

    def runs_on_host(self) -> bool:
        return not self.code.startswith(PICO)


def headers(root: Path) -> list[Path]:
    return [header for folder in HEADERS for header in sorted((root / folder).rglob("*.hpp"))]


def pages(root: Path) -> list[Path]:
    return [page for pattern in PAGES for page in sorted(root.glob(pattern))]


def markdown_blocks(text: str) -> list[Block]:
    blocks = []
    for match in FENCE.finditer(text):
        above = re.search(r"<!--((?:(?!-->).)*)-->\n\Z", text[: match.start()], re.DOTALL)
        line = text.count("\n", 0, match.start(2)) + 1
        blocks.append(Block(match[1].strip(), match[2], line, above[1].strip() if above else ""))
    return blocks


def is_program(block: Block, following: Optional[Block]) -> bool:
    shows_output = following is not None and following.language == "text"
    return block.language == "cpp" and shows_output and re.search(r"^int main\(", block.code, re.MULTILINE) is not None


def header_examples(text: str) -> list[tuple[int, str, str]]:
    """The examples in a header's documentation: the line of the first line of code, the code, and the output."""
    lines = text.splitlines()
    examples = []
    for start, end in code_sections(lines, "{.cpp}"):
        if end + 1 < len(lines) and DOC_LINE.sub("", lines[end + 1]).strip() == "@code{.unparsed}":
            closing = next((n for n in range(end + 2, len(lines)) if lines[n].strip().endswith("@endcode")), len(lines))
            examples.append((start + 2, undocumented(lines[start + 1 : end]), undocumented(lines[end + 2 : closing])))
    return examples


def code_sections(lines: list[str], language: str) -> list[tuple[int, int]]:
    """The indices of the lines with `@code` and with its `@endcode`."""
    sections = []
    start = None
    for number, line in enumerate(lines):
        text = DOC_LINE.sub("", line).strip()
        if text == f"@code{language}":
            start = number
        elif start is not None and text.startswith("@endcode"):
            sections.append((start, number))
            start = None
    return sections


def undocumented(lines: list[str]) -> str:
    return "".join(DOC_LINE.sub("", line).rstrip() + "\n" for line in lines)


def header_programs(root: Path, header: Path) -> list[Program]:
    examples = header_examples(header.read_text(encoding="utf-8"))
    place = header.relative_to(root).as_posix()
    return [Program(number_name(header.stem, number, len(examples)), place, *example) for number, example in enumerate(examples, 1)]


def page_programs(root: Path, page: Path) -> list[Program]:
    blocks = markdown_blocks(page.read_text(encoding="utf-8"))
    found = [(code, text) for code, text in zip(blocks, blocks[1:]) if is_program(code, text)]
    place = page.relative_to(root)
    stem = "_".join([*place.parts[1:-1], place.stem]).replace("-", "_")
    return [
        Program(number_name(stem, number, len(found)), place.as_posix(), code.line, code.code, text.code)
        for number, (code, text) in enumerate(found, 1)
    ]


def number_name(stem: str, number: int, count: int) -> str:
    return stem if count == 1 else f"{stem}_{number}"


def all_programs(root: Path) -> list[Program]:
    found = [program for header in headers(root) for program in header_programs(root, header)]
    found += [program for page in pages(root) for program in page_programs(root, page)]
    return found
