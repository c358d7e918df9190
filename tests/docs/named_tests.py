#!/usr/bin/env python3
"""Checks that the tests exist which docs/differences.md and docs/design/promises.md name: `tests/<folder>/<file>` "a part of the name"."""

import functools
import re
import sys
from pathlib import Path
from typing import Iterator

REFERENCE = re.compile(r'`(tests/[\w/.]+)`(?:\s+"([^"]+)")?')
#: Headings of tables that need no test in each row.
FREE = "without a test"


@functools.lru_cache(maxsize=None)
def test_names(file: Path) -> list[str]:
    """The names in a doctest file, literals that the compiler joins included; of other files, all their lines."""
    text = file.read_text()
    if file.suffix != ".cpp" or "TEST_CASE" not in text:
        return text.splitlines()
    names = re.findall(r'TEST_CASE(?:_FIXTURE)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)', text)
    return ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', name)) for name in names]


def row_problems(page: Path) -> Iterator[str]:
    """Each row of a table that ends in a column `test` names one."""
    needs_test = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if not line.startswith("|"):
            needs_test = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells[-1] in ("test", "our tests"):
            needs_test = True
        elif needs_test and not set(cells[-1]) <= {"-"} and not REFERENCE.search(cells[-1]) and FREE not in cells[-1]:
            yield f"{page.name}:{number}: the row names no test: {cells[0]}"


def promise_problems(page: Path) -> Iterator[str]:
    """Promises are numbered without a gap, and each has its own table of tests."""
    sections = re.findall(r"^## (\d+)\. [^\n]+\n(.*?)(?=^## )", page.read_text(), re.MULTILINE | re.DOTALL)
    if [int(number) for number, _ in sections] != list(range(1, len(sections) + 1)) or not sections:
        yield f"{page.name}: the promises are not numbered from 1 on"
    for number, section in sections:
        if not REFERENCE.search(section):
            yield f"{page.name}: promise {number} names no test"


def unlinked_promises(page: Path) -> Iterator[str]:
    """Where a page speaks of a promise by its number, that is a link to it."""
    for number, line in enumerate(page.read_text().splitlines(), 1):
        bare = re.sub(r"\[[^\]]*\]\([^)]*promises\.md#\d+-[^)]*\)", "", line)
        for mention in re.findall(r"\bpromise \d+", bare, re.IGNORECASE):
            yield f"{page.name}:{number}: '{mention}' is not a link to promises.md"


def main() -> int:
    root = Path(sys.argv[1])
    promises = root / "docs/design/promises.md"
    problems, count = list(promise_problems(promises)), 0
    for page in sorted((root / "docs").rglob("*.md")):
        problems += unlinked_promises(page)
    for page in [root / "docs/differences.md", promises]:
        problems += row_problems(page)
        for path, name in REFERENCE.findall(page.read_text()):
            count += 1
            file = root / path
            if not file.exists():
                problems.append(f"{page.name} names {path}, which does not exist")
            elif name and not any(name in test for test in test_names(file)):
                problems.append(f'{page.name} names a test of {path} that does not exist: "{name}"')
    print("\n".join(problems) or f"{count} tests named")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
