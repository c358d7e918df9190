"""`./uasync page`: the page with the emulated board, as a static site."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Sequence

from . import packages, project, values
from .errors import Failure, UsageError
from .options import Parser
from .steps import Log, Progress, Step

PACKAGES = (*packages.BUILD, *packages.PICO, *packages.NODE)
PRESET = "pico-os"
SOURCES = project.ROOT / "examples"
MORE_SOURCES = project.EMULATOR / "page" / "examples"  # the same programs for MicroPython, and their boards
TODO = MORE_SOURCES / "todo.json"  # what the user of each is to do, in a sentence or two
BUILT = project.EMULATOR / "page" / "dist"
LIST = Path("examples") / "examples.json"
STAMP = BUILT / ".made-of"  # what was built was made of files with this fingerprint; vite removes it when it builds


def parser() -> Parser:
    result = Parser(
        "page",
        "--out DIR",
        """
        Writes the page with the emulated board to a folder, with all examples' firmware and sources: a static site that any web host
        can serve, from any address. Nothing of it is loaded from elsewhere.
        """,
        """
        ./uasync page --out site
        python3 -m http.server --directory site      and open the address that it prints
        """,
    )
    result.add_argument("--out", metavar="DIR", required=True, type=values.output_folder, help="the folder; what `./uasync page` wrote there before is replaced")
    result.add_common()
    return result


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    out: Path = options.out
    check(out)
    Progress(options.verbose).run(steps(out))
    print(f"\nThe page is in {out}. Browsers open it from a web server only: python3 -m http.server --directory {out}")
    return 0


def check(out: Path) -> None:
    """Nobody's files are to be lost by a slip of the keyboard."""
    if out.is_dir() and any(out.iterdir()) and not (out / LIST).exists():
        raise UsageError(f"--out {out}: is not empty, and not a page that was written before; give a new or an empty folder")


def steps(out: Path) -> list[Step]:
    """The steps that build everything that the page needs and write it to a folder."""
    setup = [*packages.steps(PACKAGES), *project.emulator_steps()]
    images = project.build_step(PRESET, *(source.stem for source in sources()))
    bundle = [] if is_built() else [Step("building the page", build)]
    write = Step(f"writing {out}", lambda log: write_site(out))
    for step in (images, *bundle):
        step.after = tuple(setup)
    write.after = (images, *bundle)
    return [*setup, images, *bundle, write]


def build(log: Log) -> None:
    made_of = fingerprint()
    log.run(["npm", "run", "build:page"], cwd=project.EMULATOR)
    STAMP.write_text(made_of, encoding="utf-8")


def is_built() -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == fingerprint()


def fingerprint() -> str:
    """Names, sizes and dates of all files that the page is made of; of the packages, that of what npm has noted."""
    skipped = {"dist", "e2e"}
    files = [project.EMULATOR / name for name in ("package.json", "tsconfig.json", "node_modules/.package-lock.json")]
    for folder in (project.EMULATOR / "src", project.EMULATOR / "page"):
        files += [path for path in folder.rglob("*") if path.relative_to(folder).parts[0] not in skipped and path.is_file()]
    notes = []
    for path in sorted(files):
        if path.exists():
            status = path.stat()
            notes.append(f"{path.relative_to(project.EMULATOR)} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(notes).encode()).hexdigest()


def sources() -> list[Path]:
    return sorted(SOURCES.glob("[0-9]*.cpp"))


def write_site(out: Path) -> None:
    # The folder itself stays: it may be the one that somebody serves, or is in.
    for old in list(out.iterdir()) if out.exists() else ():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    shutil.copytree(BUILT, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(STAMP.name))
    folder = out / LIST.parent
    folder.mkdir(exist_ok=True)
    listed = []
    for source in sources():
        image = project.ROOT / "build" / PRESET / "examples" / f"{source.stem}.elf"
        shutil.copyfile(image, folder / image.name)
        shutil.copyfile(source, folder / source.name)
        entry = {"name": source.stem, **heading(source), "todo": todo(source.stem), "image": f"examples/{image.name}", "source": f"examples/{source.name}"}
        for key, suffix in (("micropython", ".py"), ("board", ".board.json")):
            other = MORE_SOURCES / (source.stem + suffix)
            if other.exists():
                shutil.copyfile(other, folder / other.name)
                entry[key] = f"examples/{other.name}"
        listed.append(entry)
    (out / LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


def heading(source: Path) -> dict[str, str]:
    """An example's title and what it shows, from the comment that it begins with: `// Step 5: the queue. Each interval ...`."""
    first = []
    for line in source.read_text(encoding="utf-8").splitlines():
        if not line.startswith("//"):
            break
        first.append(line.removeprefix("//").strip())
    match = re.match(r"Step (\w+): (.*?)\.\s*(.*)$", " ".join(first))
    if not match:
        raise Failure(f"{source.name}: does not begin with a comment such as '// Step 5: the queue. What it shows.'")
    number, title, summary = match.groups()
    return {"title": f"{number}. {title[0].upper()}{title[1:]}", "summary": summary}


def todo(name: str) -> str:
    """What the user is to do with an example, so that something happens or is understood."""
    sentences: dict[str, str] = json.loads(TODO.read_text(encoding="utf-8"))
    if name not in sentences:
        raise Failure(f"{TODO.name}: does not say what to do with {name}")
    return sentences[name]
