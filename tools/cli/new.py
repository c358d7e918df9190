"""`./uasync new`: a small project of the user's own, for the Pico and for Linux, with a test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Sequence

from . import place, values
from .errors import UsageError
from .options import Parser

TEMPLATES = place.ROOT / "tools" / "new"
KINDS = {False: "bare", True: "pico-sdk"}
# What CMake, or uasync in the same build, has as a target already.
TAKEN = frozenset(
    ("all", "clean", "help", "install", "test", "package", "edit_cache", "rebuild_cache", "list_install_components", "uasync", "sim", "test_app")
)


def parser() -> Parser:
    result = Parser(
        "new",
        "NAME [options]",
        """
        Writes a project into a new folder NAME: a program for the Raspberry Pi Pico and for Linux, a test of it on virtual time, CMake's files and
        presets. The folder is yours to change; nothing else of it is written again.

        The project takes uasync from this clone. With --fetch, CMake downloads it from a git repository, so that the project builds on any machine.
        """,
        """
        ./uasync new hello
        ./uasync new ~/projects/hello --pico-sdk
        ./uasync new hello --fetch https://example.com/uasync.git --tag v0.2.0
        """,
    )
    result.add_argument("name", metavar="NAME", help="the folder to create; its last part is the program's name")
    result.add_argument("--pico-sdk", action="store_true", help="use the Raspberry Pi Pico SDK (PICO_SDK_PATH), instead of the bare chip")
    where = result.add_mutually_exclusive_group()
    where.add_argument("--path", metavar="DIR", type=clone, help="take uasync from this folder instead of this clone")
    where.add_argument("--fetch", metavar="URL", type=url, help="have CMake download uasync from this git repository")
    result.add_argument("--tag", metavar="TAG", type=tag, help=f"with --fetch: the tag, branch or commit (v{place.version()})")
    result.add_help_option()
    return result


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    if options.tag and not options.fetch:
        raise UsageError("--tag goes with --fetch; add --fetch URL, or leave out --tag")
    folder = Path(options.name).expanduser()
    name = folder.absolute().name
    check(options.name, name, folder)
    if options.fetch:
        from_where = f' GIT_REPOSITORY "{options.fetch}" GIT_TAG "{options.tag or "v" + place.version()}"'
        source = f"FetchContent_Declare(uasync{from_where} SOURCE_SUBDIR only-the-sources)"
    else:
        path = quoted(options.path or place.ROOT)
        source = f'set(FETCHCONTENT_SOURCE_DIR_UASYNC "{path}" CACHE PATH "The folder with uasync")\n'
        source += "FetchContent_Declare(uasync SOURCE_SUBDIR only-the-sources)"
    write(folder, KINDS[options.pico_sdk], {"@NAME@": name, "@SOURCE@": source})
    print(what_next(options.name, name, options.pico_sdk), end="")
    return 0


def check(text: str, name: str, folder: Path) -> None:
    """The name becomes one of a CMake target, and nobody's files are to be lost."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise UsageError(f"'{values.shown(text)}' cannot name a program; use letters, digits, - and _, and begin with a letter")
    if name in TAKEN:
        raise UsageError(f"'{name}' is the name of a target of the build already; choose another name")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{values.shown(text)} exists and is a file; choose another name, or remove it")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"the folder {values.shown(text)} exists and is not empty; choose another name, or remove it")
    try:
        values.output_folder(str(folder))
    except values.Wrong as wrong:
        raise UsageError(str(wrong)) from None


def write(folder: Path, kind: str, words: "dict[str, str]") -> None:
    for room in ("common", kind):
        for template in sorted((TEMPLATES / room).rglob("*")):
            if not template.is_file():
                continue
            content = template.read_text(encoding="utf-8")
            for word, value in words.items():
                content = content.replace(word, value)
            file = folder / template.relative_to(TEMPLATES / room)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")


def what_next(folder: str, name: str, pico_sdk: bool) -> str:
    sdk = "First set PICO_SDK_PATH to the Pico SDK. There are also the presets pico_w, pico2 and pico2_w.\n" if pico_sdk else ""
    return f"""{folder} has a program (src/), a test of it on virtual time (tests/) and CMake's presets. In that folder,

  cmake --workflow --preset linux     builds it for Linux and runs the test
  cmake --workflow --preset pico      builds build/pico/{name}.elf and {name}.uf2 for the Pico

{sdk}"""


def quoted(path: Path) -> str:
    """For a quoted argument in CMake."""
    return re.sub(r'([\\\\"$;])', r"\\\1", str(path))


def clone(text: str) -> Path:
    path = Path(text).expanduser()
    if not (path / "cmake" / "uasync.cmake").is_file():
        raise values.Wrong(f"'{values.shown(text)}' does not hold uasync's sources; give the folder of a clone")
    return path.resolve()


def url(text: str) -> str:
    if not re.fullmatch(r"(?:[a-z][a-z0-9+.-]*://|/|[\w.-]+@[\w.-]+:)[^\s\"\\$;]+", text):
        raise values.Wrong(f"'{values.shown(text)}' is not the address of a git repository; write for example https://example.com/uasync.git")
    return text


def tag(text: str) -> str:
    if not re.fullmatch(r"[\w][\w./+-]*", text):
        raise values.Wrong(f"'{values.shown(text)}' is not a tag, branch or commit; write for example v{place.version()}")
    return text
