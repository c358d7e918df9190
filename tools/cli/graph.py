"""What a build folder knows: its tests, what has to be built for each, and which sources that depends on.

CMake writes the tests into CTestTestfile.cmake. Which headers a file includes is known to ninja once that file has been compiled.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, List, Optional

from .project import ROOT

ADD_TEST = re.compile(r"^\s*add_test\(\[=\[(.*?)\]=\] (.*)\)$", re.MULTILINE)
SUBDIRECTORY = re.compile(r'^subdirs\("(.*)"\)$', re.MULTILINE)
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')
#: Begins the names of tests whose program has those of several headers; without it they are the names of the same tests in programs of their own.
TOGETHER = "together."
INSTALLED = ("libuasync_linux.a", "libuasync_sim.a")


@dataclass
class Test:
    files: List[Path]  # and folders of the tree, that its command names
    outputs: List[str]  # of the build, that it runs or looks at
    needed: List[str]  # what has to be built for it


def folder(preset: str) -> Path:
    return ROOT / "build" / preset


def ninja(preset: str, *arguments: str) -> str:
    command = ["ninja", "-C", str(folder(preset)), "--quiet", "-t", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True).stdout


def tests(preset: str) -> dict[str, Test]:
    """The tests of a preset that was configured: a map from names."""
    built = {line.rsplit(":", 1)[0] for line in ninja(preset, "targets", "all").splitlines()}
    found: dict[str, Test] = {}

    def read(place: Path) -> None:
        text = (place / "CTestTestfile.cmake").read_text(encoding="utf-8")
        for name, command in ADD_TEST.findall(text):
            words = [Path(re.sub(r"\\(.)", r"\1", word)) for word in WORD.findall(command)]
            paths = [Path(os.path.normpath(word)) for word in words if word.is_absolute()]
            outputs = [str(path.relative_to(folder(preset))) for path in paths if path.is_relative_to(folder(preset))]
            outputs = [output for output in outputs if output in built]
            files = [path for path in paths if path.exists() and ROOT in path.parents and not path.is_relative_to(ROOT / "build")]
            # A name without a folder is that of a file beside the script.
            files += [file.parent / word for file in files if file.is_file() for word in words if not word.is_absolute() and (file.parent / word).is_file()]
            # The tests of consumers build the library themselves; but one of them uses what was installed.
            found[name] = Test(files, outputs, [*outputs, *INSTALLED] if name.startswith("consumer.") else outputs)
        for inner in SUBDIRECTORY.findall(text):
            read(place / inner)

    read(folder(preset))
    return found


def includes(preset: str) -> dict[str, list[Path]]:
    """What each object that was compiled depends on, as ninja has noted it."""
    result: dict[str, list[Path]] = {}
    current: list[Path] = []
    for line in ninja(preset, "deps").splitlines():
        if line.startswith("    "):
            current.append(absolute(preset, line.strip()))
        elif line:
            name, _, state = line.partition(": ")
            current = []
            if state.endswith("(VALID)"):  # of another it is not known
                result[name] = current
    return result


def absolute(preset: str, path: str) -> Path:
    return Path(os.path.normpath(folder(preset) / path))


def sources(preset: str, outputs: Iterable[str]) -> dict[str, Optional[set[Path]]]:
    """The files that each of these outputs is made of; None where that is not known, as some of it was not compiled yet."""
    known = includes(preset)
    result: dict[str, Optional[set[Path]]] = {}
    for output in outputs:
        inputs = ninja(preset, "inputs", output).splitlines()
        objects = [name for name in inputs if name.endswith((".o", ".obj"))]
        if any(name not in known for name in objects):
            result[output] = None
            continue
        found = {absolute(preset, name) for name in inputs}
        for name in inputs:
            found.update(known.get(name, ()))
        result[output] = found
    return result
