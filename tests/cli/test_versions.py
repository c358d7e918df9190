"""The version stands in CMakeLists.txt. Files that have to repeat it say the same."""

import json
import re
import unittest

from support import ROOT, uasync

from cli.place import version

VERSION = version()
SERIES = VERSION.rsplit(".", 1)[0]  # what find_package is asked for
#: What repeats the version, and in which words. `*` stands for it, `~` for its first two numbers.
REPEATED = (
    ("library.json", '"version": "*"'),
    ("library.properties", "\nversion=*\n"),
    ("README.md", "find_package(uasync ~ REQUIRED)"),
    ("README.md", "GIT_TAG v*)"),
    ("README.md", "version ~."),
    ("tests/consumer/project/CMakeLists.txt", "find_package(uasync ~ REQUIRED)"),
)


def numbers(text, words):
    """What stands in the place of the version."""
    pattern = re.escape(words).replace(r"\*", r"(\d+\.\d+\.\d+)").replace(r"\~", r"(\d+\.\d+)")
    return re.findall(pattern, text)


class Versions(unittest.TestCase):
    def test_every_file_says_the_same(self):
        for file, words in REPEATED:
            with self.subTest(file, words=words):
                said = numbers((ROOT / file).read_text(encoding="utf-8"), words)
                self.assertEqual(set(said), {VERSION if "*" in words else SERIES})

    def test_the_emulators_packages_do(self):
        for file in ("package.json", "package-lock.json"):
            content = json.loads((ROOT / "emulator" / file).read_text(encoding="utf-8"))
            self.assertEqual(content["version"], VERSION, file)
        self.assertEqual(content["packages"][""]["version"], VERSION)

    def test_the_changelog_begins_with_it(self):
        headings = re.findall(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(headings[0], VERSION)

    def test_the_command_tells_it(self):
        self.assertEqual(uasync("--version").stdout, f"uasync {VERSION}\n")

    def test_a_wrong_one_would_be_found(self):
        self.assertEqual(numbers("version=0.1.9\n", "version=*\n"), ["0.1.9"])


if __name__ == "__main__":
    unittest.main()
