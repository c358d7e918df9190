"""What `./uasync watch --page` adds to the page's server: the newest image, and the news of each build (server-sent events)."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Optional, Tuple
from urllib.parse import unquote, urlsplit

from . import page_server

HEARTBEAT = 15.0  # seconds after which a silent connection is tried, to notice that nobody listens any more


class Builds:
    """The newest build, and who waits for the next."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.number = 0  # of the newest event
        self.failed = False
        self.name = ""
        self.image = b""

    def publish(self, image: Path) -> None:
        content = image.read_bytes()  # now: the next build writes over it
        with self.news:
            self.number += 1
            self.failed = False
            self.name, self.image = image.name, content
            self.news.notify_all()

    def fail(self) -> None:
        with self.news:
            self.number += 1
            self.failed = True
            self.news.notify_all()

    def after(self, number: int, seconds: float = HEARTBEAT) -> Tuple[int, str]:
        """The newest event once it is another than this one: its number and what it says. The same number: nothing has happened."""
        with self.news:
            self.news.wait_for(lambda: self.number != number, seconds)
            if self.number == number:
                return number, ": nothing new\n\n"
            what = "event: failure\ndata: failed\n" if self.failed else f"event: image\ndata: {self.name}\n"
            return self.number, f"id: {self.number}\n{what}\n"


def serve(builds: Builds, port: Optional[int], site: Path) -> page_server.Server:
    """Serves the page in a thread of its own, until it is shut down."""

    class Handler(page_server.Handler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path == "/watched/events":
                self.tell()
            elif path.startswith("/watched/"):
                self.give(path[len("/watched/") :])
            else:
                super().do_GET()

        def tell(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            number = 0
            try:
                while True:
                    number, text = builds.after(number)
                    self.wfile.write(text.encode())
                    self.wfile.flush()
            except OSError:  # the page was closed
                self.close_connection = True

        def give(self, name: str) -> None:
            with builds.news:
                known, image = builds.name, builds.image
            if name != known or not image:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(image)))
            self.end_headers()
            self.wfile.write(image)

    server = page_server.listen(port, site, Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server
