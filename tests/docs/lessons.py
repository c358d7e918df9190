#!/usr/bin/env python3
"""The lessons in docs/lessons: `run` compares what a program prints with the end of its source, `check` looks at the pages.

A source ends with one or more runs, as in a terminal: a line `// $ UASYNC_UNTIL=1s 03_1`, then the lines that it prints, first those of
standard output, then those of standard error. Where the simulation says in which line a task was created, that is left out.
"""

import argparse
import difflib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Iterator

LESSONS = 8
SECTIONS = ["Aims", "Explanation", "Try it", "Exercises", "For teachers"]
EXERCISES = range(3, 6)
MINUTES = range(45, 91)
#: Of the explanation, code included: about a page.
MOST_WORDS = 500


def runs(source: Path) -> list[tuple[str, list[str]]]:
    """The commands at the end of a source, each with the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in source.read_text().splitlines():
        if line.startswith("// $ "):
            found.append((line.removeprefix("// $ "), []))
        elif found:
            found[-1][1].append(line.removeprefix("//").removeprefix(" "))
    return found


def run(source: Path, program: list[str]) -> int:
    failed = False
    for command, wanted in runs(source):
        *settings, name = shlex.split(command)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("UASYNC_")}
        environment |= dict(setting.split("=", 1) for setting in settings)
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, env=environment)
        got = re.sub(r" \(created at .*\)$", "", done.stdout + done.stderr, flags=re.MULTILINE).splitlines()
        difference = list(difflib.unified_diff(wanted, got, f"{source.name}: {command}", "what it prints", lineterm=""))
        if name != source.stem:
            difference.append(f"{source.name}: the command's name is {name}")
        if done.returncode != 0:
            difference.append(f"it ended with status {done.returncode}")
        print("\n".join(difference or [f"{command}: the same"]))
        failed |= bool(difference)
    if not runs(source):
        print(f"{source.name} does not end with a line `// $ {source.stem}`")
    return 1 if failed or not runs(source) else 0


def part_of(block: str, texts: list[str]) -> bool:
    """Whether the block stands in one of the texts, line by line, however far it is indented there."""
    wanted = [line.strip() for line in block.strip("\n").splitlines()]
    for text in texts:
        lines = [line.strip() for line in text.splitlines()]
        if any(lines[at : at + len(wanted)] == wanted for at in range(len(lines))):
            return True
    return False


def page_problems(page: Path, folder: Path) -> Iterator[str]:
    text = page.read_text()
    number = page.name[:2]
    if not text.startswith(f"# Lesson {int(number)}: "):
        yield f"does not begin with `# Lesson {int(number)}: `"
    minutes = re.search(r"^Time: (\d+) minutes\.", text, re.MULTILINE)
    if not minutes or int(minutes[1]) not in MINUTES:
        yield "does not say `Time: N minutes.`, from 45 to 90"
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    if parts[1::2] != SECTIONS:
        yield f"has the sections {', '.join(parts[1::2])}; it needs {', '.join(SECTIONS)}"
        return
    words = len(parts[1 + 2 * SECTIONS.index("Explanation") + 1].split())
    if words > MOST_WORDS:
        yield f"explains in {words} words; {MOST_WORDS} are a page"
    exercises = re.findall(r"^### (\d+)\.(\d+) ", parts[1 + 2 * SECTIONS.index("Exercises") + 1], re.MULTILINE)
    if [(int(a), int(b)) for a, b in exercises] != [(int(number), at) for at in range(1, len(exercises) + 1)]:
        yield "does not number its exercises from 1 on"
    if len(exercises) not in EXERCISES:
        yield f"has {len(exercises)} exercises"
    solutions = sorted(path.name for path in (folder / "solutions").glob(f"{number}_*.cpp"))
    for name in {f"{number}_{at + 1}.cpp" for at in range(len(exercises))} ^ set(solutions):
        yield f"and solutions/{name} do not belong together"
    programs = sorted((folder / "programs").glob(f"{number}_*.cpp"))
    for name in [f"programs/{path.name}" for path in programs] + [f"solutions/{name}" for name in solutions]:
        if f"({name})" not in text:
            yield f"does not link {name}"
    sources = [path.read_text() for path in programs + [folder / "solutions" / name for name in solutions]]
    for code in re.findall(r"^```cpp\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if not part_of(code, sources):
            yield f"has lines that are in none of its programs:\n{code}"
    printed = ["\n".join(re.sub(r"^// ?", "", line) for line in source.splitlines() if line.startswith("//")) for source in sources]
    for output in re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if not part_of(output, printed):
            yield f"shows what none of its programs prints:\n{output}"


def check(root: Path) -> int:
    folder = root / "docs/lessons"
    pages = sorted(folder.glob("[0-9]*.md"))
    problems = [f"{page.name} {problem}" for page in pages for problem in page_problems(page, folder)]
    if [page.name[:2] for page in pages] != [f"{number:02}" for number in range(1, LESSONS + 1)]:
        problems.append(f"there are not {LESSONS} lessons but {', '.join(page.name for page in pages) or 'none'}")
    index = (folder / "index.md").read_text()
    problems += [f"index.md does not link {page.name}" for page in pages if f"({page.name})" not in index]
    numbers = {page.name[:2] for page in pages}
    problems += [f"{path.name} belongs to no lesson" for path in sorted(folder.glob("*/*.cpp")) if path.name[:2] not in numbers]
    print("\n".join(problems) or f"{len(pages)} lessons")
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("run")
    verb.add_argument("source", type=Path)
    verb.add_argument("program", nargs="+", help="the program, and its arguments")
    verb.set_defaults(function=lambda a: run(a.source, a.program))
    verb = verbs.add_parser("check")
    verb.add_argument("root", type=Path)
    verb.set_defaults(function=lambda a: check(a.root))
    arguments = parser.parse_args()
    status: int = arguments.function(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
