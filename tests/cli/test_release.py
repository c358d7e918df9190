"""What tools/release refuses to release, and how it names a snapshot."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import ROOT

from cli import release

MAINTAINER = {"DEBFULLNAME": "A Person", "DEBEMAIL": "person@example.org"}
FILES = {
    "CMakeLists.txt": "project(uasync VERSION 1.2.3 LANGUAGES CXX)\n",
    "CHANGELOG.md": "# Changelog\n\n## 1.2.3, 2027-01-01\n\n## 1.2.2, not yet released\n",
    "library.properties": "url=https://example.org/uasync\n",
}


class Release(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name, text in FILES.items():
            (self.root / name).write_text(text, encoding="utf-8")
        self.git("init", "-q")
        self.commit()
        self.git("tag", "v1.2.3")

    def git(self, *arguments):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", self.root, *who, *arguments], check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "--date=2027-01-02T00:00:00", "-m", "a commit")

    def write(self, name, text):
        (self.root / name).write_text(text, encoding="utf-8")

    def assert_problem(self, pattern, environment=None):
        found = release.problems(self.root, MAINTAINER if environment is None else environment)
        self.assertEqual(len(found), 1, found)
        self.assertRegex(found[0], pattern)

    def test_nothing_speaks_against_a_tagged_commit(self):
        self.assertEqual(release.problems(self.root, MAINTAINER), [])

    def test_changes_that_are_not_committed(self):
        self.write("library.properties", "url=https://example.org/\n")
        self.assert_problem(r"^library\.properties: there are changes that are not committed; commit")

    def test_files_that_git_does_not_know(self):
        for name in "abcd":
            self.write(name, "")
        self.assert_problem(r"^a, b, c and others have changes that are not committed; commit")

    def test_a_commit_without_the_tag(self):
        self.write("new", "")
        self.commit()
        self.assert_problem(r"^this commit is not tagged v1\.2\.3; .*git tag v1\.2\.3$")
        self.git("tag", "v1.2.4")
        self.assert_problem(r"^this commit is not tagged v1\.2\.3")

    def test_a_changelog_without_a_date(self):
        self.write("CHANGELOG.md", "## 1.2.3, not yet released\n")
        self.commit()
        self.git("tag", "-f", "v1.2.3")
        self.assert_problem(r"^CHANGELOG\.md says '## 1\.2\.3, not yet released'; write the date")

    def test_placeholders(self):
        self.write("library.properties", "url=https://uasync.invalid/\n")
        self.commit()
        self.git("tag", "-f", "v1.2.3")
        self.assert_problem(r"^library\.properties has no address yet; write")

    def test_no_maintainer(self):
        self.assert_problem(r"need a maintainer; set DEBFULLNAME and DEBEMAIL$", {"DEBEMAIL": "person@example.org"})

    def test_all_are_said_before_anything_is_built(self):
        self.write("new", "")
        with mock.patch.object(release, "ROOT", self.root), mock.patch.object(release.Progress, "run", side_effect=AssertionError("it builds")):
            with mock.patch.dict("os.environ", {"DEBFULLNAME": ""}), self.assertRaisesRegex(release.UsageError, "this is no release:\n  new: .*\n  the Debian.*\n--snap"):
                release.main([])

    def test_a_folder_with_other_files_is_left_alone(self):
        with mock.patch.object(release, "ROOT", self.root), mock.patch.object(release.Progress, "run", side_effect=AssertionError("it builds")):
            with self.assertRaisesRegex(release.UsageError, "is not empty, and not a release that was written before"):
                release.main(["--snapshot", "--out", str(self.root)])

    def test_a_snapshot_sorts_before_the_release(self):
        name = release.snapshot_version(self.root)
        self.assertRegex(name, r"^1\.2\.3~git\d{8}\.[0-9a-f]{7,}$")
        self.write("new", "")
        self.assertEqual(release.snapshot_version(self.root), f"{name}.changed")

    def test_a_folder_that_is_no_clone(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict("os.environ", {"GIT_CEILING_DIRECTORIES": "/"}):
            with self.assertRaisesRegex(release.Failure, "is no clone; clone"):
                release.problems(Path(folder), MAINTAINER)

    def test_the_command_helps(self):
        done = subprocess.run([ROOT / "tools" / "release", "--help"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--snapshot", done.stdout)


if __name__ == "__main__":
    unittest.main()
