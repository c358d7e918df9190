"""The server of the page: for this machine only, and of this machine only the page."""

import contextlib
import io
import socket
import struct
import tempfile
import threading
import unittest
from pathlib import Path

import support  # noqa: F401  (finds the package cli)

from cli.page_server import listen


class PageServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.outside = Path(folder.name)
        (self.outside / "secret").write_text("secret")
        self.site = self.outside / "site"
        (self.site / "files").mkdir(parents=True)
        (self.site / "index.html").write_text("the page")
        (self.site / "files" / "image.elf").write_bytes(b"x" * 5_000_000)
        (self.site / "link").symlink_to(self.outside / "secret")
        (self.site / "out").symlink_to(self.outside)
        (self.site / "inner").symlink_to(self.site / "index.html")
        (self.site / "linked").mkdir()
        (self.site / "linked" / "index.html").symlink_to(self.outside / "secret")
        self.errors = io.StringIO()
        redirect = contextlib.redirect_stderr(self.errors)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)
        self.server = listen(0, self.site)
        self.server.daemon_threads = False  # so that closing waits for them, and what they say is heard
        thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"

    def ask(self, path, *headers, method="GET"):
        """The status and the content of the answer."""
        headers = headers or (f"Host: {self.host}",)
        with socket.create_connection(self.server.server_address, timeout=60) as line:
            line.sendall("\r\n".join((f"{method} {path} HTTP/1.0", *headers, "", "")).encode("latin-1"))
            answer = b"".join(iter(lambda: line.recv(65536), b""))
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content

    def assert_silent(self):
        self.server.shutdown()
        self.server.server_close()
        self.assertEqual(self.errors.getvalue(), "")

    def test_gives_its_files(self):
        self.assertEqual(self.ask("/"), (200, b"the page"))
        self.assertEqual(self.ask("/index.html?watch"), (200, b"the page"))
        self.assertEqual(self.ask("/inner"), (200, b"the page"))
        self.assertEqual(self.ask("/files/image.elf")[0], 200)
        self.assertEqual(self.ask("/none")[0], 404)
        self.assert_silent()

    def test_knows_itself_by_its_own_names_only(self):
        port = self.host.rpartition(":")[2]
        for host in (self.host, f"localhost:{port}", "localhost", "localhost:80"):
            self.assertEqual(self.ask("/", f"Host: {host}")[0], 200, host)
        for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "", ":", "localhost:x", "localhost:80:80"):
            for method in ("GET", "HEAD"):
                self.assertEqual(self.ask("/", f"Host: {host}", method=method)[0], 403, host)
        self.assertEqual(self.ask("/", "Accept: */*")[0], 403)
        self.assertEqual(self.ask("/", f"Host: {self.host}", "Host: evil.example")[0], 403)

    def test_answers_no_page_from_elsewhere(self):
        host = f"Host: {self.host}"
        self.assertEqual(self.ask("/", host, f"Origin: http://{self.host}")[0], 200)
        for origin in ("http://evil.example", "null", f"https://{self.host}", "http://127.0.0.1:1", ""):
            self.assertEqual(self.ask("/", host, f"Origin: {origin}")[0], 403, origin)

    def test_does_not_leave_its_folder(self):
        for path in ("/link", "/out/secret", "/out/", "/linked/", "/linked/index.html", "/../secret", "/%2e%2e/secret", "/files/..%2f../../secret", "//etc/passwd"):
            status, content = self.ask(path)
            self.assertEqual(status, 404, path)
            self.assertNotIn(b"secret", content.replace(b"/secret", b""), path)
        self.assert_silent()

    def test_lists_no_folder(self):
        status, content = self.ask("/files/")
        self.assertEqual(status, 404)
        self.assertNotIn(b"image.elf", content)

    def test_takes_any_request_without_a_word(self):
        for path in ("/%00", "/a%00b", "/%ff%fe", "/" + "x" * 5000, "/" + "x" * 70000, "nonsense", "/\x1b"):
            self.assertIn(self.ask(path)[0], (400, 404, 414), path)
        self.assertEqual(self.ask("/", method="POST")[0], 501)
        self.assert_silent()

    def test_says_nothing_of_a_client_that_leaves_early(self):
        for request in (b"", b"GET", f"GET /files/image.elf HTTP/1.0\r\nHost: {self.host}\r\n\r\n".encode()):
            line = socket.create_connection(self.server.server_address, timeout=60)
            line.sendall(request)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets the line
            line.close()
        self.assertEqual(self.ask("/")[0], 200)
        self.assert_silent()


if __name__ == "__main__":
    unittest.main()
