"""How many tests passed, from what test runners say; and the line that sums it up."""

import io
import tempfile
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

import support  # noqa: F401

from cli import check, results
from cli.errors import Failure
from cli.results import Counts, TestsFailed, conclude
from cli.steps import Step

JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux" tests="5" failures="2" disabled="1" skipped="0">
  <testcase name="kernel.coro" status="run"><system-out>
[doctest] test cases:  12 |  12 passed | 0 failed | 1 skipped
[doctest] assertions: 100 | 100 passed | 0 failed |
</system-out></testcase>
  <testcase name="compile_fail.await_lost" status="run"><system-out>error: ignoring return value</system-out></testcase>
  <testcase name="queue.queue" status="fail"><system-out>
[doctest] test cases: 7 | 5 passed | 2 failed | 0 skipped
</system-out></testcase>
  <testcase name="crash" status="fail"><failure message=""/><system-out>Segmentation fault</system-out></testcase>
  <testcase name="not.built" status="notrun"><skipped message="x"/><system-out>Unable to find executable: /x</system-out></testcase>
  <testcase name="off" status="disabled"><disabled/><system-out></system-out></testcase>
</testsuite>
"""

UNITTEST = """
......F.sE
======================================================================
FAIL: test_x
----------------------------------------------------------------------
Ran 10 tests in 0.003s

FAILED (failures=1, errors=1, skipped=1)
"""

VITEST = """{"numTotalTests": 5, "success": false, "testResults": [
  {"name": "a.test.ts", "status": "failed", "message": "", "assertionResults": [
    {"status": "passed"}, {"status": "failed", "fullName": "a page opens"}, {"status": "skipped"}, {"status": "todo"}]},
  {"name": "b.test.ts", "status": "failed", "message": "SyntaxError", "assertionResults": []},
  {"name": "c.test.ts", "status": "passed", "message": "", "assertionResults": [{"status": "passed"}]}
]}"""


class Reading(unittest.TestCase):
    def test_ctest_counts_the_cases_of_doctest(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.xml"
            file.write_text(JUNIT, encoding="utf-8")
            counts = results.from_ctest(file)
        self.assertEqual(counts, Counts(passed=12 + 1 + 5, failed=2 + 1 + 1, skipped=1))
        self.assertEqual(counts.names, ["queue.queue", "crash", "not.built"])

    def test_unittest(self):
        self.assertEqual(results.from_unittest(UNITTEST), Counts(7, 2, 1))
        self.assertEqual(results.from_unittest(UNITTEST).names, ["test_x"])
        self.assertEqual(results.from_unittest("Ran 1 test in 0.1s\n\nOK\n"), Counts(1))
        self.assertEqual(results.from_unittest("SyntaxError"), Counts(failed=1))

    def test_vitest(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.json"
            for text, counts in ((VITEST, Counts(2, 2, 2)), ("", Counts(failed=1)), ("{}", Counts(failed=1))):
                file.write_text(text, encoding="utf-8")
                self.assertEqual(results.from_vitest(file), counts)
            file.write_text(VITEST, encoding="utf-8")
            self.assertEqual(results.from_vitest(file).names, ["a page opens"])

    def test_a_runner_that_crashes_has_failed_even_if_no_test_has(self):
        with self.assertRaises(TestsFailed) as caught:
            conclude(139, Counts(passed=3))
        self.assertEqual(caught.exception.value, Counts(3, 1))


class Summary(unittest.TestCase):
    def run_check(self, steps, *arguments):
        out = io.StringIO()
        with mock.patch.object(check, "steps", steps), mock.patch.object(check, "pass_on_python"), redirect_stdout(out):
            status = check.main(list(arguments))
        return status, out.getvalue()

    def test_last_line_and_status(self):
        def fail(_):
            raise TestsFailed(Counts(2, 1))

        build = Step("building", lambda log: log.run(["true"]))
        good = Step("tests here", lambda log: Counts(5, 0, 2))
        bad = Step("tests there", fail)
        broken = Step("building more", lambda log: log.run(["false"]))
        left_out = Step("tests of more", lambda log: Counts(9), after=(broken,))
        for steps, status, line in (
            ([build, good], 0, "5 passed, 0 failed, 2 skipped"),
            ([build, Step("t", lambda log: Counts(3))], 0, "3 passed, 0 failed"),
            ([bad, good], 1, "7 passed, 1 failed, 2 skipped"),
            ([broken, left_out, good], 1, "5 passed, 1 failed, 3 skipped"),
        ):
            with self.subTest(line):
                ended, text = self.run_check(lambda options, steps=steps: steps)
                self.assertEqual((ended, text.splitlines()[-1]), (status, line))

    def test_table_has_a_line_for_each_step(self):
        def fail(_):
            raise TestsFailed(Counts(0, 1))

        _, text = self.run_check(lambda options: [Step("formatting", fail), Step("tests", lambda log: Counts(3))])
        self.assertRegex(text, r"(?m)^formatting  FAILED  +\d\.\d s  0 passed, 1 failed$")
        self.assertRegex(text, r"(?m)^tests       ok      +\d\.\d s  3 passed, 0 failed$")

    def test_the_end_names_the_tests_that_failed(self):
        def fail(_):
            raise TestsFailed(Counts(1, 2, names=["queue.queue", "crash"]))

        _, text = self.run_check(lambda options: [Step("tests", fail), Step("more", lambda log: Counts(3))])
        self.assertEqual(text.splitlines()[-5:-1], ["Failed:", "  tests: queue.queue", "  tests: crash", ""])
        _, text = self.run_check(lambda options: [Step("tests", lambda log: Counts(3))])
        self.assertNotIn("Failed:", text)

    def test_an_installation_that_is_impossible_is_a_failure(self):
        def steps(options):
            raise Failure("this system has no apt-get")

        status, text = self.run_check(steps)
        self.assertEqual((status, text.splitlines()[-1]), (1, "0 passed, 1 failed"))
        self.assertIn("this system has no apt-get", text)

    def test_a_filter_that_fits_no_test_is_a_failure(self):
        status, text = self.run_check(lambda options: [Step("tests", lambda log: Counts())], "-k", "typo")
        self.assertEqual(status, 1)
        self.assertEqual(text.splitlines()[-2:], ["uasync test: no test has 'typo' in its name", "0 passed, 1 failed"])


if __name__ == "__main__":
    unittest.main()
