"""What figures are held against and shown beside: limits.json, peers.json, and the table."""

from __future__ import annotations

import json
import math
import re
import textwrap
from typing import Iterator, Mapping, Optional

from .build import BENCH
from .files import Figures, Limit, Limits, load_peers

LIMITS = BENCH / "limits.json"
PEERS = BENCH / "peers.json"

# Who is measured in the same run as uasync: the name in figures, and that for people.
MEASURED = {"asio": "Asio", "libuv": "libuv", "glib": "GLib", "cpython": "CPython 3.11"}


def rounded(value: float) -> float:
    """Enough digits for what is measured, and few enough that floating point does not show."""
    value = round(value, 6 if abs(value) < 1 else 3)
    return int(value) if value == int(value) else value


def bound(limit: Optional[Limit]) -> str:
    """What a limit allows, in words."""
    if limit is None:
        return ""
    words = f"<= {limit['max']}" if "max" in limit else f">= {limit['min']}"
    return f"{words} ({limit['held']})" if "held" in limit else words


def peers_of(name: str, peers: Mapping[str, Figures]) -> Figures:
    """The figures of others for `name`, measured elsewhere; those that are for all builds of a firmware, and those for this one."""
    common = re.sub(r"^pico\.\w+\.", "pico.", name)
    return {**peers.get(common, {}), **peers.get(name, {})}


def peers_in_run(name: str, figures: Figures) -> dict[str, tuple[float, Optional[float]]]:
    """The figures of others for `name` that were measured in the same run, with how many times as much they are."""
    room, _, figure = name.partition(".")
    own = figures.get(name, 0)
    return {
        title: (figures[f"{room}.{system}.{figure}"], figures[f"{room}.{system}.{figure}"] / own if own > 0 else None)
        for system, title in MEASURED.items()
        if f"{room}.{system}.{figure}" in figures
    }


def best_ratio(name: str, figures: Figures) -> Optional[tuple[str, float]]:
    """Who of those in the same run comes nearest to uasync's figure `name` or is ahead most, and how many times as much it takes; or None."""
    ratios = [(ratio, title) for title, (_, ratio) in peers_in_run(name, figures).items() if ratio is not None]
    if not ratios:
        return None
    least, title = min(ratios)
    return title, least


def few_digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"


def print_table(figures: Figures, limits: Limits) -> None:
    peers = load_peers(PEERS)
    others = [name for name in figures if any(name.startswith(f"host.{system}.") for system in MEASURED)]
    for title, prefix, systems in (
        ("Linux, x86-64, one core", "host.", [*MEASURED.values(), "TooManyCooks 1.7", "Embassy 0.10", "libcoro", "floor"]),
        ("Emulated Pico, 125 MHz", "pico.", ["MicroPython 1.28", "FreeRTOS 11.3", "floor"]),
        ("The same in a Pico SDK project", "pico_sdk.", ["floor"]),
        ("The emulator", "emulator.", ["floor"]),
    ):
        names = [name for name in figures if name.startswith(prefix) and name not in others]
        if not names:
            continue
        rows = [[title, "measured", "limit (held)", *systems]]
        for name in names:
            cells = {system: f"{value:,}" for system, value in peers_of(name, peers["figures"]).items()}
            for system, (value, ratio) in peers_in_run(name, figures).items():
                cells[system] = few_digits(value) + (f" ({few_digits(ratio)}x)" if ratio is not None else "")
            rows.append([name, f"{figures[name]:,}", bound(limits.get(name)), *(cells.get(system, "") for system in systems)])
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        print()
        for row in rows:
            print("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip())
    print("\n" + textwrap.fill(peers["note"], 120))


def failures(figures: Figures, limits: Limits) -> Iterator[str]:
    """A sentence for each limit that is passed."""
    for name, limit in limits.items():
        if name not in figures:
            continue
        value = figures[name]
        sign = 1 if "max" in limit else -1
        promised = limit["max"] if sign == 1 else limit["min"]
        passed = rounded(sign * (value - promised))
        if passed > 0:
            yield f"{name} is {value:,}: {'over' if sign == 1 else 'under'} its limit of {promised:,} by {passed:,}"
        elif "held" in limit and sign * (value - limit["held"]) > 0:
            grown = rounded(abs(value - limit["held"]))
            yield (
                f"{name} is {value:,}: worse than the held {limit['held']:,} by {grown:,}, though inside its limit of {promised:,}; "
                f"if that is worth it, `bench/ledger.py hold` makes it the new state"
            )


def hold(figures: Figures, limits: Limits) -> None:
    """Tightens or loosens what is held to what was measured, with 2 % of slack; the promises stay. Shares of
    others' times are not held: they differ from run to run."""
    for name, value in figures.items():
        if re.match(r"pico\.os\.(flash|ram)\.", name):  # these are promised to nobody, but growth is to be seen
            limits[name] = {"max": value + (value // 32 if ".flash." in name else 0)}
    for name in [name for name in limits if re.match(r"pico\.os\.(flash|ram)\.", name) and name not in figures]:
        del limits[name]
    for name, limit in limits.items():
        if name not in figures or re.match(r"pico\.os\.(flash|ram)\.", name) or name.endswith("_ratio"):
            continue
        limit.pop("held", None)
        if "max" in limit:
            most = math.ceil(figures[name] * 1.02)
            if most < limit["max"]:
                limit["held"] = most
        else:
            least = 1 - (1 - figures[name]) * 1.02
            if least > limit["min"]:
                limit["held"] = math.floor(least * 1e6) / 1e6
    lines = [f"  {json.dumps(name)}: {json.dumps(limit)}" for name, limit in limits.items()]
    LIMITS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
