"""Compiles and links another version of one source of a program, exactly as its build does, and touches nothing of that build."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

from . import diagnostics, limited
from .errors import Failure
from .project import ROOT

MOST_IMAGE = 20_000_000  # bytes, as of a file that is dropped on the page
LAUNCHERS = re.compile(r"(?:.*/)?(?:cmake|ccache|sccache|distcc|env)|-E|env|\w+=.*")


@dataclass(frozen=True)
class Recipe:
    """How a program is made of its source."""

    build: Path  # the folder with build.ninja
    image: Path  # the ELF file
    source: Path
    #: The source in whose place it is compiled, if the build does not know it.
    instead_of: Optional[Path] = None

    def commands(self) -> "tuple[list[str], list[list[str]]]":
        """The command that compiles the source, and those that make the image of what was compiled."""
        rows = self.rows()
        compiles = [command for row in rows for command in row if self.is_compile(command)]
        if not compiles or not rows[-1]:
            raise Failure(f"the build in {self.build} does not tell how {self.source.name} is compiled; build the program anew")
        links = [command for command in rows[-1] if "-o" in command or any(word.endswith("image.py") for word in command)]
        return compiles[-1], links

    def is_compile(self, command: Sequence[str]) -> bool:
        return "-c" in command[:-1] and os.path.realpath(self.build / command[command.index("-c") + 1]) == os.path.realpath(self.instead_of or self.source)

    def sources(self) -> "list[Path]":
        """What the program itself is compiled of."""
        own = re.compile(rf"CMakeFiles/{re.escape(self.image.stem)}\.dir/")
        commands = [command for row in self.rows() for command in row if "-c" in command[:-1] and "-o" in command[:-1]]
        return [self.build / words[words.index("-c") + 1] for words in commands if own.search(words[words.index("-o") + 1])]

    def rows(self) -> "list[list[list[str]]]":
        """All that the build runs to make the image, in order: a row is what it takes for one command. Empty if there is no such build."""
        ask = ["ninja", "-t", "commands", os.path.relpath(self.image, self.build)]
        try:
            done = subprocess.run(ask, cwd=self.build, capture_output=True, text=True, errors="replace", timeout=20, check=False)
        except (OSError, subprocess.SubprocessError):
            return []
        return [split(row) for row in done.stdout.splitlines()] if done.returncode == 0 else []


def split(row: str) -> "list[list[str]]":
    """The commands that a row of a shell runs one after the other."""
    commands: "list[list[str]]" = [[]]
    try:
        words = shlex.split(row)
    except ValueError:
        return []
    for word in words:
        if word == "&&":
            commands.append([])
        else:
            commands[-1].append(word)
    return [command for command in commands if command not in ([], [":"])]


@dataclass
class Result:
    """What came of it. Without an image, `problem` is the kind of the problem and `text` says it in a sentence."""

    image: Optional[bytes] = None
    problem: str = ""  # compile, link, size, time, output, tools, unwanted
    text: str = ""
    messages: "list[diagnostics.Message]" = field(default_factory=list)
    seconds: float = 0.0


class Recompiler:
    """Compiles one source at a time."""

    def __init__(self, limits: limited.Limits = limited.Limits(), patience: float = 1.0) -> None:
        self.limits = limits
        self.patience = patience  # seconds in which one that nobody wants any more comes to its end
        self.busy = threading.Lock()

    def run(self, recipe: Recipe, text: str, is_wanted: Callable[[], bool] = lambda: True) -> Optional[Result]:
        """None: another one is being compiled."""
        if not self.busy.acquire(timeout=self.patience):
            return None
        try:
            start = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="uasync-") as folder:
                result = Attempt(recipe, text, Path(os.path.realpath(folder)), self.limits, is_wanted).make()
            result.seconds = time.monotonic() - start
            return result
        except Failure as failure:
            return Result(problem="tools", text=f"{str(failure)[:1].upper()}{str(failure)[1:]}.")
        finally:
            self.busy.release()


class Attempt:
    """One compilation, in a folder of its own."""

    def __init__(self, recipe: Recipe, text: str, folder: Path, limits: limited.Limits, is_wanted: Callable[[], bool]) -> None:
        self.recipe = recipe
        self.folder = folder
        self.limits = limits
        self.is_wanted = is_wanted
        self.deadline = time.monotonic() + limits.seconds
        self.source = folder / recipe.source.name
        self.object = folder / "program.o"
        self.image = folder / recipe.image.name
        self.output = ""
        # The text, and no other line end.
        self.text = text.replace("\r\n", "\n")
        self.source.write_bytes(self.text.encode())

    def make(self) -> Result:
        compile_it, links = self.recipe.commands()
        compiled_before = compile_it[compile_it.index("-o") + 1]
        self.known_as = self.name_in_debug(compile_it)
        for command, stage in [(self.compile_command(compile_it), "compile"), *((self.link_command(link, compiled_before), "link") for link in links)]:
            if shutil.which(command[0]) is None:
                name = Path(command[0]).name
                return Result(problem="tools", text=f"{name}, which the build uses, is not installed; end the demo and start it again: it installs what is missing.")
            ended = limited.run(command, self.recipe.build, self.deadline, self.limits, self.is_wanted, {"TMPDIR": str(self.folder)})
            self.output += ended.output + "\n"
            if ended.cut or ended.status != 0:
                return self.failed(stage, ended)
        if self.image.stat().st_size > MOST_IMAGE:
            return self.problem("size", f"The firmware has {self.image.stat().st_size // 1_000_000} MB: that does not fit into a Pico.")
        return Result(image=self.image.read_bytes(), messages=self.messages())

    def name_in_debug(self, command: Sequence[str]) -> str:
        """The name that the source has in the debug information of its own build. The maps that come last go first."""
        for word in reversed(command):
            before, _, after = word.partition("=")[2].partition("=")
            if re.match(r"-f(?:file|debug)-prefix-map=", word) and str(self.recipe.source).startswith(before):
                return after + str(self.recipe.source)[len(before) :]
        return str(self.recipe.source)

    def compile_command(self, words: Sequence[str]) -> "list[str]":
        result = without_launcher(words)
        result[result.index("-o") + 1] = str(self.object)
        result[result.index("-c") + 1] = str(self.source)
        for option in ("-MF", "-MT"):
            if option in result:
                result[result.index(option) + 1] = str(self.object.with_suffix(".d"))
        looks = ["-fno-caret-diagnostics"] if "clang" in Path(result[0]).name else ["-fno-diagnostics-show-caret", "-fdiagnostics-column-unit=byte"]
        # A warning is shown, and does not keep somebody who tries something out from running it.
        result[1:1] = ["-iquote", str(self.recipe.source.parent)]
        return [*result, "-Wno-error", *looks, f"-ffile-prefix-map={self.source}={self.known_as}"]

    def link_command(self, words: Sequence[str], compiled_before: str) -> "list[str]":
        image = str(self.image)
        new = {compiled_before: str(self.object), os.path.relpath(self.recipe.image, self.recipe.build): image, str(self.recipe.image): image}
        result = [new.get(word, word) for word in without_launcher(words)]
        return [re.sub(r"^(-Wl,-Map[=,]).*", rf"\g<1>{self.folder}/program.map", word) for word in result]

    def failed(self, stage: str, ended: limited.Ended) -> Result:
        if ended.cut == "time":
            return self.problem("time", f"The compiler was ended after {self.limits.seconds:.0f} s, and nothing was made of the source.")
        if ended.cut == "unwanted":
            return self.problem("unwanted", "")
        if ended.cut == "output":
            return self.problem("output", "The compiler said too much; these are its first messages.")
        if diagnostics.does_not_fit(self.output):
            return self.problem("size", "The firmware is too big for the Pico.")
        if re.search(r"out of memory|PCH allocation failure|[Vv]irtual memory exhausted|cannot allocate memory", self.output):
            return self.problem("memory", f"The compiler needed more than {self.limits.memory / 1e9:.1f} GB of memory, and was ended.")
        messages = self.messages()
        count = sum(message.kind == "error" for message in messages)
        if count == 0:
            said = self.output.strip().splitlines()
            why = f": {said[-1][:300]}" if said else f" with status {ended.status}"
            return self.problem(stage, f"The {'compiler' if stage == 'compile' else 'linker'} failed{why}")
        found = "1 error" if count == 1 else f"{count} errors"
        return self.problem(stage, f"The {'compiler' if stage == 'compile' else 'linker'} found {found}; the program before still runs.")

    def problem(self, kind: str, text: str) -> Result:
        return Result(problem=kind, text=text, messages=self.messages())

    def messages(self) -> "list[diagnostics.Message]":
        folders = {str(self.recipe.source.parent): "", str(ROOT): ""}
        return diagnostics.read(self.output, diagnostics.Names(self.source, self.text, (self.known_as,), folders))


def without_launcher(words: Sequence[str]) -> "list[str]":
    """A command without what only starts it, such as ccache: each source is compiled once."""
    result = list(words)
    while len(result) > 1 and LAUNCHERS.fullmatch(result[0]):
        result.pop(0)
    return result


def as_json(result: Result) -> "dict[str, Any]":
    """All but the image."""
    messages = [message.as_json() for message in result.messages]
    return {"problem": result.problem, "text": result.text, "messages": messages, "seconds": round(result.seconds, 2)}
