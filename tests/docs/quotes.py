#!/usr/bin/env python3
"""Checks what the documentation quotes: each line of a block ```cpp title="path" stands in that file.

Lines that follow each other in the block do so in the file; a line `...` stands for what was left out, forwards or backwards.
"""

import re
import sys
from pathlib import Path
from typing import Iterator

QUOTE = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def parts(block: str) -> list[list[str]]:
    """The block's lines without their indentation, divided where something was left out."""
    return [part.strip().split("\n") for part in re.split(r"^\.\.\.$", re.sub(r"^ +", "", block, flags=re.MULTILINE), flags=re.MULTILINE)]


def contains(lines: list[str], part: list[str]) -> bool:
    return any(lines[start : start + len(part)] == part for start in range(len(lines) - len(part) + 1))


def problems(root: Path, page: Path) -> Iterator[str]:
    for path, block in QUOTE.findall(page.read_text(encoding="utf-8")):
        file = root / path
        if not file.is_file():
            yield f"{page.name} quotes {path}, which does not exist"
            continue
        lines = [line.strip() for line in file.read_text(encoding="utf-8").split("\n")]
        for part in parts(block):
            if not contains(lines, part):
                yield f"{page.name}: {path} no longer has these lines:\n  " + "\n  ".join(part)


def main() -> int:
    root = Path(sys.argv[1])
    pages = sorted((root / "docs").rglob("*.md"))
    found = [problem for page in pages for problem in problems(root, page)]
    count = sum(len(QUOTE.findall(page.read_text(encoding="utf-8"))) for page in pages)
    print("\n".join(found) or f"{count} quotes")
    return 1 if found or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
