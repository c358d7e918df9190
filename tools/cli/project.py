"""The places in the tree, and the steps that build what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from . import npm, place
from .steps import Log, Step, Word

ROOT = place.ROOT
EMULATOR = ROOT / "emulator"
TESTED_IMAGES = ("all", "tests/all")  # the targets that the tests on the emulated Pico need
#: What the ledger measures of a preset, where that is more or less than of the others. It builds by itself what depends on a measurement.
MEASURED_IMAGES = {"pico-os": ("bench/all", "primitives"), "pico-o0": ("ledger",)}
RUNNER = EMULATOR / "dist" / "cli" / "run.js"
#: Clang takes an eighth less of the processor's time where its memory may come in huge pages (glibc's mallopt; others do not look at it).
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
HOST_PRESETS = ("gcc", "clang", "asan", "tsan")
#: The part of the host tests that a whole run takes of a preset, where another has done the rest: see tests/CMakeLists.txt.
HOST_PARTS = {"clang": "compiler", "tsan": "threads"}
PICO_PRESETS = ("pico-os", "pico-o2", "pico-o0", "pico-clang")
PRESETS = {
    "gcc": "for Linux, gcc",
    "clang": "for Linux, clang",
    "asan": "for Linux, address and undefined behaviour sanitizers",
    "tsan": "for Linux, thread sanitizer",
    "pico-os": "for the Pico, gcc -Os",
    "pico-o2": "for the Pico, gcc -O2",
    "pico-o0": "for the Pico, gcc -O0",
    "pico-clang": "for the Pico, clang -Os",
}


def modified(path: Path) -> float:
    """When the file was changed last; long ago if it does not exist."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def emulator_steps() -> list[Step]:
    """The steps, possibly none, that bring the emulator up to date."""
    if place.INSTALLED:
        return []
    steps = []
    lock = EMULATOR / "package-lock.json"
    if modified(EMULATOR / "node_modules" / ".package-lock.json") < modified(lock):
        steps.append(
            Step(
                "installing the emulator's node packages (npm ci)",
                lambda log: npm.install(log, EMULATOR),
            )
        )
    sources = [*(EMULATOR / "src").rglob("*.ts"), lock, EMULATOR / "package.json", EMULATOR / "tsconfig.json"]
    if modified(RUNNER) < max(map(modified, sources)):
        steps.append(Step("building the emulator", lambda log: log.run(["npm", "run", "build"], cwd=EMULATOR)))
    return steps


def build_step(preset: str, *targets: str) -> Step:
    """Configures and builds a preset, or only some of its targets."""
    if not targets and preset in PICO_PRESETS:  # with what people who build a program of their own do not wait for
        targets = (*TESTED_IMAGES, *MEASURED_IMAGES.get(preset, ("ledger", "sleep1ms", "wake", "ledger_demo_pool")))

    def work(log: Log) -> None:
        configure(log, preset)
        build(log, preset, targets)

    return Step(f"building {PRESETS[preset]}", work)


def configure(log: Log, preset: str) -> None:
    """Brings a preset's build files up to date. Once there are some, ninja knows what they are made of."""
    if modified(ROOT / "build" / preset / "build.ninja") < modified(ROOT / "CMakePresets.json"):
        log.run(["cmake", "--preset", preset], cwd=ROOT)
    else:
        log.run(["cmake", "--build", "--preset", preset, "--target", "build.ninja"], cwd=ROOT)


def build(log: Log, preset: str, targets: Sequence[str] = ()) -> None:
    keep_going = ["--", "-k", "0"]  # so that all mistakes are seen
    command: list[Word] = ["cmake", "--build", "--preset", preset, *(["--target", *targets] if targets else []), *keep_going]
    log.run(command, cwd=ROOT, env=HUGE_PAGES)
