"""Progress, failures and interruptions."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from support import ROOT

from cli.errors import Failure
from cli.steps import Progress, Step, StepFailed, format_seconds

SHELL = ["sh", "-c"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(steps, verbose=False, keep_going=False, out=None):
    out = out or io.StringIO()
    outcomes = Progress(verbose, out).run(steps, keep_going)
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
        self.assertIn("\r\x1b[K[1/1] building … 3/9, 1 s", text)
        self.assertRegex(text, r"\r\x1b\[K\[1/1\] building … 1\.\d s\n\Z")

    def test_times(self):
        self.assertEqual([format_seconds(s) for s in (0.04, 12.3, 119, 150)], ["0.0 s", "12 s", "119 s", "2 min 30 s"])


class Interruption(unittest.TestCase):
    PROGRAM = """
import sys
sys.path.insert(0, {tools!r})
from cli import main, steps
from cli.project import ROOT
def dispatch(verb, arguments):
    steps.Progress().run([steps.Step("waiting", lambda log: log.run(["sh", "-c", {script!r}]))])
main.dispatch = dispatch
sys.exit(main.main(["test"]))
"""

    def interrupt(self, number):
        with tempfile.TemporaryDirectory() as folder:
            note = Path(folder) / "pid"
            script = f"sleep 60 & echo $! > {note}.new; mv {note}.new {note}; wait"
            program = self.PROGRAM.format(tools=str(ROOT / "tools"), script=script)
            process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            while not note.exists():
                time.sleep(0.02)
            process.send_signal(number)
            _, complaint = process.communicate(timeout=20)
            return process.returncode, complaint, int(note.read_text(encoding="utf-8"))

    def is_alive(self, pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        # A child of nobody may stay as a zombie where no process collects them.
        return not Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].startswith(" Z")

    def test_ctrl_c_ends_everything_and_gives_130(self):
        status, complaint, grandchild = self.interrupt(signal.SIGINT)
        self.assertEqual((status, complaint), (130, "\nuasync test: interrupted\n"))
        deadline = time.monotonic() + 5
        while self.is_alive(grandchild) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(self.is_alive(grandchild))

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
