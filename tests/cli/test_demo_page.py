"""The server of `./uasync demo`: who may have what compiled, how much of it, and the programs of the user's own."""

import contextlib
import http.client
import io
import json
import os
import socket
import struct
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

import support  # noqa: F401  (finds the package cli)

from cli import demo_page, own_programs
from cli.demo_page import MOST_REQUEST, Desk, listen
from cli.recompile import Recompiler, Result

JSON = {"Content-Type": "application/json"}


class Stub(Recompiler):
    """Compiles nothing, and notes what it was given."""

    def __init__(self):
        super().__init__()
        self.given = []
        self.result = Result(image=b"\x7fELF", seconds=0.5)
        self.wait = None  # called with is_wanted

    def run(self, recipe, texts, is_wanted=lambda: True):
        if not self.busy.acquire(blocking=False):
            return None
        try:
            self.given.append((recipe, texts))
            if self.wait:
                self.wait(is_wanted)
            return self.result
        finally:
            self.busy.release()


class Served(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(os.path.realpath(folder.name))
        self.site = self.folder / "site"
        (self.site / "examples").mkdir(parents=True)
        (self.site / "index.html").write_text("<html><head></head>the page</html>")
        (self.site / "examples" / "examples.json").write_text('[{"name": "05_queue"}, {"name": "mine"}]')
        self.stub = Stub()
        self.desk = Desk(self.site, recompiler=self.stub)
        self.errors = io.StringIO()
        redirect = contextlib.redirect_stderr(self.errors)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)
        self.server = listen(self.desk, 0)
        self.server.daemon_threads = False
        thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.desk.close)
        self.addCleanup(self.server.shutdown)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=60)
        self.addCleanup(connection.close)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()

    def compile(self, program="05_queue", source="int main() {}", file="05_queue.cpp", **headers):
        headers = {"X-Uasync-Token": self.desk.token, **JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
        status, content = self.ask("POST", "/compile", json.dumps({"program": program, "files": {file: source}}).encode(), headers)
        return status, json.loads(content) if content.startswith(b"{") else content

    def assert_silent(self):
        self.server.shutdown()
        self.desk.close()
        self.server.server_close()
        self.assertEqual(self.errors.getvalue(), "")


class Compiling(Served):
    def test_gives_the_image_and_what_was_said(self):
        status, said = self.compile()
        self.assertEqual((status, said), (200, {"image": "f0VMRg==", "problem": "", "text": "", "messages": [], "seconds": 0.5}))
        recipe, texts = self.stub.given[0]
        self.assertEqual((recipe.files, recipe.image.name, texts), (("05_queue.cpp",), "05_queue.elf", {"05_queue.cpp": "int main() {}"}))
        self.stub.result = Result(problem="compile", text="1 error")
        self.assertEqual(self.compile()[1], {"problem": "compile", "text": "1 error", "messages": [], "seconds": 0})

    def test_takes_the_token_of_its_own_page_only(self):
        page = self.ask("GET", "/")[1].decode()
        self.assertEqual(page.count(f'<meta name="uasync-token" content="{self.desk.token}">'), 1)
        self.assertGreaterEqual(len(self.desk.token), 32)
        self.assertNotEqual(self.desk.token, Desk(self.site).token)
        for token in ("", self.desk.token[:-1], Desk(self.site).token, "\xff"):
            self.assertEqual(self.compile(X_Uasync_Token=token)[0], 403, token)
        self.assertEqual(self.ask("POST", "/compile", b"{}", JSON)[0], 403)
        self.assertEqual(self.stub.given, [])

    def test_the_token_is_for_its_own_user(self):
        with mock.patch.object(demo_page, "user_of", return_value=os.getuid() + 1):
            self.assertNotIn(b"uasync-token", self.ask("GET", "/")[1])
        for user in (None, 0, os.getuid()):
            with mock.patch.object(demo_page, "user_of", return_value=user):
                self.assertIn(b"uasync-token", self.ask("GET", "/index.html")[1])

    def test_the_table_of_lines_names_the_user(self):
        table = self.folder / "tcp"
        table.write_text(
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
            "   0: 0100007F:223D 0100007F:C001 01 00000000:00000000 00:00000000 00000000  1001        0 1 1\n"
            "   1: 0100007F:C001 0100007F:223D 01 00000000:00000000 00:00000000 00000000  1002        0 2 1\n"
        )
        with mock.patch("sys.byteorder", "little"):
            self.assertEqual(demo_page.user_of(("127.0.0.1", 0xC001), ("127.0.0.1", 0x223D), table), 1002)
            self.assertIsNone(demo_page.user_of(("127.0.0.1", 0xC002), ("127.0.0.1", 0x223D), table))
        self.assertIsNone(demo_page.user_of(("127.0.0.1", 1), ("127.0.0.1", 2), self.folder / "none"))

    def test_answers_no_other_host_and_no_other_page(self):
        for header, value in (("Host", "evil.example"), ("Origin", "http://evil.example"), ("Origin", "null")):
            self.assertEqual(self.compile(**{header: value})[0], 403, value)
        self.assertEqual(self.stub.given, [])
        self.assertEqual(self.compile(Origin=f"http://{self.host}")[0], 200)
        self.assertIn(self.ask("OPTIONS", "/compile")[0], (404, 501))  # no page from elsewhere is told that it may ask

    def test_listens_on_this_machine_only(self):
        self.assertEqual(self.server.server_address[0], "127.0.0.1")

    def test_takes_so_much_and_no_more(self):
        self.assertEqual(self.compile(source="x" * (MOST_REQUEST - 100))[0], 200)
        headers = {"X-Uasync-Token": self.desk.token}
        with socket.create_connection(self.server.server_address, timeout=60) as line:
            line.sendall(f"POST /compile HTTP/1.0\r\nHost: {self.host}\r\nX-Uasync-Token: {self.desk.token}\r\nContent-Length: {MOST_REQUEST + 1}\r\n\r\n".encode())
            answer = line.recv(65536)  # before anything of it has come
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        for length in ("-1", "1e3", "x", "9" * 30):
            self.assertEqual(self.ask("POST", "/compile", None, {**headers, "Content-Length": length})[0], 411, length)

    def test_takes_any_request_in_one_line(self):
        headers = {"X-Uasync-Token": self.desk.token}
        for body in (b"", b"{}", b"[]", b"null", b"\xff", b'{"program": 1}', b'{"program": "05_queue", "files": 3}', b'{"program": "05_queue", "files": {"a": 3}}', b"[" * 100_000, b'{"program": "05_queue", "files": {"05_queue.cpp": "\\ud800"}}'):
            status, content = self.ask("POST", "/compile", body, headers)
            self.assertEqual((status, json.loads(content)["problem"]), (400, "refused"), body[:30])
        for name in ("../examples/05_queue", "none", 3, None, [], "05_queue.cpp"):
            self.assertEqual(self.compile(program=name)[0], 404, name)
        for name in ("04_interval.cpp", "../examples/05_queue.cpp", "/etc/passwd", "", "CMakeLists.txt"):
            self.assertEqual(self.compile(file=name)[0], 404, name)
        self.assertEqual(self.ask("POST", "/other", b"{}", headers)[0], 404)
        self.assert_silent()

    def test_one_at_a_time(self):
        begun, go_on = threading.Event(), threading.Event()
        self.stub.wait = lambda is_wanted: (begun.set(), go_on.wait(60))
        answers = []
        first = threading.Thread(target=lambda: answers.append(self.compile()))
        first.start()
        begun.wait(60)
        status, said = self.compile()
        self.assertEqual(status, 503)
        self.assertRegex(said["text"], r"^Another source is just being compiled")
        go_on.set()
        first.join(60)
        self.assertEqual(answers[0][0], 200)

    def test_a_page_that_leaves_ends_it_without_a_word(self):
        wanted = []

        def wait(is_wanted):
            end = time.monotonic() + 60
            while is_wanted() and time.monotonic() < end:
                wanted.append(True)
                time.sleep(0.01)
            wanted.append(False)

        self.stub.wait = wait
        self.stub.result = Result(problem="unwanted")
        body = json.dumps({"program": "05_queue", "files": {}}).encode()
        head = f"POST /compile HTTP/1.0\r\nHost: {self.host}\r\nX-Uasync-Token: {self.desk.token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        for reset in (False, True):
            wanted.clear()
            line = socket.create_connection(self.server.server_address, timeout=60)
            line.sendall(head + body)
            while not wanted:
                time.sleep(0.005)
            if reset:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
            end = time.monotonic() + 60
            while wanted[-1] and time.monotonic() < end:
                time.sleep(0.005)
            self.assertFalse(wanted[-1])
        self.assert_silent()

    def test_the_end_of_the_server_ends_it(self):
        begun = threading.Event()
        ended = []

        def wait(is_wanted):
            begun.set()
            while is_wanted():
                time.sleep(0.01)
            ended.append(True)

        self.stub.wait = wait
        self.stub.result = Result(problem="unwanted")
        threading.Thread(target=self.compile_and_lose).start()
        begun.wait(60)
        self.desk.close()
        self.assertEqual(ended, [True])

    def compile_and_lose(self):
        with contextlib.suppress(http.client.HTTPException, OSError):
            self.compile()


class MicroPython(Served):
    META = '<meta name="uasync-micropython" content="micropython/RPI%20PICO%22%3E.uf2">'

    def setUp(self):
        super().setUp()
        self.image = self.folder / 'RPI PICO">.uf2'
        self.image.write_bytes(b"UF2")

    def test_is_not_there_unless_it_was_given(self):
        self.assertNotIn(b"uasync-micropython", self.ask("GET", "/")[1])
        self.assertEqual(self.ask("GET", "/micropython/RPI%20PICO%22%3E.uf2")[0], 404)

    def test_is_given_and_nothing_else_of_its_folder(self):
        (self.folder / "secret").write_text("secret")
        self.desk.micropython = self.image
        for is_for_user in (True, False):
            self.assertIn(self.META, self.desk.index(is_for_user).decode())
        self.assertIn(self.META, self.ask("GET", "/")[1].decode())
        self.assertEqual(self.ask("GET", "/micropython/RPI%20PICO%22%3E.uf2"), (200, b"UF2"))
        for path in ("", "secret", "../secret", "%2e%2e/secret", "RPI.uf2", "RPI%20PICO%22%3E.uf2/", f"/{self.folder}/secret"):
            self.assertEqual(self.ask("GET", f"/micropython/{path}")[0], 404, path)
        self.image.write_bytes(b"UF2 anew")
        self.assertEqual(self.ask("GET", "/micropython/RPI%20PICO%22%3E.uf2"), (200, b"UF2 anew"))
        self.image.unlink()
        self.assertEqual(self.ask("GET", "/micropython/RPI%20PICO%22%3E.uf2")[0], 404)
        self.assert_silent()

    def test_is_given_to_its_own_page_only(self):
        self.desk.micropython = self.image
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            self.assertEqual(self.ask("GET", "/micropython/RPI%20PICO%22%3E.uf2", headers=headers)[0], 403, headers)


class OwnPrograms(Served):
    def setUp(self):
        super().setUp()
        self.mine = self.folder / "mine"
        self.mine.mkdir()
        self.image = self.mine / "mine.elf"
        self.image.write_bytes(b"\x7fELF one")
        (self.mine / "board.json").write_text("{}")
        self.desk.own = own_programs.find(self.mine)

    def test_come_first_in_the_list_and_in_place_of_an_example_of_that_name(self):
        listed = json.loads(self.ask("GET", "/examples/examples.json")[1])
        self.assertEqual([(entry["name"], entry["editable"]) for entry in listed], [("mine", False), ("05_queue", True)])
        self.assertEqual((listed[0]["own"], listed[0]["image"], listed[0]["board"]), (True, "own/mine.elf", "own/mine.board.json"))
        self.assertNotIn("files", listed[0])

    def test_are_given_and_nothing_else_of_the_folder(self):
        (self.mine / "secret").write_text("secret")
        self.assertEqual(self.ask("GET", "/own/mine.elf"), (200, b"\x7fELF one"))
        self.assertEqual(self.ask("GET", "/own/mine.board.json"), (200, b"{}"))
        for path in ("", "secret", "../mine/secret", "%2e%2e/mine/secret", "mine.cpp", "board.json"):
            self.assertEqual(self.ask("GET", f"/own/{path}")[0], 404, path)
        self.assertEqual(self.compile(program="mine")[0], 404)  # an ELF file alone

    def test_no_link_out_of_the_folder_is_followed(self):
        (self.folder / "secret.elf").write_text("secret")
        (self.mine / "other.elf").symlink_to(self.folder / "secret.elf")
        self.assertEqual([program.name for program in own_programs.find(self.mine)], ["mine"])
        self.image.unlink()
        self.image.symlink_to(self.folder / "secret.elf")
        self.assertEqual(self.ask("GET", "/own/mine.elf")[0], 404)

    def test_a_changed_image_is_told_of_once_it_is_whole(self):
        stop = threading.Event()
        with mock.patch.object(demo_page, "LOOK", 0.02):
            watch = threading.Thread(target=self.desk.watch, args=(stop,))
            watch.start()
            self.addCleanup(watch.join)
            self.addCleanup(stop.set)
            connection = http.client.HTTPConnection(*self.server.server_address, timeout=60)
            self.addCleanup(connection.close)
            connection.request("GET", "/own/events")
            news = connection.getresponse()
            time.sleep(0.1)
            self.image.write_bytes(b"\x7fELF the second")
            lines = [news.readline() for _ in range(3)]
        self.assertEqual(lines, [b"id: 1\n", b"event: changed\n", b'data: {"name": "mine"}\n'])
        self.desk.close()

    def test_an_image_that_is_still_being_written_is_not_told_of(self):
        stop = threading.Event()
        looks = [1, 1, 2, 3, 3, 3]  # the first before anything was looked at
        told = []

        def status(path):
            if path is None:
                return None
            if not looks:
                stop.set()
                return 3
            return looks.pop(0)

        with mock.patch.object(demo_page, "LOOK", 0.001), mock.patch.object(demo_page, "status", status):
            self.desk.tell = lambda event: told.append(len(looks))
            self.desk.watch(stop)
        self.assertEqual(told, [1])  # when it was the same twice

    def test_a_single_source_is_compiled_when_it_changes(self):
        single = self.folder / "single"
        single.mkdir()
        source = single / "hello.cpp"
        source.write_text("one")
        self.desk.own = own_programs.find(single)
        self.assertEqual((self.desk.own[0].source, self.desk.own[0].recipe.instead_of.name), (source, "05_queue.cpp"))
        listed = json.loads(self.ask("GET", "/examples/examples.json")[1])
        self.assertEqual((listed[0]["files"], listed[0]["editable"]), ([{"name": "hello.cpp", "address": "own/hello/hello.cpp"}], True))
        self.assertEqual(self.ask("GET", "/own/hello/hello.cpp"), (200, b"one"))
        self.stub.result = Result(problem="compile", text="The compiler found 1 error")
        stop = threading.Event()
        with mock.patch.object(demo_page, "LOOK", 0.02):
            watch = threading.Thread(target=self.desk.watch, args=(stop,))
            watch.start()
            time.sleep(0.1)
            source.write_text("the second")
            number, event = self.desk.after(0, 60)
            stop.set()
            watch.join()
        self.assertEqual((number, event), (1, 'id: 1\nevent: failed\ndata: {"name": "hello", "text": "The compiler found 1 error"}\n\n'))
        self.assertEqual(self.stub.given, [(self.desk.own[0].recipe, {})])


class Folders(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_one_that_has_nothing_to_run_is_refused_in_one_line(self):
        for names, words in (
            ((), "has neither CMakePresets.json nor an ELF file nor a .cpp file; ./uasync new NAME writes a project"),
            (("a.cpp", "b.cpp"), "has 2 .cpp files and no CMakePresets.json; ./uasync new NAME writes a project"),
        ):
            for name in names:
                (self.folder / name).write_text("")
            done = support.in_process("demo", str(self.folder), "--no-browser")
            self.assertEqual((done.returncode, done.stderr), (2, f"uasync demo: {self.folder}: {words}\n"))
        done = support.in_process("demo", str(self.folder / "none"))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^uasync demo: .*none: no such folder; give one that ./uasync new has written, or one with an ELF file or a .cpp file\n$")
        done = support.in_process("demo", str(self.folder), "--headless")
        self.assertEqual((done.returncode, done.stderr), (2, "uasync demo: FOLDER is for the page; for --terminal and --headless there is ./uasync run FIRMWARE.elf\n"))

    def test_a_project_has_the_programs_that_its_build_writes(self):
        built = self.folder / "build" / "pico"
        built.mkdir(parents=True)
        (self.folder / "CMakePresets.json").write_text("{}")
        (self.folder / "src").mkdir()
        for name, text in (("main.cpp", ""), ("app.hpp", "Coro<> async_main() {}"), ("more.cpp", ""), ("notes.txt", "")):
            (self.folder / "src" / name).write_text(text)
        (self.folder / "src" / "out.hpp").symlink_to("/etc/hostname")
        (built / "app.elf").write_bytes(b"")
        (built / "made.cpp").write_text("")
        main, more = self.folder / "src" / "main.cpp", self.folder / "src" / "more.cpp"
        for compiled, wanted in (
            ([main], ("src/app.hpp", "src/main.cpp")),
            ([more, main, built / "made.cpp", Path("/usr/lib/other.cpp")], ("src/app.hpp", "src/main.cpp", "src/more.cpp")),
            ([], None),
        ):
            with mock.patch.object(own_programs, "sources", return_value=compiled):
                (program,) = own_programs.find(self.folder)
            self.assertEqual((program.name, program.recipe and program.recipe.files), ("app", wanted))
        with mock.patch.object(own_programs, "sources", return_value=[main]):
            (program,) = own_programs.find(self.folder)
        self.assertEqual(program.read("app/src/app.hpp"), b"Coro<> async_main() {}")
        self.assertIsNone(program.read("app/src/notes.txt"))


if __name__ == "__main__":
    unittest.main()
