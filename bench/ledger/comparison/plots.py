"""A plot of one row, as an SVG: a dot for each system on a logarithmic scale.

It is as wide as a phone, so that text is never scaled down, and has its own ground and the colours of either scheme, so that it can be read
wherever it stands. A title and a description tell it to those who do not see it. ElementTree writes it: well-formed, and the same each time.
"""

from __future__ import annotations

import math
from typing import Optional
from xml.etree import ElementTree as xml

from .verdicts import Entry, Row, number

WIDTH = 344
NAME_X, VALUE_X = 10, WIDTH - 10
LEFT, RIGHT = 132, 262  # of the scale
TOP, STEP = 44, 22
STYLE = """
text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1b1f24}
.title{font-weight:600;font-size:13px}.own{font-weight:600}.end{text-anchor:end}.middle{text-anchor:middle}
.scale{font-size:10px;fill:#59626d}.ground{fill:#fff;stroke:#d5dae0}.line{stroke:#d5dae0}
.dot{fill:#59626d;stroke:#59626d;stroke-width:1.5}.dot.stored{fill:#fff}.dot.own{fill:#0a6d43;stroke:#0a6d43}
@media (prefers-color-scheme:dark){text{fill:#e6e9ed}.scale{fill:#99a4b1}.ground{fill:#171b21;stroke:#2c343e}.line{stroke:#2c343e}
.dot{fill:#99a4b1;stroke:#99a4b1}.dot.stored{fill:#171b21}.dot.own{fill:#3fb57e;stroke:#3fb57e}}
"""


class Scale:
    """From a power of ten to another, at least one decade. What is not above 0 stands at the left end."""

    def __init__(self, values: list[float]) -> None:
        positive = [value for value in values if value > 0] or [1]
        self.low = math.floor(math.log10(min(positive)))
        self.high = max(math.ceil(math.log10(max(positive))), self.low + 1)

    def x(self, value: float) -> float:
        power = math.log10(value) if value > 0 else self.low
        return LEFT + (RIGHT - LEFT) * (power - self.low) / (self.high - self.low)

    def marks(self) -> list[tuple[float, str]]:
        return [(self.x(10.0**power), short(power)) for power in range(self.low, self.high + 1)]


def short(power: int) -> str:
    """1, 10, 100, 1k, 10k, 100k, 1M ..."""
    if power < 0:
        return f"{10.0**power:.{-power}f}"
    return str(10 ** (power % 3)) + ("", "k", "M", "G", "T")[power // 3]


def told(row: Row) -> str:
    """The row as a sentence, which is the plot's description and stands in its place."""
    entries = (f"{entry.system} {number(entry.value)}{' (stored)' if entry.is_stored else ''}" for entry in row.entries)
    return f"{heading(row)}: {'; '.join(entries)}."


def heading(row: Row) -> str:
    title = row.job.title.replace("`", "")
    return f"{title[:1].upper()}{title[1:]}, {row.job.unit}"


def lines_of(text: str, most: int = 40) -> list[str]:
    """The heading in one line or two."""
    if len(text) <= most:
        return [text]
    cut = text.rfind(" ", 0, most)
    return [text[:cut], text[cut + 1 :]]


def add(parent: xml.Element, tag: str, text: Optional[str] = None, **attributes: object) -> xml.Element:
    words = {name.rstrip("_").replace("_", "-"): f"{value:.4g}" if isinstance(value, float) else str(value) for name, value in attributes.items()}
    child = xml.SubElement(parent, tag, words)
    child.text = text
    return child


def plot(row: Row) -> str:
    title = lines_of(heading(row))
    top = TOP + 16 * (len(title) - 1)
    bottom = top + STEP * len(row.entries)
    height = bottom + 20
    root = xml.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "width": str(WIDTH),
            "height": str(height),
            "role": "img",
            "aria-labelledby": "title desc",
        },
    )
    add(root, "title", heading(row), id="title")
    add(root, "desc", told(row), id="desc")
    add(root, "style", STYLE)
    add(root, "rect", class_="ground", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=6)
    for number_, text in enumerate(title):
        add(root, "text", text, class_="title", x=NAME_X, y=22 + 16 * number_)
    scale = Scale([entry.value for entry in row.entries])
    for x, text in scale.marks():
        add(root, "line", class_="line", x1=x, x2=x, y1=top - 8, y2=bottom - 4)
        add(root, "text", text, class_="scale middle", x=x, y=bottom + 10)
    for number_, entry in enumerate(row.entries):
        add_entry(root, entry, scale, top + STEP * number_ + STEP // 2)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode") + "\n"


def add_entry(root: xml.Element, entry: Entry, scale: Scale, y: int) -> None:
    own = " own" if entry.is_own else ""
    add(root, "text", entry.system, class_=f"name{own}", x=NAME_X, y=y)
    add(root, "circle", class_=f"dot{own}{' stored' if entry.is_stored else ''}", cx=scale.x(entry.value), cy=y - 4, r=5)
    add(root, "text", number(entry.value), class_=f"end{own}", x=VALUE_X, y=y)


def picture(row: Row, folder: str) -> str:
    """The plot in a page of Markdown."""
    return f"![{told(row).replace('[', '(').replace(']', ')')}]({folder}/{row.job.plot}.svg)"


