"""Reads the ledger's files. What is wrong in one is a Failure that names the file and the place."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Dict, NoReturn, TypedDict

from .build import Failure

Figures = Dict[str, float]
Texts = Dict[str, Dict[str, str]]


class Limit(TypedDict, total=False):
    """One of `max` and `min`; perhaps what is held, and the reason."""

    max: float
    min: float
    held: float
    reason: str


class Peers(TypedDict):
    """The figures of others that were measured elsewhere; how each of them was measured; those of an earlier run of uasync and another together;
    and what there is to say about single figures."""

    note: str
    systems: Texts
    notes: Texts
    together: dict[str, Figures]
    figures: dict[str, Figures]


Limits = Dict[str, Limit]


def load(path: Path) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not a number of JSON")

    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise Failure(f"{path}: not JSON, line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise Failure(f"{path}: not JSON: {error}") from None


def load_figures(path: Path) -> Figures:
    """A flat map of names to numbers."""
    return figures_of(path, "it", load(path))


def load_limits(path: Path) -> Limits:
    content = map_of(path, "it", load(path))
    for name, limit in content.items():
        fields = map_of(path, repr(name), limit)
        if ("max" in fields) == ("min" in fields):
            raise Failure(f"{path}: {name!r} has not one of max and min")
        figures_of(path, repr(name), {key: value for key, value in fields.items() if key != "reason"})
        unknown = fields.keys() - {"max", "min", "held", "reason"}
        if unknown:
            raise Failure(f"{path}: {name!r} has an unknown field {min(unknown)!r}; there are max, min, held and reason")
    return content


def load_peers(path: Path) -> Peers:
    content = map_of(path, "it", load(path))
    for part in (content.get("figures"), content.get("together", {})):
        for name, figures in map_of(path, "'figures' or 'together'", part).items():
            figures_of(path, repr(name), figures)
    if not isinstance(content.get("note"), str):
        raise Failure(f"{path}: 'note' is not a text")
    texts = {name: texts_of(path, name, content.get(name, {})) for name in ("systems", "notes")}
    return {
        "note": content["note"],
        "systems": texts["systems"],
        "notes": texts["notes"],
        "together": content.get("together", {}),
        "figures": content["figures"],
    }


def map_of(path: Path, what: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Failure(f"{path}: {what} is not a map")
    return value


def figures_of(path: Path, what: str, value: Any) -> Figures:
    for name, number in map_of(path, what, value).items():
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise Failure(f"{path}: {name!r} of {what} is not a number")
    return dict(value)


def texts_of(path: Path, what: str, value: Any) -> Texts:
    """Texts in named groups."""
    for group, texts in map_of(path, repr(what), value).items():
        for name, text in map_of(path, f"{group!r} of {what!r}", texts).items():
            if not isinstance(text, str):
                raise Failure(f"{path}: {name!r} of {group!r} of {what!r} is not a text")
    return dict(value)
