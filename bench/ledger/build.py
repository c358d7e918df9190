"""Builds what is measured, and runs programs."""

from __future__ import annotations

import re
import subprocess
import sys
from os import PathLike
from pathlib import Path
from typing import Optional, Sequence, Union

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent

Word = Union[str, int, "PathLike[str]"]


class Failure(Exception):
    """Something that the user is told in one line."""


def progress(text: str) -> None:
    print(f"-- {text}", file=sys.stderr, flush=True)


def call(words: Sequence[Word], cwd: Path = ROOT) -> str:
    """Standard output of a command that must succeed."""
    command = [str(word) for word in words]
    try:
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise Failure(f"failed with status {done.returncode}: {' '.join(command)}")
    return done.stdout


def configure(preset: str, options: Sequence[str] = ()) -> None:
    progress(f"configuring {preset}")
    call(["cmake", "--preset", preset, *options])


def build(preset: str, targets: Sequence[str]) -> None:
    if not (ROOT / "build" / preset / "build.ninja").exists():
        configure(preset)
    progress(f"building {preset}: {', '.join(targets)}")
    call(["cmake", "--build", "--preset", preset, "--target", *targets])


def cached(preset: str, option: str) -> Optional[str]:
    """The value of an option in a build folder, or None."""
    cache = ROOT / "build" / preset / "CMakeCache.txt"
    match = re.search(rf"^{option}:\w+=(.*)$", cache.read_text(encoding="utf-8"), re.MULTILINE)
    return match.group(1) if match else None
