"""The headers as Doxygen reads them. Every line keeps its number.

- The implementation, namespace detail, loses its documentation, but for the members of its classes, which public classes inherit.
- A base that is implementation is private where Doxygen would show its members.
- What the header declares goes into the module of its folder.
- An example that a board can run gets a link to the board page.
"""

from __future__ import annotations

import re
from pathlib import Path

from . import programs

#: How a header begins that is not for programs.
IS_DETAIL = re.compile(r"\A#pragma once\n// Implementation detail of ")
DETAIL_OPENS = re.compile(r"(?:inline )?namespace (?:uasync::)?detail\b.*\{")
DETAIL_CLOSES = re.compile(r"\}  // (?:inline )?namespace (?:uasync::)?detail\b")
TYPE = re.compile(r"\s*(?:class|struct|union|enum|concept|using|friend)\b")
BEFORE_A_TYPE = re.compile(r"\s*(?:template\b|requires\b|#)")

#: The headers of kernel/ that programs use, and the module of each; the others are for authors of awaitables and of ports.
KERNEL = {"coro": "task", "task": "task", "cancel": "task", "frame_pool": "memory"}
FOLDERS = {"kernel", "task", "time", "sync", "queue", "board", "device"}
#: Headers in no folder.
OTHERS = {"print": "program", "error": "program", "report": "program", "config": "options", "sim": "testing", "testing": "testing"}

#: What Doxygen reads in place of what a header says.
#: The loop of a program shows nothing of its implementation but what its documentation lists.
#: A base with an argument that has a default is not found by Doxygen 1.9.4 unless it is left out.
REPLACED = (
    ("class Loop : protected TaskLoop {", "class Loop : private TaskLoop {"),
    ("detail::HeapStore<T, N, Compare>>", "detail::HeapStore<T, N>>"),
)

RUN = '@htmlonly <p class="run"><a href="../board/index.html#example={name}">Run it on an emulated Pico</a></p> @endhtmlonly'


def is_detail(header: Path) -> bool:
    return IS_DETAIL.search(header.read_text(encoding="utf-8")) is not None


def module(header: Path) -> str:
    """The name of the module that a header's declarations belong to, or nothing."""
    folder = header.parent.name
    if folder == "kernel" or header.stem.endswith("_port"):
        return KERNEL.get(header.stem, "kernel")
    return folder if folder in FOLDERS else OTHERS.get(header.stem, "")


def filtered(header: Path, text: str) -> str:
    for written, read in REPLACED:
        text = text.replace(written, read)
    lines = text.split("\n")
    if IS_DETAIL.search(text):
        return "\n".join(without_details(lines, everything=True))
    if header.name == "config.hpp":  # the options that the Doxyfile sets are documented, too
        lines = [re.sub(r"^#ifndef UASYNC_\w+", "#if 1", line) for line in lines]
    result = without_details(lines)
    for name, closing in board_examples(header, text, lines):
        result[closing] += " " + RUN.format(name=name)
    group = module(header)
    return "\n".join(grouped(result, group) if group else result)


def without_details(lines: list[str], everything: bool = False) -> list[str]:
    result = []
    in_detail = everything
    opened = 0
    for number, line in enumerate(lines):
        if DETAIL_OPENS.match(line):
            in_detail = True
            opened = number
        elif DETAIL_CLOSES.match(line) or (line == "}" and number == opened + 2):  # clang-format marks no end of a single line
            in_detail = everything
        elif in_detail:
            line = re.sub(r"^(\s*)protected:", r"\1private:", line)
            if re.match(r"///", line) or (line.lstrip().startswith("///") and documents_a_type(lines, number)):
                line = line.replace("///", "// ", 1)
            elif not line.startswith(" "):
                line = line.replace("///<", "//", 1)
        result.append(line)
    return result


def unclosed_details(text: str) -> list[int]:
    """The lines that open a namespace detail of which no end is seen."""
    opened: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if DETAIL_OPENS.match(line):
            opened.append(number)
        elif opened and (DETAIL_CLOSES.match(line) or (line == "}" and number == opened[-1] + 2)):
            opened.pop()
    return opened


def documents_a_type(lines: list[str], number: int) -> bool:
    while number < len(lines) and lines[number].lstrip().startswith("///"):
        number += 1
    while number < len(lines) and BEFORE_A_TYPE.match(lines[number]):
        number += 1
    return number < len(lines) and TYPE.match(lines[number]) is not None


def board_examples(header: Path, text: str, lines: list[str]) -> list[tuple[str, int]]:
    """The names of the programs that a board can run, and the index of the line that ends each's output."""
    found = programs.header_examples(text)
    result = []
    for number, (line, code, output) in enumerate(found, 1):
        name = programs.number_name(header.stem, number, len(found))
        program = programs.Program(name, str(header), line, code, output)
        closing = line - 1 + code.count("\n") + 2 + output.count("\n")
        if program.runs_on_board() and lines[closing].strip().endswith("@endcode"):
            result.append((name, closing))
    return result


def grouped(lines: list[str], group: str) -> list[str]:
    """Puts what is documented at namespace scope into a module: each comment ends with the module's name."""
    result = []
    for line, following in zip(lines, [*lines[1:], ""]):
        is_end = line.startswith("///") and not line.startswith("///<") and not following.startswith("///")
        if is_end and not re.match(r"/// @(?:file|cond|endcond)\b", line):
            line = f"{line} @ingroup {group}"
        result.append(line)
    return result


def write(root: Path, folder: Path) -> None:
    """Writes every header, filtered, to the same place in a folder."""
    for header in programs.headers(root):
        target = folder / header.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filtered(header, header.read_text(encoding="utf-8")), encoding="utf-8")
