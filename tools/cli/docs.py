"""`./uasync docs`: the documentation as one site: the book, the API reference and the board page."""

from __future__ import annotations

import json
import shutil
import tempfile
import webbrowser
from pathlib import Path
from typing import Optional, Sequence

from docs import book, headers, links, programs, reference, site

from . import demo, packages, page, page_server, project, values
from .errors import Interrupted, UsageError
from .options import Parser
from .steps import Log, Progress, Step, StepFailed

CHECK_PACKAGES = packages.DOXYGEN
PACKAGES = (*packages.DOXYGEN, *packages.BOOK, *page.PACKAGES)
BUILT = project.ROOT / "build" / "docs"
IMAGES = project.ROOT / "build" / page.PRESET / "tests" / "docs"


def parser() -> Parser:
    result = Parser(
        "docs",
        "[--out DIR] [--serve] | --check",
        """
        Builds the documentation as a static site: the book with the tutorial and the guides, the API reference made from the headers, and
        the board page, on which the examples run. Nothing of it is loaded from elsewhere. It is written to build/docs unless you name a
        folder.
        """,
        """
        ./uasync docs --serve          build the site and open it in the browser
        ./uasync docs --out site       write it to a folder, for any web host
        ./uasync docs --check          only look for what is missing or leads nowhere
        """,
    )
    result.add_argument("--out", metavar="DIR", type=values.output_folder, help="the folder; a site that was written there before is replaced")
    result.add_argument("--serve", action="store_true", help="serve the site on this machine, and open it")
    result.add_argument("--port", metavar="PORT", type=values.port, help=f"of the site's address on 127.0.0.1 ({page_server.PORT}, or a free one)")
    result.add_argument("--check", action="store_true", help="build nothing; check the headers' documentation and all links")
    result.add_common()
    return result


def main(arguments: Sequence[str]) -> int:
    options = parser().read(arguments)
    progress = Progress(options.verbose)
    if options.check:
        if options.out or options.serve or options.port is not None:
            raise UsageError("--check builds nothing; leave out --out, --serve and --port")
        progress.run([*packages.steps(CHECK_PACKAGES), Step("checking the documentation", check_sources)])
        return 0
    if options.port is not None and not options.serve:
        raise UsageError("--port is for --serve; add it")
    out = options.out.resolve() if options.out else BUILT
    check_folder(out)
    if options.serve:
        return serve(out, options.port, progress)
    progress.run(steps(out))
    print(f"\nThe site is in {out}. Browsers open it from a web server only: python3 -m http.server --directory {out}")
    return 0


def check_folder(out: Path) -> None:
    """Nobody's files are to be lost by a slip of the keyboard."""
    if out.is_dir() and any(out.iterdir()) and not (out / site.MARK).exists():
        raise UsageError(f"--out {out}: is not empty, and not a site that was written before; give a new or an empty folder")


def steps(out: Path) -> list[Step]:
    """The steps that build everything that the site needs and write it to a folder."""
    setup = [*packages.steps(PACKAGES), *project.emulator_steps()]
    images = project.build_step(page.PRESET, *(source.stem for source in page.sources()), "docs_board")
    bundled = Step("building the page", page.build)
    write = Step("writing the site", lambda log: write_site(out, log))
    images.after = bundled.after = tuple(setup)
    write.after = (images, bundled)
    return [*setup, images, bundled, write]


def build_programs(log: Log) -> None:
    project.build_step(page.PRESET, "docs_board").work(log)


def write_site(out: Path, log: Log) -> None:
    with tempfile.TemporaryDirectory() as folder:
        board = Path(folder) / "board"
        page.write_site(board)
        runnable = {source.stem for source in page.sources()} | add_programs(board)
        try:
            site.build(project.ROOT, out, board, runnable)
        except (book.BookFailed, reference.DoxygenFailed) as failure:
            raise failed(log, str(failure).splitlines()) from None
    problems = site.problems(out)
    if problems:
        raise failed(log, problems)


def add_programs(board: Path) -> set[str]:
    """Adds the programs in the documentation to the examples of the board page; gives their names."""
    file = board / page.LIST
    listed = json.loads(file.read_text(encoding="utf-8"))
    added = [program for program in programs.all_programs(project.ROOT) if program.runs_on_board()]
    for program in added:
        entry = {"name": program.name, "title": title(program), "summary": f"An example in {program.place}."}
        for key, suffix in (("image", ".elf"), ("source", ".cpp")):
            shutil.copyfile(IMAGES / f"{program.name}{suffix}", file.parent / f"{program.name}{suffix}")
            entry[key] = f"{page.LIST.parent}/{program.name}{suffix}"
        listed.append(entry)
    file.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return {program.name for program in added}


def title(program: programs.Program) -> str:
    words = program.name.replace("_", " ")
    return words[0].upper() + words[1:]


def serve(out: Path, port: Optional[int], progress: Progress) -> int:
    with page_server.listen(port, out) as server:  # first, as it may fail
        progress.run(steps(out))
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        print(f"\nThe documentation is at {address}\nCtrl-C ends it.", flush=True)
        if demo.can_open_browser():
            webbrowser.open(address)
        try:
            server.serve_forever()
        except (Interrupted, KeyboardInterrupt):
            print()
    return 0


def check_sources(log: Log) -> None:
    """What the headers do not document, links that lead nowhere, and pages that the navigation does not name."""
    root = project.ROOT
    try:
        names = reference.tags(root)
        problems = reference.problems(root)
    except reference.DoxygenFailed as failure:
        raise failed(log, str(failure).splitlines()) from None
    problems += headers.problems(root) + links.problems(root, names) + book.navigation_problems(root)
    if problems:
        raise failed(log, problems)


def failed(log: Log, problems: list[str]) -> StepFailed:
    log.write("".join(f"{problem}\n" for problem in problems))
    return StepFailed("1 problem" if len(problems) == 1 else f"{len(problems)} problems")
