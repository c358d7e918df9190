#!/usr/bin/env python3
"""The programs in the documentation: `extract` writes them to files, `compare` runs one, `check` looks at the pages themselves.

A program is a block of cpp that is followed by a block of text, which is what it prints. A page may have several. A whole program without
such a block is only compiled.
"""

import argparse
import difflib
import re
import subprocess
import sys
from pathlib import Path

KEYS = ["For", "Instead", "Cost", "Interrupts", "Cancellation", "Fairness", "Errors"]
FOLDERS = ["kernel", "task", "time", "sync", "queue"]
LONGEST_EXAMPLE = 45
#: A header that begins by saying one of these is for authors of primitives, or a part of another one.
PAGE_OF = {"loop": "call"}  # where a header's page has another name
NOT_FOR_PROGRAMS = re.compile(r"authors of|for the runtime|for the rest of this folder|: a part of", re.IGNORECASE)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def programs(page: Path) -> list[tuple[str, str | None]]:
    """The page's programs, each with its output, or None."""
    found = [*re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL), ("", "")]
    printing = [(code, text) for (first, code), (second, text) in zip(found, found[1:]) if (first, second) == ("cpp", "text")]
    silent = [
        (code, None)
        for (first, code), (second, _) in zip(found, found[1:])
        if first == "cpp" and second != "text" and "int main()" in code
    ]
    return printing + silent


def extract(folder: Path, pages: list[Path]) -> int:
    """Writes <page>.cpp and <page>.txt, numbered if a page has several programs, and prints their names. A file that would not change
    keeps its date. Of a folder it takes all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for page in [page for path in pages for page in (sorted(path.glob("*.md")) if path.is_dir() else [path])]:
        found = programs(page)
        for number, contents in enumerate(found, 1):
            name = page.stem if len(found) == 1 else f"{page.stem}_{number}"
            for suffix, text in zip((".cpp", ".txt"), contents):
                file = folder / (name + suffix)
                if text is None:
                    file.unlink(missing_ok=True)
                elif not file.exists() or file.read_text() != text:
                    file.write_text(text)
            names.append(name)
    print(";".join(names), end="")
    return 0


def compare(program: Path, expected: Path) -> int:
    done = subprocess.run([program], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        print(f"it ended with status {done.returncode}\n{done.stderr}")
        return 1
    wanted, got = expected.read_text().splitlines(), done.stdout.splitlines()
    print("\n".join(difflib.unified_diff(wanted, got, "the page's text block", "what it prints", lineterm="")) or "the same")
    return 0 if wanted == got else 1


def beginning(header: Path) -> str:
    comment = [line.removeprefix("//").strip() for line in header.read_text().splitlines()[1:6] if line.startswith("//")]
    return " ".join(comment)


def page_problems(page: Path):
    text = page.read_text()
    if not re.match(r"# \S.*\n\n\S", text):
        yield "begins with `# Name`, an empty line and a sentence"
    found = re.findall(r"^- \*\*(.+?)\*\*:? ?", text, re.MULTILINE)
    if [key.rstrip(":") for key in found] != KEYS:
        yield f"has the keys {', '.join(found) or 'none'}; it needs {', '.join(KEYS)}, in this order"
    if "\n## Example\n" not in text:
        yield "has no `## Example`"
    code, outputs = blocks(page, "cpp"), blocks(page, "text")
    if len(code) != 1 or len(outputs) != 1:
        yield f"has {len(code)} blocks of cpp and {len(outputs)} of text; it needs one of each"
    elif len(code[0].splitlines()) > LONGEST_EXAMPLE:
        yield f"has an example of more than {LONGEST_EXAMPLE} lines"


def unguided_examples(header: Path, guide: Path):
    """The examples in a header's docstrings that the guide, whose programs are run, does not have word for word."""
    docstrings = re.findall(r"(?:^///.*\n)+", header.read_text(), re.MULTILINE)
    for docstring in docstrings:
        for example in re.findall(r"(?:^///     .*\n)+", docstring, re.MULTILINE):
            if re.sub(r"^///     ", "", example, flags=re.MULTILINE) not in guide.read_text():
                yield f"{header.name} has an example that {guide.name} does not have:\n{example}"


def check(root: Path) -> int:
    problems = []
    pages = {page.stem: page for page in (root / "docs/reference").glob("*.md")}
    index = (root / "docs/reference.md").read_text()
    for page in sorted(pages.values()):
        problems += [f"docs/reference/{page.name} {problem}" for problem in page_problems(page)]
        if f"(reference/{page.name})" not in index:
            problems.append(f"docs/reference.md does not link reference/{page.name}")
    for folder in FOLDERS:
        for header in sorted((root / "include/uasync" / folder).glob("*.hpp")):
            if NOT_FOR_PROGRAMS.search(beginning(header)):
                continue
            page = PAGE_OF.get(header.stem, header.stem)
            if page not in pages:
                problems.append(f"{folder}/{header.name} has no page docs/reference/{page}.md")
            if f"(../include/uasync/{folder}/{header.name})" not in index:
                problems.append(f"{folder}/{header.name} has no row in docs/reference.md")
    problems += unguided_examples(root / "include/uasync/kernel/wait_queue.hpp", root / "docs/writing_an_awaitable.md")
    print("\n".join(problems) or f"{len(pages)} pages")
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("extract")
    verb.add_argument("folder", type=Path)
    verb.add_argument("pages", type=Path, nargs="+", help="pages, or folders of pages")
    verb.set_defaults(function=lambda a: extract(a.folder, a.pages))
    verb = verbs.add_parser("compare")
    verb.add_argument("program", type=Path)
    verb.add_argument("expected", type=Path)
    verb.set_defaults(function=lambda a: compare(a.program, a.expected))
    verb = verbs.add_parser("check")
    verb.add_argument("root", type=Path)
    verb.set_defaults(function=lambda a: check(a.root))
    arguments = parser.parse_args()
    return arguments.function(arguments)


if __name__ == "__main__":
    sys.exit(main())
