#!/usr/bin/env python3
"""Compiles each case of a file of misuse and checks that the compiler says what the file promises.

A file holds cases selected by the macro CASE:

    #if CASE == 1
    // error: the words that the message must contain
    ...
    #endif

`// gcc:` and `// clang:` instead of `// error:` hold for one compiler; a case with one of them only is not tried with the other.
`// first error:` (or `// first gcc:`, `// first clang:`) is what the first line that says "error" must contain: what people read.
Case 0, which selects nothing, must compile.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def read_cases(path: Path, family: str) -> dict[int, list[tuple[bool, str]]]:
    cases: dict[int, list[tuple[bool, str]]] = {0: []}
    elsewhere = set()
    current = None
    for line in path.read_text().splitlines():
        if match := re.match(r"#(?:el)?if CASE == (\d+)", line):
            current = int(match[1])
            if current in cases:
                sys.exit(f"{path}: case {current} exists twice")
            cases[current] = []
        elif current is not None and (match := re.match(rf"// (first )?(?:error|{family}): (.+)", line)):
            cases[current].append((match[1] is not None, match[2].strip()))
        elif current is not None and re.match(r"// (?:first )?(?:gcc|clang): ", line):
            elsewhere.add(current)
    for case, words in cases.items():
        if case != 0 and not words and case not in elsewhere:
            sys.exit(f"{path}: case {case} does not say which message it expects")
    return {case: words for case, words in cases.items() if case == 0 or words}


def precompiled(command: list[str], path: Path, folder: str) -> list[str]:
    """The flags that bring in the file's headers, compiled once for all its cases."""
    header = Path(folder) / "headers.hpp"
    includes = [line for line in path.read_text().splitlines() if line.startswith("#include")]
    header.write_text("\n".join([*includes, ""]))
    language = ["-x", "c++-header", str(header), "-o", f"{header}.gch"]
    subprocess.run([*(flag for flag in command if flag != "-fsyntax-only"), *language], check=True)
    return ["-include", str(header)]


def compile_case(command: list[str], path: Path, case: int) -> tuple[bool, str]:
    environment = dict(os.environ, LC_ALL="C")  # plain quotes in messages
    done = subprocess.run([*command, f"-DCASE={case}", str(path)], capture_output=True, text=True, env=environment)
    return done.returncode == 0, done.stderr


def failure(case: int, words: list[tuple[bool, str]], compiled: bool, message: str) -> str | None:
    if case == 0:
        return None if compiled else f"must compile, but:\n{message}"
    if compiled:
        return f"must not compile; expected: {'; '.join(text for _, text in words)}"
    first = next((line for line in message.splitlines() if "error:" in line), "")
    missing = [text for in_first, text in words if text not in (first if in_first else message)]
    return f"the message lacks: {'; '.join(missing)}\n{message}" if missing else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", choices=["gcc", "clang"], required=True)
    parser.add_argument("file", type=Path)
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- the compiler and its flags")
    arguments = parser.parse_args()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command

    cases = read_cases(arguments.file, arguments.family)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        command += precompiled(command, arguments.file, folder)
        outcomes = {case: pool.submit(compile_case, command, arguments.file, case) for case in cases}
        for case, words in cases.items():
            problem = failure(case, words, *outcomes[case].result())
            print(f"{arguments.file.name}, case {case}: {problem or 'ok'}")
            failed += problem is not None
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
