"""Checks of the headers' documentation that Doxygen does not make: titles, examples, and that the prose stands on what it is about."""

from __future__ import annotations

import re
from pathlib import Path

from . import filter as header_filter
from . import programs

#: The titles of paragraphs, in the order in which they stand.
TITLES = (
    "Use it for",
    "Instead use",
    "Cost",
    "From an interrupt",
    "When cancelled",
    "Fairness",
    "Errors",
    "Source",
    "Example",
)
LONGEST_EXAMPLE = 45
#: Headers for programs that have nothing to run: options, words, and lists of includes.
WITHOUT_EXAMPLE = {"uasync.hpp", "board.hpp", "device.hpp", "config.hpp", "error.hpp", "sim.hpp"}
WITHOUT_EXAMPLE |= {f"pio_{part}.hpp" for part in ("assembler", "code", "mistake", "reader")}  # parts of pio_program.hpp, which has one

COMMENT = re.compile(r"(?:^[ \t]*///(?!<).*\n)+", re.MULTILINE)
PAR = re.compile(r"^\s*/// ?@par (.+?)\s*$", re.MULTILINE)


def problems(root: Path) -> list[str]:
    found = []
    for header in programs.headers(root):
        name = header.relative_to(root).as_posix()
        found += [f"{name}:{line}: {what}" for line, what in header_problems(header, header.read_text(encoding="utf-8"))]
    return found


def header_problems(header: Path, text: str) -> list[tuple[int, str]]:
    found = [*prose_above_includes(text)]
    if header_filter.IS_DETAIL.search(text):
        return found
    found += [(line, "the documentation's filter does not see where namespace detail ends") for line in header_filter.unclosed_details(text)]
    for comment in COMMENT.finditer(text):
        line = text.count("\n", 0, comment.start()) + 1
        found += [(line, problem) for problem in comment_problems(comment[0])]
    examples = programs.header_examples(text)
    for line, code, _ in examples:
        length = len(code.splitlines())
        if length > LONGEST_EXAMPLE:
            found.append((line, f"the example has {length} lines; {LONGEST_EXAMPLE} are enough"))
        if not re.search(r"^#include <uasync/(uasync|testing|sim)\.hpp>", code, re.MULTILINE):
            found.append((line, "the example is not a whole program: it does not include <uasync/uasync.hpp>"))
    if not examples and header.name not in WITHOUT_EXAMPLE and header_filter.module(header) not in ("", "kernel"):
        found.append((1, "has no example: @par Example, @code{.cpp}, and after its @endcode the output in @code{.unparsed}"))
    return found


def prose_above_includes(text: str) -> list[tuple[int, str]]:
    lines = text.split("\n")
    above = [line for line in lines[1 : next((n for n, line in enumerate(lines) if n and not line.startswith("//")), len(lines))]]
    prose = above if not above or not above[0].startswith("/// @file") else [line for line in above if not line.startswith("///")]
    if len(prose) > 1:
        return [(2, "prose above the includes: it belongs into the /// of what it is about")]
    return []


def comment_problems(comment: str) -> list[str]:
    titles = PAR.findall(comment)
    found = [f"unknown title '@par {title}'; the titles are {', '.join(TITLES)}" for title in titles if title not in TITLES]
    known = [title for title in titles if title in TITLES]
    if known != sorted(known, key=TITLES.index):
        found.append(f"titles in another order than {', '.join(TITLES)}")
    if len(set(known)) != len(known):
        found.append("a title stands twice")
    if "Example" in known and not programs.header_examples(comment):
        found.append("'@par Example' needs @code{.cpp} and, directly after its @endcode, the output in @code{.unparsed}")
    return found
