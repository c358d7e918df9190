#!/usr/bin/env python3
"""The programs in the documentation: `extract` writes them to files, `compare` runs one, `blocks` compiles what is no program.

tools/docs/programs.py says where programs stand, and tools/docs/blocks.py what becomes of other blocks of C++.
"""

import argparse
import difflib
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from docs import blocks, programs  # noqa: E402


def extract(root: Path, folder: Path, only_board: bool) -> int:
    """Writes <name>.cpp and <name>.txt of all programs, and their names, which it prints too. A file that would not change keeps its
    date."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for program in programs.all_programs(root):
        if not (program.runs_on_board() if only_board else program.runs_on_host()):
            continue
        if program.name in names:
            print(f"{program.place}:{program.line}: another program has the name {program.name}", file=sys.stderr)
            return 1
        write(folder / f"{program.name}.cpp", program.code)
        write(folder / f"{program.name}.txt", program.output)
        names.append(program.name)
    write(folder / "names.txt", ";".join(names))
    print(";".join(names), end="")
    return 0


def write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def compare(expected: Path, command: "list[str]") -> int:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        print(f"it ended with status {done.returncode}\n{done.stderr}")
        return 1
    wanted, got = expected.read_text(encoding="utf-8").splitlines(), done.stdout.splitlines()
    print("\n".join(difflib.unified_diff(wanted, got, "what is documented", "what it prints", lineterm="")) or "the same")
    return 0 if wanted == got else 1


def compile_blocks(root: Path, command: "list[str]") -> int:
    count, problems = blocks.check(root, command)
    print("\n".join(problems) or f"{count} blocks compiled")
    return 1 if problems else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(required=True)
    verb = verbs.add_parser("extract")
    verb.add_argument("--board", action="store_true", help="only programs that run on a board")
    verb.add_argument("root", type=Path)
    verb.add_argument("folder", type=Path)
    verb.set_defaults(function=lambda a: extract(a.root, a.folder, a.board))
    verb = verbs.add_parser("compare")
    verb.add_argument("expected", type=Path)
    verb.add_argument("command", nargs="+", help="the program, and its arguments")
    verb.set_defaults(function=lambda a: compare(a.expected, a.command))
    verb = verbs.add_parser("blocks")
    verb.add_argument("root", type=Path)
    verb.add_argument("command", nargs="+", help="the compiler and its options, which compile no further than to errors")
    verb.set_defaults(function=lambda a: compile_blocks(a.root, a.command))
    arguments = parser.parse_args()
    status: int = arguments.function(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
