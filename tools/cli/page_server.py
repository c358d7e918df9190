"""The web server of the page and of the documentation, for browsers on this machine."""

from __future__ import annotations

import functools
import http.server
import os
import re
import sys
from pathlib import Path
from typing import Any, Optional, Type

from . import values
from .errors import Failure

PORT = 8765
# Any other name that leads to this machine is a trick of a page from elsewhere, which would be let read what is served here.
OWN_NAMES = ("127.0.0.1", "localhost")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder, and nothing else of this machine."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".json": "application/json",
        ".elf": "application/octet-stream",
        ".cpp": "text/plain; charset=utf-8",
        ".py": "text/plain; charset=utf-8",
    }

    def parse_request(self) -> bool:
        return super().parse_request() and self.is_from_here()

    def is_from_here(self) -> bool:
        """Whether a page of this server asks, or somebody who typed its address; if not, the refusal is sent."""
        hosts: list[str] = self.headers.get_all("Host", [])
        origins: list[str] = self.headers.get_all("Origin", [])
        if len(hosts) != 1 or re.sub(r":[0-9]+$", "", hosts[0]) not in OWN_NAMES:
            self.send_error(403, "This server is for this machine only: open it as 127.0.0.1 or localhost")
            return False
        if any(origin != f"http://{hosts[0]}" for origin in origins):
            self.send_error(403, "This server answers its own pages only")
            return False
        return True

    def send_head(self) -> Any:
        if not self.is_inside():
            self.send_error(404, "File not found")
            return None
        return super().send_head()

    def is_inside(self) -> bool:
        """Whether what is asked for is in the folder, and not where a link in it leads."""
        folder = os.path.realpath(self.translate_path("/"))
        asked = self.translate_path(self.path)
        try:
            found = [os.path.realpath(path) for path in (asked, *(os.path.join(asked, name) for name in ("index.html", "index.htm")))]
        except ValueError:  # a zero in the name
            return False
        return bool(os.path.commonpath([folder, *found]) == folder)

    def list_directory(self, path: Any) -> None:
        self.send_error(404, "File not found")

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # what was built anew is to be seen at the next load
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are nobody's concern."""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away before it has its answer is nobody's concern either."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def listen(port: Optional[int], site: Path, kind: Type[Handler] = Handler) -> Server:
    """Opens the port, and serves nothing yet. Without a port: the usual one, or a free one."""
    handler = functools.partial(kind, directory=str(site))
    if port is None:
        try:
            return Server(("127.0.0.1", PORT), handler)
        except OSError:  # somebody else has it
            return Server(("127.0.0.1", 0), handler)
    try:
        return Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise Failure(f"--port {port}: {values.reason(error)}; choose another port, or leave out --port to take one that is free") from None
