"""The server of `./uasync watch --page`: the news of each build, and the newest image."""

import http.client
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

from support import in_process

from cli.watch_page import Builds, serve


class WatchPage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "index.html").write_text("the page")
        self.builds = Builds()
        self.server = serve(self.builds, 0, self.folder)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def get(self, path):
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", path)
        return connection.getresponse()

    def build(self, content):
        image = self.folder / "hello.elf"
        image.write_bytes(content)
        self.builds.publish(image)
        image.write_bytes(b"half of the next")

    def event(self, news):
        lines = []
        while True:
            line = news.readline().decode()
            if line == "\n":
                return lines
            lines.append(line.strip())

    def test_the_page_is_there(self):
        self.assertEqual(self.get("/?watch").read(), b"the page")

    def test_news_of_the_newest_build_and_of_those_to_come(self):
        self.build(b"one")
        news = self.get("/watched/events")
        self.assertEqual(news.getheader("Content-Type"), "text/event-stream")
        self.assertEqual(self.event(news), ["id: 1", "event: image", "data: hello.elf"])
        self.builds.fail()
        self.assertEqual(self.event(news), ["id: 2", "event: failure", "data: failed"])
        self.build(b"two")
        self.assertEqual(self.event(news), ["id: 3", "event: image", "data: hello.elf"])

    def test_whoever_asks_before_the_first_build_waits_for_it(self):
        answers = []
        asked = threading.Thread(target=lambda: answers.append(self.event(self.get("/watched/events"))))
        asked.start()
        self.build(b"one")
        asked.join(60)
        self.assertEqual(answers, [["id: 1", "event: image", "data: hello.elf"]])

    def test_the_image_is_the_one_that_was_built(self):
        self.build(b"one")
        self.assertEqual(self.get("/watched/hello.elf?build=1").read(), b"one")

    def test_no_other_file_is_given(self):
        self.assertEqual(self.get("/watched/hello.elf").status, 404)
        self.build(b"one")
        for path in ("/watched/other.elf", "/watched/", "/watched/../index.html"):
            with self.subTest(path):
                self.assertEqual(self.get(path).status, 404)

    def test_a_silent_connection_gets_a_comment(self):
        self.assertEqual(self.builds.after(0, seconds=0), (0, ": nothing new\n\n"))


class WatchOnThePage(unittest.TestCase):
    def test_builds_are_told_to_the_page_and_no_browser_is_opened(self):
        with mock.patch("cli.page.steps", return_value=[]), mock.patch("cli.watch.Watch") as made, mock.patch("webbrowser.open") as opened:
            done = in_process("watch", "--page", "--no-browser", "--port", "0")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"The board is at http://127\.0\.0\.1:\d+/\?watch\nCtrl-C ends it\.\n")
        builds = made.call_args[0][2].__self__
        self.assertIsInstance(builds, Builds)
        self.assertEqual(made.call_args[0][3], builds.fail)
        made.return_value.run.assert_called_once_with()
        opened.assert_not_called()


if __name__ == "__main__":
    unittest.main()
