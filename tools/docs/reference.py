"""The API reference: runs Doxygen over the headers, says what they do not document, and knows where each name's page is."""

from __future__ import annotations

import html
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import filter as header_filter, programs

DOXYFILE = Path("tools/docs/Doxyfile")
WARNING = re.compile(r"^(?:(?P<place>/[^:]+:\d+)|<[^>]*>:\d+): warning: (?P<text>.*)$")
#: A template of the implementation with arguments, which repeats what is said of the template itself.
INSTANCE = re.compile(r"(?:member uasync::detail::|(?:class|struct) (?:uasync::detail::)?)\w+<")
NAME = re.compile(r"uasync::(?:\w+::)*(?:operator(?: \w+|[^\s\w]+)|~?\w+)")
#: A member's heading in a page.
MEMBER = re.compile(r'<a id="(\w+)" name="\1"></a>\n<h2 class="memtitle">.*?</span>([^<]+?)(?:\(\))?(?: <span|</h2>)')
#: The members that a class has by itself, and those that do what they do in every class.
GIVEN = re.compile(r"(?:=\s*(?:default|delete)\b)")
COPY_OR_MOVE = re.compile(r"Member (?:operator=|(?P<constructor>\w+))\((?:const )?(?P<type>\w+) ?&&? ?\w*\)")


class DoxygenFailed(Exception):
    """Doxygen could not do its work; the message is what it said."""


def run_doxygen(root: Path, settings: dict[str, str]) -> list[str]:
    """Runs Doxygen with the settings over those of the Doxyfile, and gives its warnings, one string each."""
    with tempfile.TemporaryDirectory() as folder:
        header_filter.write(root, Path(folder))
        doxyfile = (root / DOXYFILE).read_text(encoding="utf-8") + "".join(f"{name} = {value}\n" for name, value in settings.items())
        environment = {**os.environ, "UASYNC_FILTERED": folder, "UASYNC_ROOT": str(root)}
        done = subprocess.run(
            ["doxygen", "-"], input=doxyfile, capture_output=True, text=True, errors="replace", cwd=root, env=environment, check=False
        )
    if done.returncode != 0:
        raise DoxygenFailed(done.stdout + done.stderr)
    return joined(done.stderr, root)


def joined(output: str, root: Path) -> list[str]:
    """Doxygen's warnings, some of which go on in further lines."""
    warnings: list[str] = []
    for line in output.splitlines():
        match = WARNING.match(line)
        if match:
            place = match["place"]
            warnings.append(f"{os.path.relpath(place, root)}: {match['text']}" if place else match["text"])
        elif line.strip() and warnings:
            warnings[-1] += " " + line.strip()
    return list(dict.fromkeys(warnings))


def problems(root: Path) -> list[str]:
    """What the headers should document and do not, and what Doxygen does not understand."""
    with tempfile.TemporaryDirectory() as folder:
        # Doxygen only knows which parameters are documented when it writes HTML. Places are asked for in full.
        settings = {"OUTPUT_DIRECTORY": folder, "GENERATE_XML": "YES", "HIDE_UNDOC_CLASSES": "NO", "STRIP_FROM_PATH": str(root)}
        settings["HTML_EXTRA_STYLESHEET"] = ""
        warnings = run_doxygen(root, settings)
        compounds = read_compounds(Path(folder) / "xml")
    inherited, places = public_details(compounds), all_places(compounds, root)
    details = {header.relative_to(root).as_posix() for header in programs.headers(root) if header_filter.is_detail(header)}
    found: dict[tuple[str, str], str] = {}
    for warning in (placed(warning, places) for warning in warnings):
        if matters(warning, inherited, details):
            place, _, text = warning.partition(": ")
            found.setdefault((place, re.sub(r" of (class|struct|member) .*", "", without_arguments(text))), warning)
    return sorted(found.values())


def matters(warning: str, inherited: set[str], details: set[str]) -> bool:
    """Whether a warning is about something that programs see."""
    if GIVEN.search(warning) or INSTANCE.search(warning):
        return False
    move = COPY_OR_MOVE.search(warning)
    if move and move["constructor"] in (None, move["type"]):
        return False
    about = NAME.search(without_arguments(warning))
    in_details = warning.split(":")[0] in details
    if about is None:  # it is of namespace uasync itself
        return not in_details
    if not ("::detail::" in about[0] or in_details):
        return True
    owner = about[0] if re.search(r" of (class|struct) ", warning) else about[0].rpartition("::")[0]
    return "Compound" not in warning and owner in inherited


def placed(warning: str, places: dict[str, str]) -> str:
    """The warning with its file and line, which Doxygen leaves out where documentation is a single line."""
    if re.match(r"[\w/.]+:\d+: ", warning):
        return warning
    name = NAME.search(without_arguments(warning))
    return f"{places[name[0]]}: {warning}" if name and name[0] in places else warning


def read_compounds(xml: Path) -> list[ElementTree.Element]:
    read = [ElementTree.parse(file).getroot().find("compounddef") for file in sorted(xml.glob("*.xml")) if file.name != "index.xml"]
    return [compound for compound in read if compound is not None]


def all_places(compounds: list[ElementTree.Element], root: Path) -> dict[str, str]:
    """Where each class and each member is declared."""
    places: dict[str, str] = {}
    for compound in compounds:
        owner = without_arguments(compound.findtext("compoundname", ""))
        scope = f"{owner}::" if owner.startswith("uasync") else "uasync::"
        for name, element in [(owner, compound), *((scope + m.findtext("name", ""), m) for m in compound.iter("memberdef"))]:
            location = element.find("location")
            if location is not None:
                file = (root / location.get("file", "")).resolve()
                places.setdefault(name, f"{os.path.relpath(file, root)}:{location.get('line')}")
    return places


def public_details(compounds: list[ElementTree.Element]) -> set[str]:
    """The classes of the implementation that public ones inherit in public: their members are the public ones' members."""
    bases: dict[str, list[str]] = {}
    for compound in compounds:
        if compound.get("kind") in ("class", "struct"):
            public = [base.text or "" for base in compound.findall("basecompoundref") if base.get("prot") == "public"]
            bases[without_arguments(compound.findtext("compoundname", ""))] = [without_arguments(base) for base in public]
    found: set[str] = set()
    todo = [base for name, its_bases in bases.items() if "::detail" not in name for base in its_bases]
    while todo:
        name = todo.pop()
        name = name if name.startswith("uasync::") else f"uasync::{name}"
        if "::detail::" in name and name not in found:
            found.add(name)
            todo += bases.get(name, [])
    return found


def without_arguments(name: str) -> str:
    before = ""
    while before != name:
        before, name = name, re.sub(r"\s*<[^<>]*>", "", name)
    return name


def names(tagfile: Path, api: Path) -> dict[str, str]:
    """Where in the reference each class, function, macro and module is: its page, with the anchor."""
    found: dict[str, str] = {}
    for compound in ElementTree.parse(tagfile).getroot().findall("compound"):
        kind, name, page = compound.get("kind"), compound.findtext("name", ""), compound.findtext("filename", "")
        page = page if page.endswith(".html") else f"{page}.html"
        is_class = kind in ("class", "struct", "union")
        if is_class or kind in ("group", "concept"):
            found.setdefault(short(name), page)
        for member in compound.findall("member"):
            if kind in ("file", "group") and member.get("kind") != "define":
                continue  # namespaces have them too, with their full names
            scope = f"{name}::" if is_class or kind == "namespace" else ""
            anchor = f"{member.findtext('anchorfile', '')}#{member.findtext('anchor', '')}"
            found.setdefault(short(scope + member.findtext("name", "")), anchor)
        if is_class and (api / page).exists():  # members that it inherits from the implementation
            for anchor, member_name in MEMBER.findall((api / page).read_text(encoding="utf-8")):
                found.setdefault(f"{short(name)}::{html.unescape(member_name)}", f"{page}#{anchor}")
    return found


def short(name: str) -> str:
    return without_arguments(name).removeprefix("uasync::")


def build(root: Path, site: Path) -> dict[str, str]:
    """Writes the pages to the folder `api` of the site; gives the places of the names in them."""
    tagfile = site / "api.tag"
    run_doxygen(root, {"OUTPUT_DIRECTORY": str(site), "GENERATE_TAGFILE": str(tagfile), "WARNINGS": "NO"})
    found = names(tagfile, site / "api")
    tagfile.unlink()
    hide_implementation(site / "api")
    return found


def tags(root: Path) -> dict[str, str]:
    """The names, without keeping any page."""
    with tempfile.TemporaryDirectory() as folder:
        return build(root, Path(folder))


def mention(api: Path, mentions: dict[str, list[tuple[str, str]]]) -> None:
    """Adds to each class and function the pages of the book that link it."""
    for address, pages in mentions.items():
        page, _, anchor = address.partition("#")
        file = api / page
        listed = ", ".join(f'<a href="../{target}">{html.escape(title)}</a>' for title, target in pages)
        box = f'<div class="book">In the book: {listed}</div>\n'
        text = file.read_text(encoding="utf-8")
        if anchor:
            start = text.find('<div class="memdoc">', text.find(f'id="{anchor}"'))
            place = start + len('<div class="memdoc">\n') if start >= 0 else -1
        else:
            place = text.find("\n", text.find('<div class="contents">')) + 1
        if place > 0:
            file.write_text(text[:place] + box + text[place:], encoding="utf-8")


def hide_implementation(api: Path) -> None:
    """What a class inherits from the implementation is shown as its own. Links to pages that Doxygen does not write go to the same
    place of the class's own page, or what is left of them is their text."""
    pages = {file.name: file.read_text(encoding="utf-8") for file in api.glob("*.html")}
    anchors = {name: set(re.findall(r'(?:id|name)="([^"]+)"', text)) for name, text in pages.items()}
    for name, text in pages.items():
        own = re.search(r'<div class="title">(?:<[^>]*>)?([^<]*?) (?:Class|Struct)', text)

        def kept(match: re.Match[str], name: str = name) -> str:
            page, _, anchor = match["address"].partition("#")
            if page in pages and (not anchor or anchor in anchors[page]):
                return match[0]
            return f'<a href="#{anchor}">{match["text"]}</a>' if anchor in anchors[name] else match["text"]

        changed = re.sub(r'<a (?:class="[^"]*" )?href="(?P<address>[\w.-]+\.html(?:#\w+)?)"[^>]*>(?P<text>.*?)</a>', kept, text)
        if own:
            for head in dict.fromkeys(re.findall(r'<div class="memproto">.*?<div class="memdoc">', changed, re.DOTALL)):
                changed = changed.replace(head, as_own(head, own[1]))
        changed = re.sub(r" (?:Class|Struct)(?: Template)? Reference(?=\s*<| - )", "", changed)
        changed = changed.replace("uasync::", "", 1) if own else changed
        if changed != text:
            (api / name).write_text(changed, encoding="utf-8")


def as_own(head: str, owner: str) -> str:
    """The head of a member's documentation, without the class of the implementation that it comes from."""
    changed = re.sub(r"uasync::detail::\w+(?:&lt;.*?&gt;)?::(?=[\w~]+ *<)", f"{owner}::", head)
    if changed == head:
        return head
    changed = re.sub(r'<div class="memtemplate">\ntemplate.*?</div>\n', "", changed, count=1, flags=re.DOTALL)
    return changed.replace('<span class="mlabel">inherited</span>', "")
