"""What the tests of the command line share."""

import contextlib
import io
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from cli import main  # noqa: E402


def uasync(*arguments, **options):
    """Runs ./uasync as a user does, away from any terminal."""
    return subprocess.run(
        [ROOT / "uasync", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False, **options
    )


def in_process(*arguments):
    """The same in this process, which takes a hundredth of the time; what it starts is not heard."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors), mock.patch("sys.stdin", io.StringIO()), mock.patch("signal.signal"):
        try:
            status = main.main(list(arguments))
        except SystemExit as end:  # after --help
            status = end.code or 0
    texts = []
    for stream in (out, errors):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))
    return subprocess.CompletedProcess(arguments, status, *texts)


class Commands:
    """A folder of made-up commands, to be the whole PATH."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)

    def add(self, name, script="exit 0"):
        """The script may use built-in commands of the shell only."""
        file = self.path / name
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def __enter__(self):
        self.before = os.environ["PATH"]
        os.environ["PATH"] = str(self.path)
        return self

    def __exit__(self, *_):
        os.environ["PATH"] = self.before
        self.folder.cleanup()
