"""Builds what is measured, and runs programs."""

import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent


class Failure(Exception):
    """Something that the user is told in one line."""


def progress(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


def call(command, cwd=ROOT):
    """Standard output of a command that must succeed."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise Failure(f"failed with status {done.returncode}: {' '.join(command)}")
    return done.stdout


def configure(preset, options=()):
    progress(f"configuring {preset}")
    call(["cmake", "--preset", preset, *options])


def build(preset, targets):
    if not (ROOT / "build" / preset / "build.ninja").exists():
        configure(preset)
    progress(f"building {preset}: {', '.join(targets)}")
    call(["cmake", "--build", "--preset", preset, "--target", *targets])


def cached(preset, option):
    """The value of an option in a build folder, or None."""
    cache = ROOT / "build" / preset / "CMakeCache.txt"
    match = re.search(rf"^{option}:\w+=(.*)$", cache.read_text(encoding="utf-8"), re.MULTILINE)
    return match.group(1) if match else None
