"""The blocks of C++ in the Markdown pages. Each is held to something that compiles:

- a block that has a `main` and is followed by a block of `text` is a program: it is run, and prints that text;
- a block whose lines stand together in a source file of the project is an excerpt of it; a line `...` stands for lines left out. With
  `cpp title="examples/05_queue.cpp"` it is an excerpt of that file;
- any other block is compiled: declarations as they are, statements as the body of a coroutine. What it needs and does not show is in a
  comment above it: `<!-- given: Queue<int, 8> queue; -->`;
- below `<!-- does not compile: message -->` the compiler must refuse the block, with these words.
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .programs import Block, is_program, markdown_blocks, pages

SOURCES = ("examples", "include", "src", "ports", "tests", "bench", "docs")
OTHER_SPELLINGS = re.compile(r"(?:cpp|c\+\+|cc|cxx|hpp)(?:\W|$)", re.IGNORECASE)
GIVEN = "given:"
REFUSED = "does not compile:"
DECLARATION = re.compile(
    r"(?:#|namespace\b|using\b|template\b|class\b|struct\b|enum\b|extern\b|inline\b|constexpr\b|static\b|concept\b|\[\[|"
    r"(?:[\w:]+(?:<.*>)?[&*]?\s+)+[\w:]+\([^;]*\)\s*(?:const\s*)?(?:noexcept\s*)?\{)"
)
BEGINNING = "#include <uasync/uasync.hpp>\n#include <uasync/board.hpp>\n"


@dataclass(frozen=True)
class Fragment:
    """A block that is compiled by itself."""

    page: Path
    block: Block
    refused: str  # the words with which the compiler must refuse it, if it must

    def source(self) -> str:
        given = self.block.comment.removeprefix(GIVEN).strip() if self.block.comment.startswith(GIVEN) else ""
        code = f'#line {self.block.line} "{self.page}"\n{self.block.code}'
        if "#include <uasync/" in self.block.code:
            return code
        if is_declaration(self.block.code):
            return f"{BEGINNING}using namespace uasync;\n{given}\n{code}"
        opening = "using namespace uasync;\nnamespace {\n[[maybe_unused]] Coro<> fragment() {"
        return f"{BEGINNING}{opening}\n{given}\n{code}\nco_return;\n}}\n}}\n"


def is_declaration(code: str) -> bool:
    lines = (line for line in code.split("\n") if line.strip() and not line.lstrip().startswith("//"))
    first = next(lines, "")
    return DECLARATION.match(first) is not None


def essential(code: str) -> list[str]:
    """The lines without comments and the white space around them; `...` stands for lines left out."""
    lines = []
    for line in code.split("\n"):
        if re.match(r"\s*(?:// ?)?\.\.\.\s*$", line):
            lines.append("...")
            continue
        line = re.sub(r"(?:^|\s)//.*", "", line).strip()
        if line:
            lines.append(line)
    return lines


def parts(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line == "...":
            found.append([])
        else:
            found[-1].append(line)
    return [part for part in found if part]


class Sources:
    """The project's sources, in which excerpts are looked for."""

    def __init__(self, root: Path):
        files = sorted(file for folder in SOURCES for file in (root / folder).rglob("*.[chS]*") if file.suffix in (".cpp", ".hpp"))
        self.files = {file: essential(file.read_text(encoding="utf-8")) for file in files}

    def of(self, code: str) -> Optional[Path]:
        """The file that the code is an excerpt of."""
        wanted = parts(essential(code))
        if not any(len(line) > 10 for part in wanted for line in part):
            return None
        return next((file for file, lines in self.files.items() if contains(lines, wanted)), None)

    def stands_in(self, code: str, file: Path) -> bool:
        return file in self.files and contains(self.files[file], parts(essential(code)))


def contains(lines: list[str], wanted: list[list[str]]) -> bool:
    return all(any(lines[n : n + len(part)] == part for n, line in enumerate(lines) if line == part[0]) for part in wanted)


def fragments(root: Path) -> tuple[list[Fragment], list[str]]:
    """The blocks that have to be compiled by themselves, and what is wrong with others."""
    sources = Sources(root)
    found, problems = [], []
    for page in pages(root):
        name = page.relative_to(root)
        blocks = markdown_blocks(page.read_text(encoding="utf-8"))
        for block, following in zip(blocks, [*blocks[1:], None]):
            title = re.fullmatch(r'cpp title="([^"]+)"', block.language)
            if title and not sources.stands_in(block.code, root / title[1]):
                problems.append(f"{name}:{block.line}: the block does not stand in {title[1]}")
            elif not title and block.language != "cpp" and OTHER_SPELLINGS.match(block.language):
                problems.append(f"{name}:{block.line - 1}: a block of '{block.language}'; C++ is `cpp` or `cpp title=\"<file>\"`")
            if block.language != "cpp" or is_program(block, following):
                continue
            if block.comment.startswith(REFUSED):
                found.append(Fragment(name, block, block.comment.removeprefix(REFUSED).strip()))
            elif sources.of(block.code) is None:
                found.append(Fragment(name, block, ""))
    return found, problems


def compile_fragment(command: list[str], fragment: Fragment) -> str:
    """What is wrong with it, or nothing."""
    environment = {**os.environ, "LC_ALL": "C"}  # plain quotes in messages
    done = subprocess.run(
        [*command, "-x", "c++", "-"], input=fragment.source(), capture_output=True, text=True, env=environment, check=False
    )
    place = f"{fragment.page}:{fragment.block.line}"
    if not fragment.refused:
        return "" if done.returncode == 0 else f"{place}: the block does not compile:\n{done.stderr}"
    if done.returncode == 0:
        return f"{place}: the block compiles, though the page says that it does not"
    if fragment.refused not in done.stderr:
        return f"{place}: the compiler does not say '{fragment.refused}' but:\n{done.stderr}"
    return ""


def check(root: Path, command: list[str]) -> tuple[int, list[str]]:
    """Compiles all fragments; gives their number and what is wrong."""
    found, problems = fragments(root)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as executor:
        header = Path(folder) / "beginning.hpp"  # compiled once for all
        header.write_text(BEGINNING, encoding="utf-8")
        without_end = [word for word in command if word != "-fsyntax-only"]
        subprocess.run([*without_end, "-x", "c++-header", str(header), "-o", f"{header}.gch"], check=True)
        with_header = [*command, "-include", str(header)]
        problems += [problem for problem in executor.map(lambda fragment: compile_fragment(with_header, fragment), found) if problem]
    return len(found), problems
