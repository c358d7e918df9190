"""How many test cases passed, read from what the test runners print or write."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree
from dataclasses import dataclass, field
from pathlib import Path
from typing import List

from .steps import StepFailed

DOCTEST = re.compile(r"\[doctest\] test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|\s*(\d+) skipped")
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_FAILED = re.compile(r"^(?:FAIL|ERROR): (.+)$", re.MULTILINE)
UNITTEST_COUNT = re.compile(r"(failures|errors|skipped|unexpected successes)=(\d+)")


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    names: List[str] = field(default_factory=list, compare=False)  # of those that failed, as far as the runner names them

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.names + other.names,
        )

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


class TestsFailed(StepFailed):
    """Tests ran, and some failed."""

    def __init__(self, counts: Counts) -> None:
        # A runner that fails without a failed test has crashed; that counts as one.
        self.value = counts if counts.failed else counts + Counts(failed=1)
        super().__init__(str(self.value))


def conclude(status: int, counts: Counts) -> Counts:
    """The counts, if all went well."""
    if status != 0 or counts.failed:
        raise TestsFailed(counts)
    return counts


def from_ctest(junit: Path) -> Counts:
    """The counts in a file that ctest wrote. A program made with doctest counts as so many cases as it has."""
    counts = Counts()
    try:
        cases_run = list(xml.etree.ElementTree.parse(junit).getroot().iter("testcase"))
    except (OSError, ValueError, LookupError, xml.etree.ElementTree.ParseError):  # it did not come to its end
        return Counts(failed=1)
    for case in cases_run:
        output = case.findtext("system-out") or ""
        cases = DOCTEST.search(output)
        passed, failed = (int(cases[2]), int(cases[3])) if cases else (1, 0)
        status = case.get("status")
        if status == "run":
            counts += Counts(passed=passed)
        elif status == "fail":
            # Even with all of its cases passed a program can fail, at its end for example.
            counts += Counts(passed=passed if cases else 0, failed=max(failed, 1), names=[case.get("name", "?")])
        elif output.startswith("Unable to find executable"):  # to ctest that is skipped, too
            counts += Counts(failed=1, names=[case.get("name", "?")])
        else:
            counts += Counts(skipped=1)
    return counts


def from_unittest(output: str) -> Counts:
    ran = UNITTEST_RAN.search(output)
    if not ran:
        return Counts(failed=1)
    number = {name: int(count) for name, count in UNITTEST_COUNT.findall(output[ran.end() :])}
    failed = number.get("failures", 0) + number.get("errors", 0) + number.get("unexpected successes", 0)
    skipped = number.get("skipped", 0)
    return Counts(max(int(ran[1]) - failed - skipped, 0), failed, skipped, UNITTEST_FAILED.findall(output))


def from_vitest(report: Path) -> Counts:
    """The counts in a file that vitest wrote. A file of tests that could not even be read has failed, as one test."""
    counts = Counts()
    try:
        files = json.loads(report.read_text(encoding="utf-8"))["testResults"]
        for file in files:
            statuses = [test["status"] for test in file["assertionResults"]]
            failed = statuses.count("failed")
            if file["status"] == "failed":  # for a reason outside of its tests, if none of them has
                failed = max(failed, 1)
            passed = statuses.count("passed")
            names = [test.get("fullName", "?") for test in file["assertionResults"] if test["status"] == "failed"]
            counts += Counts(passed, failed, len(statuses) - passed - statuses.count("failed"), names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        counts += Counts(failed=1)
    return counts
