"""The links of the Markdown pages: to pages and their headings, to files of the repository, and to names of the API reference.

`[Queue](api:Queue)` leads to the documentation of a class, function or macro, named without `uasync::`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

PAGES = ("*.md", "docs/**/*.md", "emulator/*.md")
#: In a line of a page. The text may have begun in the line before.
LINK = re.compile(r"(?:(?P<image>!?)\[|^)(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^()\s]+(?:\([^()\s]*\)[^()\s]*)?)\)")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
CODE = re.compile(r"(`+)(?:.*?)\1")
API = "api:"


@dataclass(frozen=True)
class Link:
    line: int
    text: str
    target: str


def text_lines(text: str) -> list[tuple[int, str]]:
    """The lines, numbered from 1, that are neither in a block of code nor in a comment."""
    lines, fence = [], ""
    text = re.sub(r"<!--.*?-->", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.DOTALL)
    for number, line in enumerate(text.split("\n"), 1):
        opening = re.match(r"\s*(```+|~~~+)", line)
        if opening and not fence:
            fence = opening[1]
        elif fence:
            fence = "" if line.strip() == fence else fence
        else:
            lines.append((number, line))
    return lines


def links(text: str) -> list[Link]:
    found = []
    for number, line in text_lines(text):
        hidden = CODE.sub(lambda code: "`" * len(code[0]), line)  # what stands in code is no link, though a link's text may be code
        for match in LINK.finditer(hidden):
            start, end = match.span("text")
            found.append(Link(number, line[start:end], match["target"]))
    return found


def plain(markdown: str) -> str:
    """A heading's text as a reader sees it."""
    text = LINK.sub(lambda match: match["text"], markdown)
    return re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", text)


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    text = unicodedata.normalize("NFC", plain(heading)).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")


def anchors(text: str) -> dict[int, str]:
    """The anchor of each heading, by its line."""
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for number, line in text_lines(text):
        match = HEADING.match(line)
        if match:
            anchor = slug(match[2])
            count = seen.get(anchor, 0)
            seen[anchor] = count + 1
            found[number] = f"{anchor}-{count}" if count else anchor
    return found


def pages(root: Path) -> list[Path]:
    return sorted({page for pattern in PAGES for page in root.glob(pattern) if "node_modules" not in page.parts})


def problems(root: Path, names: Optional[dict[str, str]]) -> list[str]:
    """Links that lead nowhere. Without the names of the API, links into it are not looked at."""
    found = []
    texts = {page: page.read_text(encoding="utf-8") for page in pages(root)}
    for page, text in texts.items():
        for link in links(text):
            problem = link_problem(root, page, link.target, texts, names)
            if problem:
                found.append(f"{page.relative_to(root)}:{link.line}: [{link.text}]({link.target}): {problem}")
    return found


def link_problem(root: Path, page: Path, target: str, texts: dict[Path, str], names: Optional[dict[str, str]]) -> str:
    if target.startswith(API):
        return "" if names is None or target[len(API) :] in names else "the API reference has no such name"
    if re.match(r"[a-z]+:", target):
        return ""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.is_relative_to(root):
        return "is outside of the repository"
    if not file.exists():
        return "no such file"
    if anchor and file in texts and anchor not in anchors(texts[file]).values():
        return "no such heading"
    return ""
