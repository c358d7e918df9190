"""Rows of figures, and the sentences that say who is ahead. Both are computed; nobody writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Mapping, Optional, Sequence

from ..files import Figures, Peers
from .jobs import BOARD, BOARD_PEERS, BUILDS, IN_RUN, INSTRUCTIONS, TIMES, Job

#: Times of one run that differ by less are level: the next run may have them the other way round.
LEVEL = 1.1
FLOOR = "floor"  # a prototype that nobody can get; it is in peers.json for the ledger's table


@dataclass(frozen=True)
class Entry:
    """What one system takes for a job."""

    system: str
    value: float
    is_own: bool = False
    is_stored: bool = False  # measured elsewhere, at another time


@dataclass(frozen=True)
class Row:
    job: Job
    entries: tuple[Entry, ...]

    def of(self, system: str) -> Optional[Entry]:
        return next((entry for entry in self.entries if entry.system == system), None)

    def own(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_own]

    def others(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_own]

    def least(self) -> float:
        return min(entry.value for entry in self.entries)


def stored(figures: Mapping[str, Figures], name: str, job: Job) -> Iterator[Entry]:
    for system, value in figures.get(name, {}).items():
        if system != FLOOR:
            yield Entry(system, job.value(value), is_stored=True)


def row_of_run(job: Job, figures: Figures) -> Optional[Row]:
    """uasync and those that were measured in the same run."""
    if job.figure not in figures:
        return None
    room, _, figure = job.figure.partition(".")
    entries = [Entry("uasync", job.value(figures[job.figure]), is_own=True)]
    for system, title in IN_RUN.items():
        name = f"{room}.{system}.{figure}"
        if name in figures:
            entries.append(Entry(title, job.value(figures[name])))
    return Row(job, tuple(entries))


def times(figures: Figures) -> list[Row]:
    return [row for job in TIMES if (row := row_of_run(job, figures)) is not None]


def instructions(figures: Figures, peers: Peers) -> list[Row]:
    """Instructions are the same on every machine of a kind, so those that were counted elsewhere are here too."""
    rows = []
    for job in INSTRUCTIONS:
        row = row_of_run(job, figures)
        if row is not None:
            counted = {entry.system for entry in row.entries}
            more = [entry for entry in stored(peers["figures"], job.figure, job) if entry.system not in counted]
            rows.append(Row(job, (*row.entries, *more)))
    return rows


def board(figures: Figures, peers: Peers) -> list[Row]:
    rows = []
    for job in BOARD:
        own = [
            Entry(title, job.value(figures[f"pico.{build}.{job.figure}"]), is_own=True)
            for build, title in BUILDS.items()
            if f"pico.{build}.{job.figure}" in figures
        ]
        found = {entry.system: entry for entry in stored(peers["figures"], f"pico.{job.figure}", job)}
        others = [found[system] for system in BOARD_PEERS if system in found]
        if own:
            rows.append(Row(job, (*own, *others)))
    return rows


def elsewhere(figures: Figures, peers: Peers) -> list[Row]:
    """Times that were measured on another machine, with uasync's of this run."""
    rows = []
    for job in TIMES:
        others = tuple(stored(peers["figures"], job.figure.replace("_rss_bytes", "_bytes"), job))
        if job.figure in figures and others:
            rows.append(Row(job, (Entry("uasync", job.value(figures[job.figure]), is_own=True), *others)))
    return rows


def together(peers: Peers) -> list[Row]:
    """Times of an earlier run, in which uasync and another were measured on the same machine."""
    rows = []
    for job in TIMES:
        found = peers["together"].get(job.figure, {})
        if "uasync" in found:
            entries = (Entry(system, job.value(value), system == "uasync", True) for system, value in found.items())
            rows.append(Row(job, tuple(entries)))
    return rows


# Numbers -----------------------------------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    if value == int(value) or abs(value) >= 100:
        return f"{round(value):,}"
    return f"{value:.3g}"


def amount(value: float, job: Job) -> str:
    return f"{number(value)} {job.unit}"


# Sentences ---------------------------------------------------------------------------------------------------------------------------


def ahead(row: Row) -> Iterator[str]:
    """A sentence for each build of uasync and each system that takes less than it."""
    for own in row.own():
        build = "" if own.system == "uasync" else f" of {own.system.replace('uasync, ', 'uasync with ')}"
        for entry in sorted(row.others(), key=lambda other: other.value):
            if entry.value < own.value:
                yield (
                    f'**{entry.system} is ahead**{build} in "{row.job.title}": {amount(entry.value, row.job)}, '
                    f"{entry.value / own.value:.2g} times uasync's {number(own.value)}."
                )


def level(row: Row) -> Iterator[str]:
    """A sentence for each system whose time is so near that another run may turn it round."""
    (own,) = row.own()
    for entry in row.others():
        if own.value > 0 and entry.value > 0 and 1 / LEVEL < entry.value / own.value < LEVEL:
            yield (
                f'{entry.system} and uasync are nearly level in "{row.job.title}": {number(entry.value)} and {amount(own.value, row.job)}. '
                "Another run may have them the other way round."
            )


def in_front(rows: Sequence[Row]) -> str:
    """In how many rows uasync takes the least of all."""
    compared = [row for row in rows if row.others()]
    first = [row for row in compared if min(entry.value for entry in row.own()) <= row.least()]
    if not compared:
        return "Nobody else was measured."
    who = "The best build of uasync" if any(len(row.own()) > 1 for row in rows) else "uasync"
    return f"{who} takes the least in {len(first)} of {len(compared)} rows in which somebody else has a figure."


def verdict(rows: Sequence[Row], are_times: bool = False) -> list[str]:
    found = [sentence for row in rows for sentence in ahead(row)]
    if are_times:
        found += [sentence for row in rows if row.others() for sentence in level(row)]
    return [in_front(rows), *found]


def lower_elsewhere(rows: Sequence[Row]) -> list[str]:
    """Whose time on another machine was lower than uasync's on this one. That is no comparison, but it is not kept back."""
    found = []
    for row in rows:
        (own,) = row.own()
        found += [
            f'**{entry.system} took less there than uasync takes here** in "{row.job.title}": '
            f"{amount(entry.value, row.job)} there, {number(own.value)} here."
            for entry in row.others()
            if entry.value < own.value
        ]
    return found
