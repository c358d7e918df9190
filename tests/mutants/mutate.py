"""Puts all mistakes of the list into a copy of the sources at once, each behind a look at the environment.

An expression becomes `(UASYNC_MISTAKE(number) ? (new) : (old))`, a statement
`{ if (UASYNC_MISTAKE(number)) { new } else { old } }`. The number is a hash of the name, so a new mistake changes no file but its own.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Optional, Sequence

ROOT = Path(__file__).resolve().parents[2]
COPIED = ["CMakeLists.txt", "CMakePresets.json", "bench", "cmake", "docs", "examples", "include", "ports", "src", "tests", "tools"]
HEADER = "include/uasync/mistake.hpp"
VARIABLE = "UASYNC_MISTAKE"

SWITCH = f"""#pragma once
// Which mistake this run makes: the one that the environment variable {VARIABLE} names, or none.

#include <cstdint>
#include <cstdlib>

namespace uasync_mistakes {{
inline std::uint32_t number_of(const char* name) noexcept {{
    std::uint32_t hash = 2166136261U;
    for (; name != nullptr && *name != 0; ++name) hash = (hash ^ static_cast<unsigned char>(*name)) * 16777619U;
    return hash;
}}
inline const std::uint32_t chosen = number_of(std::getenv("{VARIABLE}"));
}}  // namespace uasync_mistakes

#define UASYNC_MISTAKE(number) (!__builtin_is_constant_evaluated() && uasync_mistakes::chosen == (number))
"""


#: A statement that begins so gives a name a value.
DECLARATION = re.compile(r"(?:const|constexpr|auto|bool|int|unsigned|std::\w+|Result<[^>]*>)\b[\w:<>&* ]* \w+ = ")


@dataclass
class Mistake:
    """As mistakes.txt describes it."""

    name: str
    part: str
    why: str
    at: str = ""
    old: str = ""
    new: str = ""
    tests: str = ""
    equivalent: str = ""


class Wrong(Exception):
    """The list cannot be read, or does not fit the sources."""


def read(text: str) -> list[Mistake]:
    """The mistakes of a list. What comes before the first part is for people."""
    mistakes: list[Mistake] = []
    part: Optional[str] = None
    mistake: Optional[Mistake] = None
    fields = {"@ ": "at", "- ": "old", "+ ": "new"}
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.fullmatch(r"\[([\w/]+)\]", line):
            part, mistake = match[1], None
        elif part is None or not line:
            mistake = None
        elif mistake is None and (match := re.fullmatch(r"(\w+): (.+)", line)):
            mistake = Mistake(f"{part.rpartition('/')[2]}.{match[1]}", part, match[2])
            mistakes.append(mistake)
        elif mistake is not None and line[:2] in fields:
            field = fields[line[:2]]
            setattr(mistake, field, f"{getattr(mistake, field)}\n{line[2:]}".strip())
        elif mistake is not None and (match := re.fullmatch(r"(tests|equivalent): (.+)", line)):
            setattr(mistake, match[1], match[2])
        else:
            raise Wrong(f"line {number} says nothing: {line}")
    return mistakes


def number_of(name: str) -> int:
    """As the header has it: 32-bit FNV-1a."""
    number = 2166136261
    for byte in name.encode():
        number = (number ^ byte) * 16777619 % 2**32
    return number


def sources_of(part: str, root: Path = ROOT) -> list[Path]:
    folder, _, stem = part.rpartition("/")
    if folder.startswith("ports/"):
        return sorted(file for file in (root / folder).glob(f"{stem}*") if file.suffix in (".hpp", ".cpp", ".S"))
    places = [root / "include/uasync" / folder, root / "src" / folder]
    pattern = "*loop*" if stem == "loop" else f"{stem}*"  # a loop's parts are called after who sees them: port_loop, task_loop
    return sorted(file for place in places for file in place.glob(pattern) if file.suffix in (".hpp", ".cpp"))


def is_statement(mistake: Mistake) -> bool:
    return mistake.old.endswith((";", "}"))


def guarded(mistake: Mistake) -> str:
    if is_statement(mistake):
        return f"{{ if (UASYNC_MISTAKE({number_of(mistake.name)}U)) {{ {mistake.new} }} else {{ {mistake.old} }} }}"
    return f"(UASYNC_MISTAKE({number_of(mistake.name)}U) ? ({mistake.new}) : ({mistake.old}))"


def pattern_of(text: str) -> re.Pattern[str]:
    """Lines may be broken and indented otherwise. A name is found as a whole, not as the end of a longer one."""
    words = r"\s+".join(re.escape(word) for word in text.split())
    begins = r"(?<!\w)" if re.match(r"\w", text) else ""
    ends = r"(?!\w)" if re.search(r"\w$", text) else ""
    return re.compile(begins + words + ends)


def place_of(mistake: Mistake, root: Path = ROOT) -> tuple[Path, int, int]:
    """The file, and where in it the text begins and ends."""
    files = sources_of(mistake.part, root)
    if not files:
        raise Wrong(f"{mistake.name}: there is no {mistake.part}")
    if not mistake.old:
        raise Wrong(f"{mistake.name}: it changes nothing")
    anchor = pattern_of(mistake.at or mistake.old)
    found = [(file, match.start()) for file in files for match in anchor.finditer(file.read_text(encoding="utf-8"))]
    if len(found) != 1:
        raise Wrong(f"{mistake.name}: this is in {mistake.part} {len(found)} times, not once: {mistake.at or mistake.old}")
    file, offset = found[0]
    match = pattern_of(mistake.old).search(file.read_text(encoding="utf-8"), offset)
    if match is None:
        raise Wrong(f"{mistake.name}: this does not follow {mistake.at!r} in {file.name}: {mistake.old}")
    return file, match.start(), match.end()


def check(mistakes: Iterable[Mistake], root: Path = ROOT, at_once: bool = True) -> list[str]:
    """What is wrong with the list: nothing, one hopes. If all are put in at once, no two may change the same."""
    wrong: list[str] = []
    places: dict[Path, list[tuple[int, int, str]]] = {}
    names: dict[int, Mistake] = {}
    for mistake in mistakes:
        if names.setdefault(number_of(mistake.name), mistake) is not mistake:
            wrong.append(f"{mistake.name}: there is another of this name")
        if mistake.new == mistake.old:
            wrong.append(f"{mistake.name}: it changes nothing")
        if any(text.count(pair[0]) != text.count(pair[1]) for text in (mistake.old, mistake.new) for pair in ("()", "{}")):
            wrong.append(f"{mistake.name}: it is neither a statement nor an expression")
        try:
            file, begin, end = place_of(mistake, root)
        except Wrong as error:
            wrong.append(str(error))
            continue
        before = re.sub(r"//[^\n]*|^#[^\n]*", "", file.read_text(encoding="utf-8")[:begin], flags=re.MULTILINE).rstrip()
        if at_once and is_statement(mistake) and before[-1:] not in tuple(";{}):"):
            wrong.append(f"{mistake.name}: it begins in the middle of a statement, and ends with one")
        if at_once and is_statement(mistake) and DECLARATION.match(mistake.old):
            wrong.append(f"{mistake.name}: it declares a name, which would be known in a block only; take the expression")
        if at_once and re.search(r"\bconstexpr [\w:<>]+$", before):
            wrong.append(f"{mistake.name}: it is what a constant is declared as; take an expression that uses it")
        for other_begin, other_end, other in places.setdefault(file, []):
            if at_once and begin < other_end and other_begin < end:
                wrong.append(f"{mistake.name}: changes what {other} changes")
        places[file].append((begin, end, mistake.name))
    return wrong


def mutated(mistakes: Iterable[Mistake], root: Path = ROOT) -> dict[Path, str]:
    """The files that have mistakes, as they are with all of them."""
    changes: dict[Path, list[tuple[int, int, Mistake]]] = {}
    for mistake in mistakes:
        file, first, last = place_of(mistake, root)
        changes.setdefault(file, []).append((first, last, mistake))
    texts: dict[Path, str] = {}
    for file, places in changes.items():
        text = file.read_text(encoding="utf-8")
        for start, end, mistake in sorted(places, key=lambda place: -place[0]):
            text = text[:start] + guarded(mistake) + text[end:]
        include = "#include <uasync/mistake.hpp>\n"
        begin = "#pragma once\n"
        texts[file] = text.replace(begin, begin + include, 1) if begin in text else include + text
    return texts


def all_mistakes(name: str = "mistakes.txt") -> list[Mistake]:
    return read((Path(__file__).parent / name).read_text(encoding="utf-8"))


def check_all() -> list[str]:
    """What is wrong with the lists of run.py and firmware.py."""
    return check(all_mistakes()) + check(all_mistakes("firmware.txt"), at_once=False)


def copy(mistakes: Sequence[Mistake], target: Path, root: Path = ROOT) -> None:
    """Writes the copy. What has not changed keeps its time, so that the build has little to do."""
    texts: dict[Path, Optional[str]] = {**mutated(mistakes, root), root / HEADER: SWITCH}
    for name in COPIED:
        source = root / name
        for file in [source] if source.is_file() else source.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                texts.setdefault(file, None)
    wanted = set()
    for file, text in texts.items():
        place = target / file.relative_to(root)
        wanted.add(place)
        content = file.read_bytes() if text is None else text.encode()
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            if text is None:
                shutil.copymode(file, place)
    for name in COPIED:
        for place in [p for p in (target / name).rglob("*") if p.is_file() and p not in wanted]:
            place.unlink()
