"""No network: npm and apt would try for minutes, and are not asked to."""

import io
import shutil
import socket
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from support import Commands

from cli import apt, npm, packages
from cli.errors import Failure
from cli.steps import Log, Progress, Step

ADDRESSES = """
'http://deb.debian.org/debian/dists/bookworm/InRelease' deb.debian.org_debian_dists_bookworm_InRelease 0
'http://deb.debian.org/debian/dists/bookworm-updates/InRelease' deb.debian.org_debian_dists_bookworm-updates_InRelease 0
'https://example.org/apt/dists/stable/InRelease' example.org_apt_dists_stable_InRelease 0
"""
REFUSED = """npm error code ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/typescript failed, reason: connect ECONNREFUSED 127.0.0.1:9
npm error     at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/node_modules/minipass-fetch/lib/index.js:130:14)
"""


def failure_of(work):
    """What is said of a step that fails, and what is printed beside it."""
    out = io.StringIO()
    try:
        Progress(out=out).run([Step("installing", work)])
    except Failure as failure:
        return str(failure), out.getvalue()
    return "", out.getvalue()


class Machine(unittest.TestCase):
    def setUp(self):
        self.commands = Commands()
        self.commands.__enter__()
        self.addCleanup(self.commands.__exit__)
        self.begun = self.commands.path / "begun"

    def what_was_run(self):
        return self.begun.read_text(encoding="utf-8").splitlines() if self.begun.exists() else []


class Npm(Machine):
    def npm(self, view="exit 0", offline="exit 1"):
        self.commands.add(
            "npm",
            f'echo "$*" >>"{self.begun}"\n'
            f'case "$*" in\n*view*) {view} ;;\n*config*) echo "http://me:secret@127.0.0.1:9/" ;;\n*--offline*) {offline} ;;\nesac',
        )

    def install(self):
        return failure_of(lambda log: npm.install(log, self.commands.path))

    def refuse(self):
        (self.commands.path / "refused").write_text(REFUSED, encoding="utf-8")
        return f'while read -r line; do echo "$line"; done <"{self.commands.path}/refused" >&2; exit 1'

    def test_that_reaches_its_registry_installs(self):
        self.npm()
        self.assertEqual(self.install()[0], "")
        self.assertEqual(self.what_was_run()[-1], "ci --no-audit --no-fund")

    def test_says_in_a_line_what_to_set_and_dumps_nothing(self):
        self.npm(view=self.refuse())
        message, printed = self.install()
        self.assertEqual(
            message,
            "installing failed: npm cannot reach its registry, http://127.0.0.1:9/ (connect ECONNREFUSED 127.0.0.1:9); "
            "behind a proxy, set https_proxy=http://HOST:PORT, or set a mirror: npm config set registry URL",
        )
        self.assertRegex(printed, r"^\[1/1\] installing … FAILED, [^\n]*\n$")

    def test_takes_what_it_has_kept(self):
        self.npm(view=self.refuse(), offline="exit 0")
        self.assertEqual(self.install()[0], "")
        self.assertEqual(self.what_was_run()[-1], "ci --no-audit --no-fund --offline")

    def test_is_asked_itself_if_the_registry_answers_something_else(self):
        self.npm(view="echo 'npm error code E404' >&2; exit 1")
        self.assertEqual(self.install()[0], "")

    def test_is_not_waited_for(self):
        self.npm(view="while :; do :; done")
        with mock.patch.object(npm, "PROBE_SECONDS", 0.2):
            self.assertIn("http://127.0.0.1:9/ (no answer in 0 s); behind", self.install()[0])


@unittest.skipUnless(shutil.which("npm"), "there is no npm")
class RealNpm(unittest.TestCase):
    def why_unreachable(self, registry):
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict("os.environ", npm_config_registry=registry, npm_config_cache=folder):
            start = time.monotonic()
            problem = npm.why_unreachable(Path(folder))
            self.assertLess(time.monotonic() - start, 10)
            return problem

    def test_where_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            self.assertEqual(self.why_unreachable(f"http://127.0.0.1:{port}/"), f"connect ECONNREFUSED 127.0.0.1:{port}")

    def test_where_nobody_answers(self):
        with socket.socket() as silent, mock.patch.object(npm, "PROBE_SECONDS", 3.0):
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            self.assertIsNotNone(self.why_unreachable(f"http://127.0.0.1:{silent.getsockname()[1]}/"))

    def test_where_a_name_means_nothing(self):
        self.assertRegex(str(self.why_unreachable("http://registry.invalid/")), "ENOTFOUND|EAI_AGAIN|no answer")


class Apt(Machine):
    def setUp(self):
        super().setUp()
        self.commands.add("dpkg-query")
        self.commands.add("env", 'while case "$1" in *=*) ;; *) false ;; esac; do shift; done; "$@"')
        self.apt_get()

    def apt_get(self, kept="exit 100"):
        self.commands.add(
            "apt-get",
            f'echo "$*" >>"{self.begun}"\ncase "$*" in\n*--print-uris) echo "{ADDRESSES}" ;;\n*--no-download*) {kept} ;;\nesac',
        )

    def install(self, helper):
        self.commands.add("apt-helper", helper)
        patches = mock.patch.object(apt, "HELPER", self.commands.path / "apt-helper"), mock.patch("os.geteuid", return_value=0)
        with patches[0], patches[1]:
            (step,) = packages.steps(("ninja-build",), lambda _: None)
            return failure_of(step.work)

    def test_that_reaches_a_mirror_installs(self):
        # The other one does not count: it may have nothing to do with us.
        helper = 'case "$*" in *debian*) exit 0 ;; esac\necho "E: Failed to fetch http://x  Could not resolve"; exit 100'
        self.assertEqual(self.install(helper)[0], "")
        self.assertRegex(self.what_was_run()[-1], "install -y --no-install-recommends ninja-build$")
        self.assertNotIn("--no-download", self.what_was_run()[-1])

    def test_says_in_a_line_what_to_set_and_dumps_nothing(self):
        message, printed = self.install('echo "E: Failed to fetch $4  Could not connect to deb.debian.org:80"; exit 100')
        self.assertEqual(
            message,
            "installing failed: apt cannot reach its mirror (deb.debian.org: Could not connect to deb.debian.org:80); behind a proxy, "
            "set http_proxy=http://HOST:PORT, or choose another mirror in /etc/apt, then try again. Packages needed: ninja-build",
        )
        self.assertRegex(printed, r"^\[1/1\] installing … FAILED, [^\n]*\n$")

    def test_takes_what_it_has_kept(self):
        self.apt_get(kept="exit 0")
        self.assertEqual(self.install("exit 100")[0], "")
        self.assertIn("--no-download install -y", self.what_was_run()[-1])

    def test_is_asked_itself_if_a_mirror_answers_something_else(self):
        self.assertEqual(self.install('echo "E: Failed to fetch http://x  404  Not Found [IP: 1.2.3.4 80]"; exit 100')[0], "")

    def test_is_not_waited_for(self):
        with mock.patch.object(apt, "PROBE_SECONDS", 0.2):
            self.assertIn("(deb.debian.org: no answer in 0 s); behind", self.install("while :; do :; done")[0])

    def test_gets_the_proxy_of_the_environment_through_sudo(self):
        self.commands.add("sudo", f'echo "sudo $*" >>"{self.begun}"')
        with mock.patch.dict("os.environ", http_proxy="http://proxy:3128"), mock.patch("os.geteuid", return_value=1000):
            with mock.patch.object(apt, "HELPER", Path("/none")), mock.patch("sys.stdin", io.StringIO()):
                (step,) = packages.steps(("ninja-build",), lambda _: None)
                step.work(Log())
        self.assertIn("sudo env DEBIAN_FRONTEND=noninteractive http_proxy=http://proxy:3128 apt-get", self.what_was_run()[-1])


@unittest.skipUnless(apt.HELPER.exists() and shutil.which("apt-get"), "there is no apt")
class RealApt(unittest.TestCase):
    def test_behind_a_proxy_that_is_not_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            proxy = f"http://127.0.0.1:{unused.getsockname()[1]}"
            start = time.monotonic()
            with mock.patch.dict("os.environ", http_proxy=proxy, https_proxy=proxy):
                self.assertRegex(str(apt.why_unreachable()), "(?i)connect")
            self.assertLess(time.monotonic() - start, 10)


if __name__ == "__main__":
    unittest.main()
