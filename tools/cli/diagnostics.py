"""What the compiler and the linker say about files that were compiled in another folder than their own: as messages with places."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Mapping, Optional, Tuple

MOST_MESSAGES = 100
MOST_NOTES = 30  # of a message
LONGEST = 2000  # characters of a message's text

AT = r"(?P<file>[^\s:][^:\n]*):(?P<line>\d+):(?:(?P<column>\d+):)?"
SAID = re.compile(AT + r" (?P<kind>fatal error|error|warning|note): (?P<text>.*)")
LED_HERE = re.compile(AT + r"   ?(?:\S.*)")  # `required from here`, `in 'constexpr' expansion of ...`
INCLUDED = re.compile(r"(?:In file included from| +from) (?P<file>[^\s:][^:\n]*):(?P<line>\d+)")
WITHOUT_PLACE = re.compile(r"(?:\S*/)?(?:cc1plus|arm-none-eabi-g\+\+|g\+\+|clang\+\+|<command-line>)[\w.-]*: (?P<text>(?:fatal )?error: .*|sorry, .*)")
LINKER = re.compile(r"(?:\S*/)?(?:ld|ld\.lld|collect2)(?:\.\w+)?: (?P<text>.*)")
UNDEFINED = re.compile(r"(?:(?P<file>[^\s:][^:\n]*):(?P<line>\d+|\([^)]*\)): )?(?P<text>(?:undefined reference|multiple definition|undefined symbol).*)")
OVERFLOW = re.compile(r"region [`'](?P<region>\w+)' overflowed by (?P<bytes>\d+) bytes")


@dataclass
class Message:
    kind: str  # error, warning or note
    text: str
    place: str = ""  # file and line, if it is not in one of these files
    file: str = ""  # the one of them where it is, or whose line has led to it
    line: Optional[int] = None
    column: Optional[int] = None  # counted from 1, as the browser counts characters; None for the whole line
    notes: "List[Message]" = field(default_factory=list)

    @property
    def where(self) -> str:
        return self.place or (f"{self.file}:{self.line}" if self.file else "")

    def as_json(self) -> "dict[str, Any]":
        said: "dict[str, Any]" = {"kind": self.kind, "text": self.text, "place": self.place}
        return {**said, "file": self.file, "line": self.line, "column": self.column, "notes": [note.as_json() for note in self.notes]}


Here = Tuple[str, int, Optional[int]]  # a file, its line and the column


@dataclass(frozen=True)
class Names:
    """Under which names files are known: to the compiler, and to the user."""

    folder: Path  # where they were compiled
    texts: Mapping[str, str]  # what is in each, by its name
    also: str  # how their names begin in the debug information
    folders: Mapping[str, str] = field(default_factory=dict)  # from where -> shown as

    def file(self, path: str) -> str:
        """Which of the files this is; empty for another."""
        for start in (f"{self.folder}{os.sep}", self.also):
            at = path.find(start) if start else 0
            name = path[at + len(start) :] if at == 0 or (at > 0 and path[at - 1] == "/") else ""
            if name in self.texts:
                return name
        return ""

    def here(self, path: str, line: str, column: Optional[str]) -> Optional[Here]:
        """A place in one of the files."""
        name = self.file(path)
        return (name, int(line), self.column(name, int(line), column)) if name else None

    def shown(self, file: str) -> str:
        path = os.path.normpath(file)
        for folder, name in self.folders.items():
            if path.startswith(folder + os.sep):
                return os.path.join(name, path[len(folder) + 1 :])
        return path

    def cleaned(self, text: str) -> str:
        """A text without the folder of the file that was compiled."""
        return text.replace(f"{self.folder}{os.sep}", "")[:LONGEST]

    def column(self, name: str, line: int, column: Optional[str]) -> Optional[int]:
        """The compiler counts bytes, the browser UTF-16 units."""
        lines = self.texts[name].split("\n")
        if column is None or not 1 <= line <= len(lines):
            return None
        before = lines[line - 1].encode()[: max(0, int(column) - 1)].decode(errors="ignore")
        return len(before.encode("utf-16-le")) // 2 + 1


def read(output: str, names: Names) -> "list[Message]":
    """The messages in what compiler and linker have printed."""
    result: "list[Message]" = []
    led_here: Optional[Here] = None  # the line that led to what is said next, in another file
    for row in output.splitlines():
        said = SAID.match(row)
        if said:
            add(message(said, names, led_here), result)
            led_here = None
            continue
        leads = INCLUDED.match(row) or LED_HERE.match(row)
        if leads:
            led_here = names.here(leads["file"], leads["line"], leads.groupdict().get("column")) or led_here
            continue
        other = without_place(row, names)
        if other is not None:
            add(other, result)
    return result[:MOST_MESSAGES]


def message(said: "re.Match[str]", names: Names, led_here: Optional[Here]) -> Message:
    kind = said["kind"].replace("fatal ", "")
    text = names.cleaned(said["text"].strip())
    here = names.here(said["file"], said["line"], said["column"])
    if here is not None:
        return Message(kind, text, "", *here)
    return Message(kind, text, f"{names.shown(said['file'])}:{said['line']}", *(led_here or ("", None, None)))


def add(new: Message, result: "list[Message]") -> None:
    """Notes belong to what was said before."""
    if new.kind != "note":
        result.append(new)
    elif result and len(result[-1].notes) < MOST_NOTES:
        result[-1].notes.append(new)


def without_place(row: str, names: Names) -> Optional[Message]:
    """What the linker says, or the compiler about no line."""
    said = WITHOUT_PLACE.match(row)
    if said:
        return Message("error", names.cleaned(re.sub(r"^(?:fatal )?error: ", "", said["text"])))
    linker = LINKER.match(row)
    text = linker["text"] if linker else row
    overflow = OVERFLOW.search(text)
    if overflow:
        return Message("error", f"The program needs {int(overflow['bytes']):,} bytes more than there are in {overflow['region']}.")
    undefined = UNDEFINED.match(text)
    if undefined:
        here = names.here(undefined["file"], undefined["line"], None) if undefined["file"] and undefined["line"].isdigit() else None
        return Message("error", names.cleaned(undefined["text"]), "", *(here or ("", None, None)))
    if linker and re.match(r"(?:\S+: )?(?:error: )?.*(?:cannot find|not found|uasync: )", text):
        return Message("error", names.cleaned(text))
    return None


def does_not_fit(output: str) -> bool:
    """Whether the linker found no room for the program."""
    return OVERFLOW.search(output) is not None
