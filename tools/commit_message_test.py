#!/usr/bin/env python3
"""Tests of commit_message.py and of the hook: run with `python3 -m unittest tools/commit_message_test.py`."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import List

TOOLS = Path(__file__).resolve().parent
sys.path.insert(0, str(TOOLS))

import commit_message  # noqa: E402

GOOD = "queue: wake the getter first\n\nA putter that went on before it took its message.\n"


def problems(message: str) -> List[str]:
    return list(commit_message.problems(message))


class Message(unittest.TestCase):
    def test_good_ones_pass(self) -> None:
        for subject in ["queue: wake the getter first", "tools/cli: say why", "uasync test: run less", "loop, task: wake once", "README: shorten"]:
            self.assertEqual(problems(f"{subject}\n\nBecause.\n"), [], subject)
        self.assertEqual(problems("q: " + "x" * 69 + "\n\n" + ("word " * 16).strip() + "\n"), [])

    def test_the_subject_is_short_has_a_part_and_no_full_stop(self) -> None:
        cases = {
            "q: " + "x" * 70: "the subject has 73 characters; 72 is the limit",
            "Wake the getter first": "the subject begins with no part",
            "queue:wake the getter": "the subject begins with no part",
            "queue: wake the getter first.": "the subject ends with a full stop",
        }
        for subject, problem in cases.items():
            found = problems(f"{subject}\n\nBecause.\n")
            self.assertEqual(len(found), 1, subject)
            self.assertTrue(found[0].startswith(problem), found[0])

    def test_there_is_a_body(self) -> None:
        for rest in ["", "\n", "\n\nSigned-off-by: Ada <ada@example.org>\n", "\n# a comment of the template\n"]:
            self.assertEqual([one.split(";")[0] for one in problems("queue: wake" + rest)], ["there is no body"], repr(rest))
        self.assertEqual([one.split(";")[0] for one in problems("queue: wake\nBecause.\n")], ["the second line is not empty"])

    def test_the_body_is_wrapped_unless_it_is_code_or_an_address(self) -> None:
        long = "word " * 20
        self.assertEqual(problems(f"queue: wake\n\nBecause:\n    {long}\nhttps://example.org/{'x' * 80}\n"), [])
        self.assertIn("a line of the body has 99 characters", problems(f"queue: wake\n\n{long}\n")[0])

    def test_comments_and_what_git_writes_are_left_alone(self) -> None:
        diff = "# ------------------------ >8 ------------------------\ndiff --git a b\n" + "x " * 80
        self.assertEqual(problems(f"# {'x' * 90}\n\n{GOOD}# On branch main\n{diff}"), [])
        for subject in ["Merge branch 'x'", 'Revert "queue: wake"', "fixup! queue: wake"]:
            self.assertEqual(problems(subject), [])
        self.assertEqual(problems("# nothing\n"), [])


class Hook(unittest.TestCase):
    def test_git_refuses_a_commit_with_a_bad_message_and_takes_a_good_one(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
            environment.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")

            def git(*arguments: str) -> "subprocess.CompletedProcess[str]":
                who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", f"core.hooksPath={TOOLS / 'hooks'}"]
                return subprocess.run(["git", *who, *arguments], cwd=folder, env=environment, capture_output=True, text=True)

            self.assertEqual(git("init", "-q").returncode, 0)
            refused = git("commit", "-q", "--allow-empty", "-m", "Wake")
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("commit message: there is no body", refused.stderr)
            taken = git("commit", "-q", "--allow-empty", "-m", GOOD)
            self.assertEqual((taken.returncode, taken.stderr), (0, ""))
            # The same of commits that are there already.
            git("commit", "-q", "--allow-empty", "--no-verify", "-m", "Wake")
            command = [sys.executable, str(TOOLS / "commit_message.py"), "--range", "HEAD~1..HEAD"]
            checked = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            self.assertEqual(checked.returncode, 1)
            self.assertRegex(checked.stderr, r"commit message: [0-9a-f]+: there is no body")


if __name__ == "__main__":
    unittest.main()
