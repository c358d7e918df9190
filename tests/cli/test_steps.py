"""Progress, failures and interruptions."""

import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from support import ROOT

from cli.errors import Failure
from cli.steps import Progress, Step, StepFailed, format_seconds

SHELL = ["sh", "-c"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(steps, verbose=False, keep_going=False, out=None, cores=2):
    out = out or io.StringIO()
    outcomes = Progress(verbose, out, cores).run(steps, keep_going)
    return outcomes, out.getvalue()


def command(title, script, **options):
    return Step(title, lambda log: log.run([*SHELL, script]), **options)


class Lines(unittest.TestCase):
    def test_a_step_is_one_line_with_its_time_and_hides_its_output(self):
        outcomes, text = run([command("building", "echo noise"), command("testing", "true")])
        self.assertRegex(text, r"\A\[1/2\] building … \d\.\d s\n\[2/2\] testing … \d\.\d s\n\Z")
        self.assertEqual(outcomes[0].value, "noise\n")

    def test_verbose_shows_the_output_as_it_comes(self):
        _, text = run([command("building", "echo noise")], verbose=True)
        self.assertRegex(text, r"\A\[1/1\] building …\n\$ sh -c 'echo noise'\nnoise\n\[1/1\] building … \d\.\d s\n\Z")

    def test_a_failed_step_shows_its_output_and_ends_the_run(self):
        out = io.StringIO()
        with self.assertRaisesRegex(StepFailed, "^building failed: sh ended with status 3$"):
            run([command("building", "echo one; echo two >&2; exit 3"), command("testing", "true")], out=out)
        self.assertRegex(out.getvalue(), r"\A\[1/2\] building … FAILED, \d\.\d s\n\$ sh -c .*\none\ntwo\n\Z")

    def test_a_command_that_does_not_exist(self):
        with self.assertRaisesRegex(StepFailed, "no-such-command could not be started"):
            run([Step("building", lambda log: log.run(["no-such-command"]))])

    def test_going_on_leaves_out_what_needs_the_failed_step(self):
        first = command("building", "exit 1")
        second = command("testing", "true", after=(first,))
        third = command("measuring", "true", after=(second,))
        other = command("linting", "true")
        outcomes, text = run([first, second, third, other], keep_going=True)
        self.assertEqual([outcome.failed for outcome in outcomes], [True, False, False, False])
        self.assertEqual([outcome.not_run for outcome in outcomes], [False, True, True, False])
        self.assertIn("[2/4] testing … not run\n", text)

    def test_on_a_terminal_the_line_is_kept_up_to_date(self):
        _, text = run([command("building", "echo '[3/9] Compiling'; sleep 1.3")], out=Terminal())
        self.assertRegex(text, r"\r\x1b\[K\[1/1\] building … 3/9, [01] s")
        self.assertRegex(text, r"\r\x1b\[K\[1/1\] building … 1\.\d s\n\Z")

    def test_times(self):
        self.assertEqual([format_seconds(s) for s in (0.04, 12.3, 119, 150)], ["0.0 s", "12 s", "119 s", "2 min 30 s"])


class SideBySide(unittest.TestCase):
    """What runs at the same time is told by what the steps note at their start and their end."""

    def setUp(self):
        self.notes = []

    def step(self, title, *, cores=None, after=(), until=None, fails=False, gives_way=False, undisturbed=False):
        """A step that ends at once, or when `until` has started."""

        def work(log):
            self.notes.append(f"{title} starts")
            deadline = time.monotonic() + 5
            while until and f"{until} starts" not in self.notes:
                if time.monotonic() > deadline:
                    raise Failure(f"{until} has not started")
                time.sleep(0.01)
            log.write(f"one of {title}\n")
            time.sleep(0.05)
            log.write(f"two of {title}\n")
            self.notes.append(f"{title} ends")
            if fails:
                raise Failure("wrong")
            return title

        return Step(title, work, tuple(after), cores, gives_way, undisturbed)

    def test_two_steps_of_one_core_each_run_at_the_same_time(self):
        outcomes, text = run([self.step("a", cores=1, until="b"), self.step("b", cores=1, until="a")])
        self.assertEqual([outcome.failed for outcome in outcomes], [False, False])
        self.assertEqual(sorted(text.splitlines())[0][:11], "[1/2] a … 0")
        self.assertEqual(len(text.splitlines()), 2)

    def test_no_more_of_them_than_there_are_cores(self):
        run([self.step("a", cores=1, until="b"), self.step("b", cores=1), self.step("c", cores=1)])
        self.assertLess(min(self.notes.index("a ends"), self.notes.index("b ends")), self.notes.index("c starts"))

    def test_a_step_that_needs_all_cores_runs_alone(self):
        run([self.step("a", cores=1), self.step("b"), self.step("c", cores=1)])
        self.assertEqual(self.notes[-2:], ["b starts", "b ends"])
        self.notes.clear()
        run([self.step("b"), self.step("a", cores=1)])
        self.assertEqual(self.notes, ["b starts", "b ends", "a starts", "a ends"])

    def test_beside_an_undisturbed_step_runs_only_what_gives_way(self):
        run([self.step("a", cores=1, undisturbed=True, until="c"), self.step("b", cores=1), self.step("c", cores=1, gives_way=True, until="a")])
        self.assertLess(self.notes.index("a ends"), self.notes.index("b starts"))

    def test_an_undisturbed_step_waits_for_what_does_not_give_way(self):
        run([self.step("a", cores=1), self.step("b", cores=1, undisturbed=True)])
        self.assertEqual(self.notes, ["a starts", "a ends", "b starts", "b ends"])

    def test_commands_that_give_way_have_a_lower_priority(self):
        def nice(log):
            return int(log.run(["nice"]).splitlines()[-1])

        steps = [Step("a", nice, cores=1), Step("b", nice, cores=1, gives_way=True)]
        ordinary, giving = (outcome.value for outcome in run(steps)[0])
        self.assertEqual(giving, min(ordinary + 10, 19))

    @unittest.skipUnless(Path("/proc/self/autogroup").exists(), "this system does not share the processor between sessions")
    def test_and_so_has_the_session_that_they_run_in(self):
        def group(log):
            return log.run(["sh", "-c", "sleep 0.2; cat /proc/self/autogroup"]).splitlines()[-1].split()[-1]

        steps = [Step("a", group, cores=1), Step("b", group, cores=1, gives_way=True)]
        self.assertEqual([outcome.value for outcome in run(steps)[0]], ["0", "10"])

    def test_a_step_that_wants_more_cores_than_there_are_gets_all(self):
        run([self.step("a", cores=1), self.step("b", cores=5)])
        self.assertEqual(self.notes, ["a starts", "a ends", "b starts", "b ends"])

    def test_a_step_waits_for_those_it_comes_after(self):
        first = self.step("a", cores=1)
        run([first, self.step("b", cores=1, after=(first,))])
        self.assertEqual(self.notes, ["a starts", "a ends", "b starts", "b ends"])

    def test_outcomes_are_in_the_order_of_the_steps(self):
        outcomes, _ = run([self.step("a", cores=1, until="b"), self.step("b", cores=1)])
        self.assertEqual([outcome.value for outcome in outcomes], ["a", "b"])

    def test_the_output_of_each_failed_step_is_kept_whole(self):
        steps = [self.step("a", cores=1, until="b", fails=True), self.step("b", cores=1, until="a", fails=True)]
        outcomes, text = run(steps, keep_going=True)
        self.assertEqual([outcome.failed for outcome in outcomes], [True, True])
        for title in "ab":
            self.assertRegex(text, rf"{title} … FAILED, \d\.\d s\none of {title}\ntwo of {title}\n{title} failed: wrong\n")

    def test_verbose_runs_one_at_a_time(self):
        run([self.step("a", cores=1), self.step("b", cores=1)], verbose=True)
        self.assertEqual(self.notes, ["a starts", "a ends", "b starts", "b ends"])

    def test_the_first_failure_ends_what_runs_beside(self):
        out = io.StringIO()
        start = time.monotonic()
        with self.assertRaisesRegex(StepFailed, "^b failed: sh ended with status 1$"):
            run([command("a", "sleep 20", cores=1), command("b", "sleep 0.3; echo why; exit 1", cores=1)], out=out)
        self.assertLess(time.monotonic() - start, 5)
        self.assertRegex(out.getvalue(), r"\A\[2/2\] b … FAILED, \d\.\d s\n\$ sh .*\nwhy\n\Z")

    def test_a_mistake_in_a_step_ends_everything_and_is_told_as_it_is(self):
        def work(log):
            log.run(["sleep", "0.3"])  # the other has started by then
            return 1 / 0

        start = time.monotonic()
        with self.assertRaises(ZeroDivisionError):
            run([command("a", "sleep 20", cores=1), Step("b", work, cores=1)], keep_going=True)
        self.assertLess(time.monotonic() - start, 5)

    def test_on_a_terminal_all_that_run_share_the_last_line(self):
        _, text = run([command("a", "sleep 1.3", cores=1), command("b", "sleep 1.3", cores=1)], out=Terminal())
        self.assertRegex(text, r"\r\x1b\[K\[1/2\] a … [01] s   \[2/2\] b … [01] s\r")
        self.assertRegex(text, r"\r\x1b\[K\[\d/2\] [ab] … 1\.\d s\n\Z")

    def test_the_last_line_is_never_wider_than_the_terminal(self):
        with mock.patch.dict(os.environ, COLUMNS="20"):
            _, text = run([command("a", "sleep 1.2", cores=1), command("b" * 30, "sleep 1.2", cores=1)], out=Terminal())
        drawn = [piece for piece in re.split(r"\r\x1b\[K", text) if "\n" not in piece]
        self.assertTrue(any(re.match(r"\[1/2\] a … [01] s   \[2/", piece) for piece in drawn), drawn)
        self.assertLess(max(map(len, drawn)), 20)


class Interruption(unittest.TestCase):
    PROGRAM = """
import sys
sys.path.insert(0, {tools!r})
from cli import main, steps
from cli.project import ROOT
def dispatch(verb, arguments):
    waiting = [steps.Step("waiting", lambda log, script=script: log.run(["sh", "-c", script]), cores=1) for script in {scripts!r}]
    steps.Progress(cores=2).run(waiting)
main.dispatch = dispatch
sys.exit(main.main(["test"]))
"""

    def interrupt(self, number, steps=1):
        """The status, what was said, and the children of the commands of the steps."""
        with tempfile.TemporaryDirectory() as folder:
            notes = [Path(folder) / f"pid{step}" for step in range(steps)]
            scripts = [f"sleep 60 & echo $! > {note}.new; mv {note}.new {note}; wait" for note in notes]
            program = self.PROGRAM.format(tools=str(ROOT / "tools"), scripts=scripts)
            process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            while not all(note.exists() for note in notes):
                time.sleep(0.02)
            process.send_signal(number)
            _, complaint = process.communicate(timeout=20)
            return process.returncode, complaint, [int(note.read_text(encoding="utf-8")) for note in notes]

    def is_alive(self, pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        # A child of nobody may stay as a zombie where no process collects them.
        return not Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].startswith(" Z")

    def assert_dead(self, pids):
        deadline = time.monotonic() + 5
        while any(map(self.is_alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(any(map(self.is_alive, pids)))

    def test_ctrl_c_ends_everything_and_gives_130(self):
        for steps in (1, 2):
            with self.subTest(steps=steps):
                status, complaint, grandchildren = self.interrupt(signal.SIGINT, steps)
                self.assertEqual((status, complaint), (130, "\nuasync test: interrupted\n"))
                self.assert_dead(grandchildren)

    def test_a_request_to_end_gives_143(self):
        status, complaint, _ = self.interrupt(signal.SIGTERM)
        self.assertEqual((status, complaint), (143, "\nuasync test: interrupted\n"))


class Errors(unittest.TestCase):
    def test_a_step_may_fail_with_a_message_of_its_own(self):
        def work(log):
            log.write("what was tried\n")
            raise Failure("it is raining")

        out = io.StringIO()
        with self.assertRaisesRegex(StepFailed, "going out failed: it is raining"):
            run([Step("going out", work)], out=out)
        self.assertIn("what was tried\n", out.getvalue())


if __name__ == "__main__":
    unittest.main()
