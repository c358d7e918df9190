"""Which packages are missing, and how they are installed, on made-up machines."""

import io
import unittest
from unittest import mock

from support import Commands

from cli import packages
from cli.errors import Failure
from cli.steps import Progress

# Answers as dpkg-query does: packages that it has never heard of are left out, and removed ones may still be known.
DPKG_QUERY = """
while [ "$1" != "" ]; do
    case "$1" in
        cmake | g++) echo "$1 installed" ;;
        npm) echo "$1 not-installed" ;;
        valgrind) echo "$1 config-files" ;;
    esac
    shift
done
exit 1
"""


class OnAMachine(unittest.TestCase):
    def setUp(self):
        self.commands = Commands()
        self.commands.__enter__()
        self.addCleanup(self.commands.__exit__)

    def debian(self):
        self.commands.add("apt-get")
        self.commands.add("dpkg-query", DPKG_QUERY)

    def node(self, version):
        self.commands.add("node", f"echo v{version}")
        self.commands.add("npm")


class Detection(OnAMachine):
    def test_only_what_is_not_installed_in_order_and_once(self):
        self.debian()
        wanted = ("cmake", "ninja-build", "g++", "valgrind", "ninja-build")
        self.assertEqual(packages.missing(wanted), ["ninja-build", "valgrind"])

    def test_node_from_elsewhere_will_do_if_it_is_new_enough(self):
        self.debian()
        for version, expected in (("18.0.0", []), ("22.1.0", []), ("16.20.2", list(packages.NODE))):
            with self.subTest(version):
                self.node(version)
                self.assertEqual(packages.missing(packages.NODE), expected)

    def test_node_without_npm_will_not_do(self):
        self.debian()
        self.commands.add("node", "echo v20.0.0")
        self.assertEqual(packages.missing(packages.NODE), list(packages.NODE))

    def test_without_dpkg_commands_are_looked_for(self):
        self.commands.add("cmake")
        self.assertEqual(packages.missing(("cmake", "ninja-build", "doctest-dev", "nodejs")), ["ninja-build", "nodejs"])


class Installation(OnAMachine):
    def run_steps(self, wanted=("cmake", "ninja-build", "valgrind"), user=0):
        said = []
        with mock.patch("os.geteuid", return_value=user), mock.patch("sys.stdin", io.StringIO()):
            steps = packages.steps(wanted, said.append)
            out = io.StringIO()
            Progress(verbose=True, out=out).run(steps)
        return "".join(said), out.getvalue()

    def test_nothing_is_said_and_done_if_nothing_is_missing(self):
        self.debian()
        self.assertEqual(self.run_steps(("cmake",)), ("", ""))

    def test_says_what_it_installs_before_it_does(self):
        self.debian()
        self.commands.add("env", 'shift; "$@"')
        self.commands.add("apt-get", 'echo "apt-get $*"')
        said, output = self.run_steps()
        self.assertRegex(said, r"^These Debian packages are missing and will now .* with apt-get:\n  ninja-build valgrind\n$")
        self.assertIn("[1/1] installing 2 packages …\n", output)
        self.assertRegex(output, r"(?m)^apt-get .* update$")
        self.assertRegex(output, r"(?m)^apt-get .* install -y --no-install-recommends ninja-build valgrind$")

    def test_with_sudo_for_those_who_are_not_root(self):
        self.debian()
        self.commands.add("sudo", 'echo "sudo $*"')
        said, output = self.run_steps(user=1000)
        self.assertIn("installed with sudo apt-get", said)
        self.assertRegex(output, r"(?m)^sudo env .*apt-get .* install")

    def test_without_root_and_sudo_it_says_what_to_do(self):
        self.debian()
        with self.assertRaisesRegex(Failure, r"(?s)it takes root or sudo.*apt-get install ninja-build valgrind"):
            self.run_steps(user=1000)

    def test_on_another_system_it_lists_what_to_install_by_hand(self):
        with self.assertRaisesRegex(Failure, r"(?s)no apt-get.*by hand.*\n  cmake ninja-build valgrind"):
            self.run_steps()

    def test_a_package_that_cannot_be_had(self):
        self.debian()
        self.commands.add("env", 'shift; "$@"')
        self.commands.add("apt-get", 'case "$*" in *update) ;; *) echo "E: Unable to locate package"; exit 100 ;; esac')
        with self.assertRaisesRegex(Failure, "apt-get could not install all of: ninja-build valgrind"):
            self.run_steps()

    def test_an_update_that_fails_does_not_matter_if_the_packages_can_be_had(self):
        self.debian()
        self.commands.add("env", 'shift; "$@"')
        self.commands.add("apt-get", 'case "$*" in *update) exit 100 ;; esac')
        self.run_steps()


if __name__ == "__main__":
    unittest.main()
