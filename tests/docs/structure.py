#!/usr/bin/env python3
"""Checks the map of the repository, docs/design/README.md: each path it names exists, and each folder has its sentence. That
headers include only from the folders that theirs may depend on. And that the tests of a folder have the names of its headers or sources."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List

MAP = "docs/design/README.md"
#: The folders of include/uasync, and which others they may include from.
BELOW: Dict[str, List[str]] = {
    "kernel": [],
    "time": ["kernel"],
    "task": ["kernel", "time"],
    "sync": ["kernel", "time", "task"],
    "queue": ["kernel", "time", "task", "sync"],
    "board": ["kernel"],
    "device": ["kernel", "time", "task", "sync", "queue", "board"],
}
#: Folders that builds and tools make, wherever they are.
MADE = re.compile(r"__pycache__|build|dist|node_modules|\.(?!ci$|github$).*")
#: A row of a table of folders: its path, perhaps with `**`, and a sentence.
ROW = re.compile(r"^\| `([^`]+/)(\*\*)?` \| (.*) \|$", re.MULTILINE)


def folders(root: Path) -> List[str]:
    """The folders that hold files, or folders that do, as `tests/docs/`: of git's files, or of all files of a copy without git."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, text=True)
    if git.returncode == 0 and git.stdout:
        files = [Path(name) for name in git.stdout.split("\0") if name]
    else:
        files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
        files = [path for path in files if not any(MADE.fullmatch(part) for part in path.parts[:-1])]
    return sorted({f"{folder.as_posix()}/" for path in files for folder in path.parents if folder.parts})


def named_paths(text: str) -> Iterator[str]:
    """What stands in backticks and is a path, by its slash or its suffix."""
    for code in re.findall(r"`([^`\s]+)`", text):
        if "/" in code or re.fullmatch(r"[\w-]+\.(?:md|txt|json|py|hpp|cpp|ts)", code):
            yield code.removesuffix("**")


def map_problems(root: Path, text: str) -> Iterator[str]:
    for path in sorted(set(named_paths(text))):
        if not (root / path).exists():
            yield f"{MAP} names {path}, which does not exist"
    described: Dict[str, bool] = {}  # folder, and whether its row is for all that is in it too
    for folder, deep, sentence in ROW.findall(text):
        if folder in described:
            yield f"{MAP} describes {folder} twice"
        described[folder] = deep != ""
        if not re.fullmatch(r"[A-Z].*\.", sentence):
            yield f"{MAP} has no sentence for {folder}"
    for folder in folders(root):
        if folder not in described and not any(deep and folder.startswith(above) for above, deep in described.items()):
            yield f"{MAP} does not describe {folder}"


def arrow_problems(root: Path) -> Iterator[str]:
    for header in sorted((root / "include/uasync").glob("*/*.hpp")):
        folder = header.parent.name
        if folder not in BELOW:
            yield f"tests/docs/structure.py does not say what include/uasync/{folder} may include from"
            continue
        for other in re.findall(r"^ *# *include <uasync/(\w+)/", header.read_text(encoding="utf-8"), re.MULTILINE):
            if other != folder and other not in BELOW[folder]:
                yield f"{folder}/{header.name} includes from {other}, which depends on {folder} and not the other way round"


def mirror_problems(root: Path) -> Iterator[str]:
    for folder in sorted(path.name for path in (root / "include/uasync").iterdir() if path.is_dir()):
        known = {path.stem for part in ("include/uasync", "src") for path in (root / part / folder).glob("*.?pp")}
        tests = sorted((root / "tests" / folder).glob("test_*.cpp"))
        if not tests:
            yield f"include/uasync/{folder} has no tests in tests/{folder}"
        for test in tests:
            name = test.stem.removeprefix("test_")
            if name not in known and not any(name.startswith(f"{one}_") for one in known):
                yield f"tests/{folder}/{test.name} has the name of no header of include/uasync/{folder}, and of no source of src/{folder}"


def main() -> int:
    root = Path(sys.argv[1])
    problems = [*map_problems(root, (root / MAP).read_text(encoding="utf-8")), *arrow_problems(root), *mirror_problems(root)]
    print("\n".join(problems) or "the map fits")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
