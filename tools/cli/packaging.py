"""The tests of what other tools install: Debian's packages, and the files for PlatformIO, Arduino and Conan."""

from __future__ import annotations

from typing import Optional, Union

from . import project, runners, selection
from .results import Counts
from .steps import Log

TESTS = project.ROOT / "tests" / "packages"
PLACES = ("packaging/", "tests/packages/", "tests/consumer/", "cmake/", "CMakeLists.txt", "library.", "conanfile.py")


def are_chosen(chosen: Union[selection.Named, selection.Changed]) -> bool:
    if isinstance(chosen, selection.Named):
        return bool(chosen.files(TESTS, "test_*.py"))
    return bool(chosen.under(*PLACES))


def test(log: Log, text: Optional[str] = None) -> Counts:
    """Needs the emulator, and of the libraries for Linux only what is packed."""
    project.configure(log, "gcc")
    project.build(log, "gcc", ("uasync_linux", "uasync_sim"))
    return runners.unittest(log, ["-s", "tests/packages"], text)
