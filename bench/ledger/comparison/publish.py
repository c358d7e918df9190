"""Writes the page, its plots and its figures into a folder, and reads the figures again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from .. import books
from ..build import ROOT, Failure
from ..files import Figures, Texts, figures_of, load, load_peers, map_of, texts_of
from .page import FIGURES, FOLDER, MARK, PAGE, Comparison
from .plots import plot

DOCS = ROOT / "docs"


class Run(NamedTuple):
    """What figures.json holds."""

    figures: Figures
    about: Texts


def load_run(path: Path) -> Run:
    content: Any = map_of(path, "it", load(path))
    about = texts_of(path, "about", content.get("about"))
    for part in ("run", "compilers", "systems"):
        if part not in about:
            raise Failure(f"{path}: 'about' has no {part!r}; was it written by publish?")
    return Run(figures_of(path, "'figures'", content.get("figures")), about)


def prepare(out: Path) -> None:
    """Refuses what could not be written, before anything is measured."""
    page = out / PAGE
    try:
        if page.exists() and not page.read_text(encoding="utf-8").startswith(MARK):
            raise Failure(f"{page}: was not written by publish, so it is not replaced; give another folder")
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{error.filename or out}: {error.strerror}") from None


def write(out: Path, run: Run) -> None:
    comparison = Comparison(run.figures, run.about, load_peers(books.PEERS))
    if not (comparison.times and comparison.instructions and comparison.board):
        raise Failure("a comparison needs the figures of Linux and of the Pico")
    folder = out / FOLDER
    try:
        for old in folder.glob("*.svg"):
            old.unlink()
        for row in comparison.drawn():
            (folder / f"{row.job.plot}.svg").write_text(plot(row), encoding="utf-8")
        content = {"about": run.about, "figures": run.figures}
        (folder / FIGURES).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (out / PAGE).write_text(comparison.text(), encoding="utf-8")
    except OSError as error:
        raise Failure(f"{error.filename or out}: {error.strerror}") from None
