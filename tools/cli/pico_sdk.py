"""The Raspberry Pi Pico SDK, where there is one: a project of its user is built for each board, and programs for the tests."""

from __future__ import annotations

import os
from typing import Optional, Sequence

from .project import ROOT
from .results import Counts
from .runners import unittest
from .steps import Log, Step, Word

BOARDS = ("pico", "pico_w", "pico2", "pico2_w")
BUILD = ROOT / "build"
TESTS = BUILD / "pico-sdk"  # what tests/pico_sdk/test_pico_sdk.py runs
INSTALLED = BUILD / "pico-sdk-installed"  # where it looks for an installed package
VARIABLE = "PICO_SDK_PATH"

EXAMPLES_VARIABLE = "PICO_EXAMPLES_PATH"
EXAMPLES_BUILD = BUILD / "pico-sdk-examples"
#: The names of the SDK's own examples that test_sdk_examples.py runs.
EXAMPLES = ROOT / "tests" / "pico_sdk" / "sdk_examples.txt"


def steps(emulator: Sequence[Step], text: Optional[str] = None) -> list[Step]:
    """The steps that build and test in SDK projects; without an SDK one that says so."""
    if not os.environ.get(VARIABLE):
        return [Step(f"Pico SDK: not tested, because {VARIABLE} is not set", lambda log: Counts(skipped=1), cores=1)]
    built = Step("building in Pico SDK projects", build)
    return [built, Step("tests in Pico SDK projects", lambda log: test(log, text), (*emulator, built), cores=1)]


def build(log: Log) -> None:
    build_one(log, "tests/pico_sdk", "pico-sdk", "pico")
    build_one(log, "tests/pico_sdk", "pico-sdk-loops-pico2", "pico2", "several_loops")  # no emulator runs them
    for board in BOARDS:
        build_one(log, "examples/pico-sdk", f"pico-sdk-{board}", board)
    install(log)
    if os.environ.get(EXAMPLES_VARIABLE):
        build_examples(log)


def build_examples(log: Log) -> None:
    """Without the names of the programs in the SDK's parts, so that ccache finds them again."""
    source = os.environ[EXAMPLES_VARIABLE]
    options: list[Word] = ["-DPICO_NO_PICOTOOL=1", "-DPICO_NO_TARGET_NAME=1", "-DPICO_BOARD=pico"]
    log.run(["cmake", "-G", "Ninja", "-S", source, "-B", EXAMPLES_BUILD, *options], cwd=ROOT)
    log.run(["cmake", "--build", EXAMPLES_BUILD, "--target", *EXAMPLES.read_text().split(), "--", "-k", "0"], cwd=ROOT)


def build_one(log: Log, project: str, folder: str, board: str, target: str = "all") -> None:
    where = BUILD / folder
    options: list[Word] = [f"-DPICO_BOARD={board}", "-DCMAKE_BUILD_TYPE=MinSizeRel"]
    log.run(["cmake", "-G", "Ninja", "-S", ROOT / project, "-B", where, *options], cwd=ROOT)  # each time: FREERTOS_KERNEL_PATH may be new
    log.run(["cmake", "--build", where, "--target", target, "--", "-k", "0"], cwd=ROOT)


def install(log: Log) -> None:
    """Installs uasync, as a user of find_package has it. The host's libraries are in it, too."""
    host = BUILD / "pico-sdk-host"
    log.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", host, "-DUASYNC_LIBRARY_ONLY=ON", "-DCMAKE_BUILD_TYPE=Debug"], cwd=ROOT)
    log.run(["cmake", "--build", host], cwd=ROOT)
    log.run(["cmake", "--install", host, "--component", "dev", "--prefix", INSTALLED], cwd=ROOT)


def test(log: Log, text: Optional[str] = None) -> Counts:
    return unittest(log, ["-s", "tests/pico_sdk", "-t", "."], text, {"UASYNC_FIRMWARE_PRESETS": TESTS.name})
