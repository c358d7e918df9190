"""The book: stages the Markdown pages for mkdocs, with their links made those of the site, and runs it."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import links, programs
from .blocks import Sources

CONFIGURATION = Path("tools/docs/mkdocs.yml")
THEME = Path("tools/docs/theme")
#: Where pages outside of docs/ go.
OTHER_PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CODE_OF_CONDUCT.md": "code_of_conduct.md",
    "emulator/README.md": "emulator.md",
}
NAV_ENTRY = re.compile(r"^(?P<indent>\s+- )(?:(?P<title>[^:]+): )?(?P<path>[\w*/.-]+\.(?:md|html))$")
LANGUAGES = {
    ".hpp": "cpp",
    ".cpp": "cpp",
    ".h": "cpp",
    ".c": "c",
    ".S": "gas",
    ".py": "python",
    ".ts": "typescript",
    ".cmake": "cmake",
    ".md": "markdown",
}
API = "api"
BOARD = "board/index.html"
RUN = "Run it on an emulated Pico"


class BookFailed(Exception):
    """mkdocs could not do its work; the message is what it said."""


def place(root: Path, page: Path) -> str:
    """Where a page is in the book, or nothing if it is not in it."""
    path = page.relative_to(root).as_posix()
    if path in OTHER_PAGES:
        return OTHER_PAGES[path]
    return path.removeprefix("docs/") if path.startswith("docs/") else ""


def book_pages(root: Path) -> dict[Path, str]:
    found = {page: place(root, page) for page in links.pages(root)}
    return {page: target for page, target in found.items() if target}


def navigation(configuration: str, targets: list[str]) -> tuple[str, list[str]]:
    """The configuration with patterns replaced by the pages that they find, which may be none; and what is wrong: pages that it does not
    name, and names without a page."""
    head, mark, nav = configuration.partition("\nnav:\n")
    named: set[str] = set()
    lines: list[str] = []
    problems: list[str] = []
    for line in nav.split("\n"):
        match = NAV_ENTRY.match(line)
        if match is None or match["path"].endswith(".html"):
            lines.append(line)
            continue
        pattern = re.escape(match["path"]).replace(r"\*", r"[^/]*")
        pages = [target for target in targets if re.fullmatch(pattern, target) and target not in named]
        if not pages and "*" not in match["path"]:
            problems.append(f"the navigation names {match['path']}, which does not exist")
        named.update(pages)
        pages.sort(key=lambda target: (not target.endswith(("/README.md", "/index.md")), target))
        title = f"{match['title']}: " if match["title"] else ""
        lines += [f"{match['indent']}{title}{target}" for target in pages]
    kept = [line for number, line in enumerate(lines) if not is_empty_section(lines, number)]
    problems += [f"the navigation does not name {target}" for target in targets if target not in named]
    return head + mark + "\n".join(kept), problems


def is_empty_section(lines: list[str], number: int) -> bool:
    if not re.match(r"\s*- [^:]+:$", lines[number]):
        return False
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return len(following) - len(following.lstrip()) <= len(lines[number]) - len(lines[number].lstrip())


def navigation_problems(root: Path) -> list[str]:
    configuration = (root / CONFIGURATION).read_text(encoding="utf-8")
    _, problems = navigation(configuration, sorted(book_pages(root).values()))
    return [f"{CONFIGURATION}: {problem}" for problem in problems]


@dataclass
class Book:
    root: Path
    folder: Path  # where the pages are staged
    names: dict[str, str]  # of the API reference
    runnable: set[str]  # what the board page can open
    pages: dict[Path, str] = field(default_factory=dict)
    sources: set[Path] = field(default_factory=set)  # files and folders that pages link, and that become pages of their own
    mentions: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # places of the API: titles and places of the pages

    def stage(self) -> None:
        self.pages = book_pages(self.root)
        code = Sources(self.root)
        for page, target in self.pages.items():
            text = page.read_text(encoding="utf-8")
            self.write(target, self.staged(page, target, text, code))
        done: set[Path] = set()
        while self.sources - done:
            for file in sorted(self.sources - done):
                self.write(self.source_place(file), self.source_page(file))
                done.add(file)

    def write(self, target: str, text: str) -> None:
        file = self.folder / target
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    # Pages ---------------------------------------------------------------------------------------------------------------------------

    def staged(self, page: Path, target: str, text: str, code: Sources) -> str:
        title = next((links.plain(match[1]) for match in re.finditer(r"^# (.+)$", text, re.MULTILINE)), page.stem)
        anchors = links.anchors(text)
        free = dict(links.text_lines(text))
        runs = self.run_links(page, text, code)
        lines = []
        for number, line in enumerate(text.split("\n"), 1):
            if free.get(number) == line:
                line = self.with_links(page, target, title, line)
            if number in anchors and not line.startswith("# "):  # mkdocs takes all of a title for the page's name
                line = f"{line.rstrip(' #')} {{#{anchors[number]}}}"
            lines.append(line)
            if number in runs:
                address = relative(f"{BOARD}#example={runs[number]}", target)
                lines += ["", f"[{RUN}]({address}){{ .run }}", ""]
        return re.sub(r"^<!--.*?-->\n", "", "\n".join(lines), flags=re.MULTILINE | re.DOTALL)

    def run_links(self, page: Path, text: str, code: Sources) -> dict[int, str]:
        """The lines after which a link to the board stands, and the program that it opens."""
        result: dict[int, str] = {}
        own = {program.line: program for program in programs.page_programs(self.root, page)}
        blocks = programs.markdown_blocks(text)
        last = ""
        for block, following in zip(blocks, [*blocks[1:], None]):
            end = block.line + block.code.count("\n")
            program = own.get(block.line)
            if program is not None and following is not None:
                if program.name in self.runnable:
                    result[following.line + following.code.count("\n")] = program.name
            elif block.language.split(" ")[0] == "cpp":
                source = code.of(block.code)
                if source is not None and source.stem in self.runnable and source.parent.name == "examples" and source.stem != last:
                    result[end] = last = source.stem
        return result

    def with_links(self, page: Path, target: str, title: str, line: str) -> str:
        hidden = links.CODE.sub(lambda code: "`" * len(code[0]), line)
        result, end = "", 0
        for match in links.LINK.finditer(hidden):
            start, stop = match.span("target")
            found = self.image(page, target, line[start:stop]) if match["image"] else self.resolved(page, target, title, line[start:stop])
            result += line[end:start] + found
            end = stop
        return result + line[end:]

    def image(self, page: Path, target: str, link: str) -> str:
        """Stages an image; gives its address."""
        if re.match(r"[a-z]+:", link):
            return link
        file = (page.parent / link).resolve()
        staged = f"images/{file.relative_to(self.root).as_posix()}"
        copy = self.folder / staged
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        return relative(staged, target)

    def resolved(self, page: Path, target: str, title: str, link: str) -> str:
        if link.startswith(links.API):
            address = self.names[link[len(links.API) :]]
            found = self.mentions.setdefault(address, [])
            if (title, html(target)) not in found:
                found.append((title, html(target)))
            return relative(f"{API}/{address}", target)
        if re.match(r"[a-z]+:", link) or link.startswith("#"):
            return link
        path, mark, anchor = link.partition("#")
        file = (page.parent / path).resolve()
        if file in self.pages:
            return relative(self.pages[file], target) + mark + anchor
        return relative(self.linked_source(file), target) + mark + anchor

    # Files of the repository ---------------------------------------------------------------------------------------------------------

    def linked_source(self, file: Path) -> str:
        self.sources.add(file)
        return self.source_place(file)

    def source_place(self, file: Path) -> str:
        path = file.relative_to(self.root).as_posix()
        return f"source/{path}/index.md" if file.is_dir() else f"source/{path}.md"

    def source_page(self, file: Path) -> str:
        path = file.relative_to(self.root).as_posix()
        head = f"---\ntitle: {path}\nsearch: {{exclude: true}}\nhide: [toc]\n---\n\n# `{path}`\n\n"
        if file.is_dir():
            return head + self.listing(file)
        run = ""
        if file.stem in self.runnable and path.startswith("examples/"):
            run = f"[{RUN}]({relative(f'{BOARD}#example={file.stem}', self.source_place(file))}){{ .run }}\n\n"
        text = file.read_text(encoding="utf-8", errors="replace")
        fence = "`" * (max((len(mark) for mark in re.findall("`+", text)), default=0) + 3)
        return f"{head}{run}{fence}{LANGUAGES.get(file.suffix, 'text')}\n{text.rstrip()}\n{fence}\n"

    def listing(self, folder: Path) -> str:
        here = self.source_place(folder)
        entries = []
        for file in tracked(self.root, folder):
            target = self.pages.get(file) or (self.source_place(file) if file in self.sources else "")
            name = file.relative_to(folder).as_posix()
            entries.append(f"- [`{name}`]({relative(target, here)})" if target else f"- `{name}`")
        return "\n".join(entries) + "\n"


def tracked(root: Path, folder: Path) -> list[Path]:
    skipped = {"build", "node_modules", "dist", "__pycache__"}
    return sorted(file for file in folder.rglob("*") if file.is_file() and not skipped.intersection(file.relative_to(root).parts))


def html(target: str) -> str:
    return re.sub(r"\.md$", ".html", target)


def relative(address: str, page: str) -> str:
    path, mark, anchor = address.partition("#")
    return posixpath.relpath(path, posixpath.dirname(page) or ".") + mark + anchor


def build(root: Path, staged: Path, site: Path, configuration_folder: Path) -> None:
    """Runs mkdocs over the staged pages."""
    targets = sorted(file.relative_to(staged).as_posix() for file in staged.rglob("*.md") if "source" not in file.relative_to(staged).parts)
    text, _ = navigation((root / CONFIGURATION).read_text(encoding="utf-8"), targets)
    text = text.replace("custom_dir: theme", f"custom_dir: {root / THEME}")
    file = configuration_folder / "mkdocs.yml"
    file.write_text(f"docs_dir: {staged}\nsite_dir: {site}\n{text}", encoding="utf-8")
    done = subprocess.run(["mkdocs", "build", "-f", str(file)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr).splitlines(keepends=True)
        raise BookFailed("".join(line for line in said if not line.startswith(("INFO", "Aborted"))))  # --quiet would hide warnings

