#!/usr/bin/env python3
"""Checks commit messages against the rules of CONTRIBUTING.md: of a file, as git's commit-msg hook, or of commits, as `--range main..HEAD`."""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Optional, Sequence

SUBJECT_WIDTH = 72
BODY_WIDTH = 80
#: What git writes by itself, or rewrites before the commit is shared.
MADE_BY_GIT = re.compile(r"Merge |Revert \"|(?:fixup|squash|amend)! ")
#: `queue: keep`, `tools/cli: say`, `uasync test: run`, `loop, task: wake`.
SUBJECT = re.compile(r"[A-Za-z0-9_][\w./+, -]{0,39}: \S")
TRAILER = re.compile(r"[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: \S")
#: Below this line of the editor's template is what `git commit --verbose` shows.
SCISSORS = re.compile(r"# -+ >8 -+")


def lines_of(message: str) -> List[str]:
    """The lines that git keeps: without comments, and without empty lines at the start and at the end."""
    lines = []
    for line in message.splitlines():
        if SCISSORS.match(line):
            break
        if not line.startswith("#"):
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n").splitlines()


def problems(message: str) -> Iterator[str]:
    lines = lines_of(message)
    if not lines or MADE_BY_GIT.match(lines[0]):
        return  # git itself refuses an empty message
    subject, rest = lines[0], lines[1:]
    if len(subject) > SUBJECT_WIDTH:
        yield f"the subject has {len(subject)} characters; {SUBJECT_WIDTH} is the limit"
    if not SUBJECT.match(subject):
        yield "the subject begins with no part of the project; write for example `queue: wake the getter first`"
    if subject.endswith("."):
        yield "the subject ends with a full stop; leave it out"
    if rest and rest[0]:
        yield "the second line is not empty; git takes it for more of the subject"
    body = [line for line in rest if line and not TRAILER.match(line)]
    if not body:
        yield "there is no body; say below an empty line why the change is made"
    for line in body:
        # Code is indented, and an address cannot be broken.
        if len(line) > BODY_WIDTH and " " in line and not line.startswith("    "):
            yield f"a line of the body has {len(line)} characters; {BODY_WIDTH} is the limit: {line[:40]}..."


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, help="a file with the message")
    what.add_argument("--range", help="commits as git log takes them")
    options = parser.parse_args(arguments)
    found = []
    if options.range is None:
        found = list(problems(options.file.read_text(encoding="utf-8")))
    else:
        for commit in git("log", "--format=%h", options.range).split():
            found += [f"{commit}: {problem}" for problem in problems(git("show", "--no-patch", "--format=%B", commit))]
    for problem in found:
        print(f"commit message: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
