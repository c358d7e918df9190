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

Compilers go on after a mistake, so most cases are tried at once, each in a namespace of its own; what is said of a case's lines is its
message. A case of which that is not what the file promises is compiled alone, and then that counts.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import AbstractSet, Mapping


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


def compile_case(command: list[str], path: Path, case: int) -> tuple[bool, str]:
    return compile_file([*command, f"-DCASE={case}"], path)


def compile_file(command: list[str], path: Path) -> tuple[bool, str]:
    environment = dict(os.environ, LC_ALL="C")  # plain quotes in messages
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, env=environment)
    return done.returncode == 0, done.stderr


def all_in_one(path: Path, cases: AbstractSet[int]) -> tuple[str, dict[int, int]]:
    """The file with all of these cases selected, and of which case its lines are. The lines keep their numbers."""
    lines: list[str] = []
    case_of: dict[int, int] = {}
    current = 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := re.match(r"#(?:el)?if CASE == (\d+)", line):
            begin = f"namespace case_{match[1]} {{" if int(match[1]) in cases else ""
            line = ("} " if current in cases else "") + begin
            current = int(match[1])
        elif line.startswith("#endif") and current != 0:
            line = "}" if current in cases else ""
            current = 0
        elif current != 0:
            line = line if current in cases else ""
            case_of[number] = current
        lines.append(line)
    return "\n".join([*lines, ""]), case_of


# Lines that come before what they belong to.
CONTEXT = re.compile(r"In file included from |\s+from |.*: (?:In|At) .*:$|.*:   (?:recursively )?required ")


def messages_of_cases(said: str, name: str, case_of: Mapping[int, int]) -> dict[int, str]:
    """What a compiler has said of each case's lines."""
    messages: dict[int, list[str]] = {}
    context: list[str] = []
    diagnostics: list[list[str]] = []
    for line in said.splitlines():
        if CONTEXT.match(line):
            context.append(line)
        elif ": error: " in line:
            diagnostics.append([*context, line])
            context = []
        elif diagnostics:
            diagnostics[-1] += [*context, line]
            context = []
    for lines in diagnostics:
        mentioned = {case_of[int(number)] for number in re.findall(rf"\b{re.escape(name)}:(\d+)", "\n".join(lines)) if int(number) in case_of}
        if len(mentioned) == 1:
            messages.setdefault(mentioned.pop(), []).extend(lines)
    return {case: "\n".join(lines) for case, lines in messages.items()}


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
    if arguments.family == "clang":
        command = [*command, "-ferror-limit=0"]

    cases = read_cases(arguments.file, arguments.family)
    tried = cases.keys() - {0}
    failed = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        code, case_of = all_in_one(arguments.file, tried)
        together = Path(folder) / arguments.file.name
        together.write_text(code)
        right = pool.submit(compile_case, command, arguments.file, 0)
        messages = messages_of_cases(compile_file(command, together)[1], arguments.file.name, case_of)
        alone = [case for case in tried if case not in messages or failure(case, cases[case], False, messages[case])]
        outcomes = {case: pool.submit(compile_case, command, arguments.file, case) for case in alone}
        for case, words in cases.items():
            compiled, message = right.result() if case == 0 else outcomes[case].result() if case in outcomes else (False, messages[case])
            problem = failure(case, words, compiled, message)
            how = ", alone" if case in outcomes else ""
            print(f"{arguments.file.name}, case {case}{how}: {problem or 'ok'}")
            failed += problem is not None
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
