"""The whole site: the book at its root, the API reference in api/, the board page in board/."""

from __future__ import annotations

import html
import json
import re
import shutil
import tempfile
import urllib.parse
from pathlib import Path

from . import book, reference

#: What marks a folder as a site that was written before.
MARK = ".uasync-docs"
REFERENCE = re.compile(r'(?:href|src)="([^"]*)"')
ANCHOR = re.compile(r'(?:id|name)="([^"]+)"')


def build(root: Path, site: Path, board: Path, runnable: set[str]) -> None:
    """Writes the site. `board` is the board page, with the programs that it can open; the book links those that are `runnable`."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        staged = folder / "staged"
        staged.mkdir()
        names = reference.build(root, staged)
        shutil.copytree(board, staged / "board")
        pages = book.Book(root, staged, names, runnable)
        pages.stage()
        reference.mention(staged / "api", pages.mentions)
        shutil.rmtree(site, ignore_errors=True)
        site.mkdir(parents=True)
        (site / MARK).touch()  # also if it is never whole
        book.build(root, staged, site, folder)  # copies what is not Markdown
    add_to_search(site, names)
    (site / MARK).touch()


def add_to_search(site: Path, names: dict[str, str]) -> None:
    """The book's search finds the API's names, too. It takes the first place in a page for the page's own heading."""
    file = site / "search" / "search_index.json"
    index = json.loads(file.read_text(encoding="utf-8"))
    pages: dict[str, list[dict[str, str]]] = {}
    for name, place in sorted(names.items(), key=lambda entry: (entry[0].count("::"), entry[0])):
        page, _, anchor = place.partition("#")
        title = re.search(r"<title>(.*?)(?: - uasync API)?</title>", (site / "api" / page).read_text(encoding="utf-8"))
        heading = {"location": f"api/{page}", "title": html.unescape(title[1]) if title else page, "text": ""}
        entries = pages.setdefault(page, [heading, {**heading, "location": f"api/{page}#top"}])
        if anchor:
            entries.append({"location": f"api/{place}", "title": name, "text": ""})
    index["docs"] += [entry for entries in pages.values() for entry in entries]
    file.write_text(json.dumps(index), encoding="utf-8")


def problems(site: Path) -> list[str]:
    """Links in the written pages that lead nowhere, and what would be loaded from elsewhere."""
    found = []
    anchors: dict[Path, set[str]] = {}
    for page in sorted(site.rglob("*.html")):
        if page.name == "404.html" or site / "board" in page.parents:
            continue  # one has absolute addresses, the other is tested by itself
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(site)
        for address in REFERENCE.findall(re.sub(r"<script(?! src).*?</script>", "", text, flags=re.DOTALL)):
            path, _, anchor = urllib.parse.unquote(address.replace("&amp;", "&")).partition("#")
            if re.match(r"[a-z]+:|//", path) or path.startswith("javascript"):
                continue
            target = (page.parent / path.partition("?")[0]).resolve() if path else page
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                found.append(f"{name}: {address}: no such file")
            elif anchor and target.suffix == ".html" and site / "board" not in target.parents:
                if target not in anchors:
                    anchors[target] = set(ANCHOR.findall(target.read_text(encoding="utf-8")))
                if anchor not in anchors[target] and not anchor.startswith("__"):
                    found.append(f"{name}: {address}: no such place in the page")
        found += [f"{name}: loads {address}" for address in re.findall(r'(?:src|<link[^>]* href)="(https?:[^"]*)"', text)]
    return list(dict.fromkeys(found))
