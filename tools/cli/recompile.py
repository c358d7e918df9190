"""Compiles and links a program with other versions of its files, exactly as its build does, and touches nothing of that build."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence

from . import diagnostics, limited
from .errors import Failure
from .project import ROOT
from .recipe import Recipe, after

MOST_IMAGE = 20_000_000  # bytes, as of a file that is dropped on the page
LAUNCHERS = re.compile(r"(?:.*/)?(?:cmake|ccache|sccache|distcc|env)|-E|env|\w+=.*")


@dataclass
class Result:
    """What came of it. Without an image, `problem` is the kind of the problem and `text` says it in a sentence."""

    image: Optional[bytes] = None
    problem: str = ""  # compile, link, size, time, output, tools, unwanted
    text: str = ""
    messages: "list[diagnostics.Message]" = field(default_factory=list)
    seconds: float = 0.0


class Recompiler:
    """Compiles one program at a time."""

    def __init__(self, limits: limited.Limits = limited.Limits(), patience: float = 1.0) -> None:
        self.limits = limits
        self.patience = patience  # seconds in which one that nobody wants any more comes to its end
        self.busy = threading.Lock()

    def run(self, recipe: Recipe, texts: Mapping[str, str], is_wanted: Callable[[], bool] = lambda: True) -> Optional[Result]:
        """Compiles these versions of the recipe's files; the others are as they are. None: another program is being compiled."""
        if not self.busy.acquire(timeout=self.patience):
            return None
        try:
            start = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="uasync-") as folder:
                result = Attempt(recipe, texts, Path(os.path.realpath(folder)), self.limits, is_wanted).make()
            result.seconds = time.monotonic() - start
            return result
        except Failure as failure:
            return Result(problem="tools", text=f"{str(failure)[:1].upper()}{str(failure)[1:]}.")
        finally:
            self.busy.release()


class Attempt:
    """One compilation, in a folder of its own."""

    def __init__(self, recipe: Recipe, texts: Mapping[str, str], folder: Path, limits: limited.Limits, is_wanted: Callable[[], bool]) -> None:
        self.recipe = recipe
        self.edited = texts
        self.folder = folder
        self.limits = limits
        self.is_wanted = is_wanted
        self.deadline = time.monotonic() + limits.seconds
        self.sources = folder / "sources"
        self.image = folder / recipe.image.name
        self.output = ""
        self.top_in_debug = ""

    def make(self) -> Result:
        self.texts = {name: self.write(name) for name in self.recipe.files}
        compiles, links = self.recipe.commands()
        self.top_in_debug = name_in_debug(f"{self.recipe.top}{os.sep}", next(iter(compiles.values())))
        wanted = [name for name in compiles if name in self.edited]
        if not wanted or any(name not in compiles for name in self.edited):  # a header may be in all of them
            wanted = list(compiles)
        objects = {after(compiles[name], "-o"): str(self.folder / f"{number}.o") for number, name in enumerate(wanted)}
        stages = [(self.compile_command(name, compiles[name], objects), "compile") for name in wanted]
        stages += [(self.link_command(link, objects), "link") for link in links]
        for command, stage in stages:
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

    def write(self, name: str) -> str:
        """The text of a file, which is then where the compiler finds it: beside the others."""
        if name in self.edited:
            text = self.edited[name].replace("\r\n", "\n")
        else:
            try:
                text = (self.recipe.top / name).read_text(encoding="utf-8", errors="replace")
            except OSError:  # it was removed since
                return ""
        file = self.sources / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return text

    def compile_command(self, name: str, words: Sequence[str], objects: Mapping[str, str]) -> "list[str]":
        result = without_launcher(words)
        object_file = objects[after(words, "-o")]
        result[result.index("-o") + 1] = object_file
        result[result.index("-c") + 1] = str(self.sources / name)
        for option in ("-MF", "-MT"):
            if option in result:
                result[result.index(option) + 1] = f"{object_file}.d"
        looks = ["-fno-caret-diagnostics"] if "clang" in Path(result[0]).name else ["-fno-diagnostics-show-caret", "-fdiagnostics-column-unit=byte"]
        result[1:1] = ["-iquote", str((self.recipe.top / name).parent)]  # for what stands beside it and is none of the files
        # A warning is shown, and does not keep somebody who tries something out from running it.
        return [*result, "-Wno-error", *looks, f"-ffile-prefix-map={self.sources}{os.sep}={self.top_in_debug}"]

    def link_command(self, words: Sequence[str], objects: Mapping[str, str]) -> "list[str]":
        image = str(self.image)
        new = {**objects, os.path.relpath(self.recipe.image, self.recipe.build): image, str(self.recipe.image): image}
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
        return self.problem(stage, f"The {'compiler' if stage == 'compile' else 'linker'} found {found}.")

    def problem(self, kind: str, text: str) -> Result:
        return Result(problem=kind, text=text, messages=self.messages())

    def messages(self) -> "list[diagnostics.Message]":
        folders = {str(self.recipe.top): "", str(ROOT): ""}
        return diagnostics.read(self.output, diagnostics.Names(self.sources, self.texts, self.top_in_debug, folders))


def name_in_debug(path: str, command: Sequence[str]) -> str:
    """The name that a file or folder has in the debug information of what a command compiles. The maps that come last go first."""
    for word in reversed(command):
        before, _, new = word.partition("=")[2].partition("=")
        if re.match(r"-f(?:file|debug)-prefix-map=", word) and path.startswith(before):
            return new + path[len(before) :]
    return path


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
