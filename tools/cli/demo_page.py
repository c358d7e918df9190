"""What `./uasync demo` adds to the page's server: it compiles sources that were edited on the page, and has programs of the user's own."""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import select
import socket
import sys
import threading
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Optional, Tuple
from urllib.parse import unquote, urlsplit

from . import micropython, own_programs, page, page_server, project
from .recipe import Recipe
from .recompile import Recompiler, Result, as_json

MOST_REQUEST = 500_000  # bytes: a hundred times the longest example
HEARTBEAT = 15.0  # seconds after which a silent connection is tried, to notice that nobody listens any more
LOOK = 0.3  # seconds between two looks at the files
COMPILE = "/compile"
TOKEN = "X-Uasync-Token"
OWN = "/own/"


@dataclass
class Desk:
    """What there is to edit, and who waits for news of the files."""

    site: Path
    own: "list[own_programs.Program]" = field(default_factory=list)
    micropython: Optional[Path] = None  # its image
    recompiler: Recompiler = field(default_factory=Recompiler)
    #: Known to the page that this server gives, and to no other: who has it may have something compiled.
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    news: threading.Condition = field(default_factory=threading.Condition)
    number: int = 0  # of the newest event
    event: str = ""
    ended: bool = False

    def recipe(self, name: object) -> Optional[Recipe]:
        """How a program is compiled; None if there is none of that name, or none that can be edited."""
        for program in self.own:
            if program.name == name:
                return program.recipe
        built = project.ROOT / "build" / page.PRESET
        known = {source.stem: source for source in page.sources()}
        if not isinstance(name, str) or name not in known:
            return None
        return Recipe(built, built / "examples" / f"{name}.elf", page.SOURCES, (known[name].name,))

    def index(self, is_for_user: bool) -> bytes:
        """The page, which learns where MicroPython is, and the token if it is the user of this server who asks."""
        text = (self.site / "index.html").read_text(encoding="utf-8")
        told = {} if self.micropython is None else {"uasync-micropython": micropython.address(self.micropython)}
        if is_for_user:
            told["uasync-token"] = self.token
        lines = "".join(f'<meta name="{name}" content="{content}">\n' for name, content in told.items())
        return text.replace("</head>", f"{lines}</head>", 1).encode()

    def list(self) -> bytes:
        """The list of the programs, with the user's own first."""
        listed = json.loads((self.site / page.LIST).read_text(encoding="utf-8"))
        mine = {program.name for program in self.own}
        entries: "list[dict[str, object]]" = [{**program.entry(), "editable": program.recipe is not None} for program in self.own]
        entries += [{**entry, "editable": True} for entry in listed if entry["name"] not in mine]
        return json.dumps(entries, indent=1).encode() + b"\n"

    def own_file(self, name: str) -> Optional[bytes]:
        return next((content for program in self.own for content in [program.read(name)] if content is not None), None)

    # Files that change ------------------------------------------------------------------------------------------------------------

    def watch(self, stop: threading.Event) -> None:
        """Tells of each image that has changed and changes no more; a single source is compiled first."""
        told = {program.name: status(program.image) for program in self.own}
        sources = {program.name: status(program.source) for program in self.own}
        before = dict(told)
        while not stop.wait(LOOK):
            for program in self.own:
                name, now = program.name, status(program.image)
                if now == before[name] != told[name] and now is not None:
                    told[name] = now
                    self.tell(f"event: changed\ndata: {json.dumps({'name': name})}\n")
                before[name] = now
                if status(program.source) not in (sources[name], None):
                    sources[name] = status(program.source)
                    text = own_programs.compile_single(program, self.recompiler)
                    if text:
                        self.tell(f"event: failed\ndata: {json.dumps({'name': name, 'text': text})}\n")

    def close(self) -> None:
        """Ends what is being compiled, and lets those go who wait for news."""
        with self.news:
            self.ended = True
            self.news.notify_all()
        if self.recompiler.busy.acquire(timeout=2):
            self.recompiler.busy.release()

    def tell(self, event: str) -> None:
        with self.news:
            self.number += 1
            self.event = f"id: {self.number}\n{event}\n"
            self.news.notify_all()

    def after(self, number: int, seconds: float = HEARTBEAT) -> Tuple[int, str]:
        """The newest event once it is another than this one: its number and what it says. The same number: nothing has happened."""
        with self.news:
            self.news.wait_for(lambda: self.number != number or self.ended, seconds)
            return self.number, ": nothing new\n\n" if self.number == number else self.event


def status(path: Optional[Path]) -> Optional[Tuple[int, int]]:
    try:
        found = os.stat(path) if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found is not None else None


def user_of(client: Tuple[str, int], server: Any, table: Path = Path("/proc/net/tcp")) -> Optional[int]:
    """The number of the user whose program is at the other end of a line from this machine: Linux knows."""
    try:
        rows = [row.split() for row in table.read_text(encoding="ascii").splitlines()[1:]]
    except OSError:
        return None
    ends = [in_table(*client), in_table(*server[:2])]
    return next((int(row[7]) for row in rows if row[1:3] == ends), None)


def in_table(host: str, port: int) -> str:
    """An address as Linux writes it there: its four bytes are one number in the order of the machine."""
    number = int.from_bytes(socket.inet_aton(host), sys.byteorder)
    return f"{number:08X}:{port:04X}"


def listen(desk: Desk, port: Optional[int]) -> page_server.Server:
    """Opens the port, and serves nothing yet."""

    class Handler(page_server.Handler):
        timeout = 60  # for a client that begins a request, or an answer, and does not go on

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path == OWN + "events":
                self.send_news()
            elif path.startswith(OWN):
                content = desk.own_file(path[len(OWN) :])
                self.send_error(404) if content is None else self.give(content, "application/octet-stream")
            elif path.startswith(micropython.FOLDER):
                content = micropython.read(desk.micropython, path)
                self.send_error(404) if content is None else self.give(content, "application/octet-stream")
            elif path == f"/{page.LIST}" and self.is_inside():
                self.give(desk.list(), "application/json")
            elif path in ("/", "/index.html") and self.is_inside():
                self.give(desk.index(self.is_of_user()), "text/html; charset=utf-8")
            else:
                super().do_GET()

        def do_POST(self) -> None:
            if urlsplit(self.path).path != COMPILE:
                self.send_error(404)
            elif not hmac.compare_digest(self.headers.get(TOKEN, "").encode(), desk.token.encode()):
                self.refuse(403, "This page is of an earlier ./uasync demo: load it anew; your edits stay.")
            else:
                self.compile()

        def compile(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or len(length) > 12:
                self.refuse(411, "The request does not say how long it is.")
            elif int(length) > MOST_REQUEST:
                self.refuse(413, f"The source is too long: at most {MOST_REQUEST:,} bytes are compiled.")
            else:
                self.compile_text(self.rfile.read(int(length)))

        def compile_text(self, request: bytes) -> None:
            try:
                wanted = json.loads(request)
                name, texts = wanted["program"], dict(wanted["files"])
                for text in texts.values():
                    text.encode()  # not half of a pair of surrogates
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                self.refuse(400, "The request is not one for a compilation.")
                return
            recipe = desk.recipe(name)
            if recipe is None or any(file not in recipe.files for file in texts):
                self.refuse(404, "There is no such program, or no such file of it, that can be compiled here.")
                return
            result = desk.recompiler.run(recipe, texts, self.is_wanted)
            if result is None:
                self.refuse(503, "Another source is just being compiled: wait for it, and try again.")
            elif result.problem != "unwanted":
                self.answer(200, result)

        def is_of_user(self) -> bool:
            """A compiler reads its user's files: nobody else on this machine is to have one. Where this cannot be known, whoever is here is the user."""
            user = user_of(self.client_address, self.server.server_address)
            return user in (None, 0, os.getuid())

        def is_wanted(self) -> bool:
            """Whether the page still waits: one that was closed or loaded anew does not."""
            if desk.ended:
                return False
            try:
                ready, _, _ = select.select([self.connection], [], [], 0)
                return not ready or self.connection.recv(1, socket.MSG_PEEK) != b""
            except (OSError, ValueError):
                return False

        def answer(self, status: int, result: Result) -> None:
            said = as_json(result)
            if result.image is not None:
                said["image"] = base64.b64encode(result.image).decode("ascii")
            self.give(json.dumps(said).encode(), "application/json", status)

        def refuse(self, status: int, text: str) -> None:
            self.close_connection = True
            self.answer(status, Result(problem="refused", text=text))

        def send_news(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            number = desk.number  # what was before is known to a page that was just loaded
            while not desk.ended:
                number, text = desk.after(number)
                self.wfile.write(text.encode())
                self.wfile.flush()

        def give(self, content: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.copyfile(BytesIO(content), self.wfile)

    return page_server.listen(port, desk.site, Handler)
