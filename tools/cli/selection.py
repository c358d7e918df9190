"""Which tests `./uasync test` runs when it is not to run all: those with a name (-k), or those that changed files concern (--changed)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Iterable, Optional

from . import graph, values
from .errors import Failure, UsageError
from .project import EMULATOR, ROOT

FIRMWARE_TESTS = ROOT / "tests" / "firmware"
QEMU_TESTS = ROOT / "tests" / "qemu"
PICO_SDK_TESTS = ROOT / "tests" / "pico_sdk"
EMULATOR_TESTS = EMULATOR / "test"
PAGE_TESTS = EMULATOR / "page" / "e2e"
# What the main branch may be called, the best first.
BASES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")

TOOLS = ("tools/", "bench/", "tests/cli/", "tests/mutants/", "uasync")
DOCUMENTED = ("docs/", "include/", "ports/sim/include/", "tools/docs/")
PICO_SDK = ("ports/pico-sdk/", "examples/pico-sdk/", "tests/pico_sdk/")
FIRMWARE = ("ports/rp2040/", "examples/", "tests/firmware/", "tests/port_contract/", "cmake/", "CMakeLists.txt", "CMakePresets.json")
QEMU = ("ports/cortex-m/", "ports/riscv32/", "ports/freertos/", "tests/qemu/", "tests/port_contract/", "cmake/", "CMakeLists.txt")
EMULATED = ("emulator/src/", "emulator/test/", "emulator/package", "emulator/tsconfig", "emulator/vitest")
PAGE = ("emulator/page/", "emulator/package")
# They compare the pages with the tree, and are quick.
CHECKS_OF_PAGES = ("docs.named_tests", "docs.quotes", "docs.structure", "lessons.pages")
# The pages' blocks of C++, and what they are compiled with.
BLOCKS = ("docs/", "README.md", "include/", "ports/sim/include/", "tools/docs/")
BUILD_FILES = re.compile(r"(^|/)(CMakeLists\.txt|CMakePresets\.json|[^/]*\.cmake)$")


class Named:
    """The tests whose names contain a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left_out = ""

    def __str__(self) -> str:
        return f"no test has '{self.text}' in its name"

    def host_tests(self, preset: str) -> list[str]:
        return [name for name in graph.tests(preset) if self.text in name and not name.startswith(graph.TOGETHER)]

    def formatted(self) -> list[str]:
        return []

    def documentation(self) -> bool:
        return False

    def typed(self) -> bool:
        return False

    def tools(self) -> bool:
        return True

    def files(self, folder: Path, pattern: str) -> list[Path]:
        """The files of tests that have the text in them, or in their own names. Names that are put together from parts are not found."""
        found = sorted(folder.glob(pattern))
        return [file for file in found if self.text in file.stem or self.text in file.read_text(encoding="utf-8")]

    def firmware(self) -> bool:
        return bool(self.files(FIRMWARE_TESTS, "test_*.py"))

    def qemu(self) -> bool:
        return bool(self.files(QEMU_TESTS, "test_*.py"))

    def pico_sdk(self) -> bool:
        return bool(self.files(PICO_SDK_TESTS, "test_*.py"))

    def emulator(self) -> list[Path]:
        return self.files(EMULATOR_TESTS, "**/*.test.ts")

    def page(self) -> list[Path]:
        return self.files(PAGE_TESTS, "*.test.ts")


class Changed:
    """The tests that files which differ from a commit concern, as far as that is known without running them."""

    def __init__(self, files: Iterable[str]) -> None:
        self.changed = sorted(files)
        self.text = None
        self.left_out = (
            "Not looked at: the other compilers and the sanitizers, misuse that must not compile, the Pico's other builds, the ledger "
            "and lint.\n`./uasync test` has them all."
        )

    def __str__(self) -> str:
        return f"no test depends on what has changed ({len(self.changed)} files)"

    def under(self, *places: str) -> list[str]:
        """Those of the changed files whose paths begin with one of these."""
        return [name for name in self.changed if name.startswith(places)]

    def host_tests(self, preset: str) -> list[str]:
        found = graph.tests(preset)
        # Of what was compiled together it is known what it depends on.
        names = {name: test for name, test in found.items() if graph.TOGETHER + name not in found}
        if any(BUILD_FILES.search(name) for name in self.changed):
            return list(names)
        changed = {ROOT / name for name in self.changed}
        changed |= {folder for path in changed for folder in path.parents}
        needed = graph.sources(preset, {output for test in names.values() for output in test.outputs})
        return [
            name
            for name, test in names.items()
            if changed.intersection(test.files)
            or any((of_output := needed[output]) is None or changed.intersection(of_output) for output in test.outputs)
            or self.is_of_docs(name)
        ]

    def is_of_docs(self, name: str) -> bool:
        """What is made of the pages is known by name only."""
        if name in CHECKS_OF_PAGES:
            return bool(self.changed)
        if name == "docs.blocks":
            return bool(self.under(*BLOCKS))
        stems = ["_".join([*Path(path).parts[1:-1], Path(path).stem]).replace("-", "_") for path in self.under("docs/")]
        return any(re.fullmatch(rf"docs\.{re.escape(stem)}(_\d+)?", name) for stem in stems)

    def tools(self) -> bool:
        return bool(self.under(*TOOLS))

    def documentation(self) -> bool:
        return bool(self.under(*DOCUMENTED)) or any(name.endswith(".md") for name in self.changed)

    def typed(self) -> bool:
        return bool(self.under("tools/", "bench/ledger/"))

    def firmware(self) -> bool:
        return bool(self.under(*FIRMWARE))

    def qemu(self) -> bool:
        return bool(self.under(*QEMU))

    def pico_sdk(self) -> bool:
        return bool(self.under(*PICO_SDK))

    def emulator(self) -> list[Path]:
        return [ROOT / name for name in self.under(*EMULATED)]

    def page(self) -> list[Path]:
        return [ROOT / name for name in self.under(*PAGE)]

    def formatted(self) -> list[str]:
        return [name for name in self.changed if name.endswith((".hpp", ".cpp")) and (ROOT / name).exists()]


def git(*arguments: str) -> Optional[str]:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        raise Failure("--changed needs git, which is not installed; install it, or name tests with -k") from None
    return done.stdout if done.returncode == 0 else None


def changed_since(commit: str) -> list[str]:
    """The files that differ from where this branch left `commit`, or the main branch, and those not yet committed."""
    if git("rev-parse", "--git-dir") is None:
        raise UsageError("--changed asks git what has changed, and this folder is no clone; clone the repository with git")
    if commit and git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}") is None:
        raise UsageError(f"--changed: '{values.shown(commit)}' is no commit of this repository; see git log")
    merge_bases = (git("merge-base", "HEAD", base) for base in ([commit] if commit else BASES))
    merge_base = next((base for base in merge_bases if base is not None), None)
    if merge_base is None:
        raise UsageError("--changed: there is no main branch to compare with; say which commit: --changed COMMIT")
    differing = git("diff", "--name-only", "--no-renames", "-z", merge_base.strip()) or ""
    new = git("ls-files", "--others", "--exclude-standard", "-z") or ""
    return sorted({name for name in (differing + new).split("\0") if name})
