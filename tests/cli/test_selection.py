"""Which tests -k and --changed take: what a build folder and git say about them."""

import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from support import Commands, in_process

from cli import graph, selection
from cli.errors import Failure
from cli.results import Counts
from cli.runners import ctest
from cli.selection import Changed, Named
from cli.steps import Log

TOP = """# what CMake writes
subdirs("tests")
"""
TESTS = """add_test([=[queue.queue]=] "ROOT/build/gcc/tests/test_queue_queue")
set_tests_properties([=[queue.queue]=] PROPERTIES  TIMEOUT "120")
if(CTEST_CONFIGURATION_TYPE MATCHES "^([Ss][Ii][Nn][Gg][Ll][Ee])$")
  add_test([=[task.gather]=] "ROOT/build/gcc/tests/test_task_gather")
endif()
add_test([=[together.task.gather]=] "ROOT/build/gcc/tests/tests_task" "--source-file=*/task/test_gather.cpp")
add_test([=[sync.lock]=] "ROOT/build/gcc/tests/test_sync_lock")
add_test([=[time.sleep]=] "ROOT/build/gcc/tests/test_time_sleep")
add_test([=[model.wake]=] "/usr/bin/python3" "ROOT/tests/model/check_model.py" "/usr/bin/spin" "wake.pml")
add_test([=[consumer.pico]=] "/usr/bin/ctest" "--build-and-test" "ROOT/tests/consumer/project" "-DUASYNC_SOURCE=ROOT")
add_test([=[docs.lock]=] "/usr/bin/python3" "ROOT/tests/docs/pages.py" "ROOT/build/gcc/tests/docs_lock" "ROOT/build/gcc/tests/docs/lock.txt")
add_test([=[docs.blocks]=] "/usr/bin/python3" "ROOT/tests/docs/pages.py" "blocks" "ROOT")
add_test([=[docs.quotes]=] "/usr/bin/python3" "ROOT/tests/docs/quotes.py" "ROOT")
"""
# What ninja answers: time.sleep has not been built yet.
NINJA = """case "$*" in
*"-t targets all") for name in queue_queue sync_lock time_sleep; do echo "tests/test_$name: CXX_EXECUTABLE_LINKER"; done
    echo "tests/test_task_gather: CXX_EXECUTABLE_LINKER"; echo "tests/tests_task: CXX_EXECUTABLE_LINKER"
    echo "tests/docs_lock: CXX_EXECUTABLE_LINKER"; echo "libuasync_sim.a: AR"; echo "libuasync_linux.a: AR" ;;
*"-t deps") echo "queue.o: #deps 2, deps mtime 1 (VALID)"; echo "    ROOT/include/queue.hpp"; echo "    ../../include/coro.hpp"; echo
    echo "lock.o: #deps 1, deps mtime 1 (VALID)"; echo "    ROOT/cmake/../include/coro.hpp"; echo
    echo "sleep.o: #deps 1, deps mtime 1 (STALE)"; echo "    ROOT/include/old.hpp"; echo
    echo "together.o: #deps 1, deps mtime 1 (VALID)"; echo "    ROOT/tests/task/test_gather.cpp"; echo
    echo "page.o: #deps 1, deps mtime 1 (VALID)"; echo "    ROOT/include/coro.hpp"; echo ;;
*"-t inputs tests/test_queue_queue") echo queue.o; echo ROOT/tests/queue/test_queue.cpp ;;
*"-t inputs tests/test_sync_lock") echo lock.o; echo ROOT/tests/sync/test_lock.cpp ;;
*"-t inputs tests/test_time_sleep") echo sleep.o ;;
*"-t inputs tests/docs_lock") echo page.o ;;
*"-t inputs tests/tests_task") echo together.o; echo tests/tests_task_0.cpp ;;
*) exit 1 ;;
esac"""


class InABuildFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.write("build/gcc/CTestTestfile.cmake", TOP)
        self.write("build/gcc/tests/CTestTestfile.cmake", TESTS)
        for name in ("tests/model/check_model.py", "tests/model/wake.pml", "tests/consumer/project/CMakeLists.txt", "tests/docs/pages.py"):
            self.write(name, "")
        commands = Commands().__enter__()
        self.addCleanup(commands.__exit__)
        commands.add("ninja", NINJA.replace("ROOT", str(self.root)))
        for module in (graph, selection):
            patch = mock.patch.object(module, "ROOT", self.root)
            patch.start()
            self.addCleanup(patch.stop)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("ROOT", str(self.root)), encoding="utf-8")

    def changed(self, *names):
        return Changed(names).host_tests("gcc")


class Graph(InABuildFolder):
    def test_what_has_to_be_built_for_a_test(self):
        tests = graph.tests("gcc")
        self.assertEqual(tests["queue.queue"].needed, ["tests/test_queue_queue"])
        self.assertEqual(tests["docs.lock"].needed, ["tests/docs_lock"])
        self.assertEqual(tests["model.wake"].needed, [])
        self.assertEqual(tests["consumer.pico"].needed, ["libuasync_linux.a", "libuasync_sim.a"])

    def test_what_outputs_are_made_of(self):
        sources = graph.sources("gcc", ["tests/test_queue_queue", "tests/test_time_sleep"])
        for name in ("include/queue.hpp", "include/coro.hpp", "tests/queue/test_queue.cpp"):
            self.assertIn(self.root / name, sources["tests/test_queue_queue"])
        self.assertIsNone(sources["tests/test_time_sleep"], "what it was made of is not known any more")


class ByChange(InABuildFolder):
    def test_a_header_takes_the_tests_that_include_it_and_those_of_which_nothing_is_known(self):
        self.assertEqual(self.changed("include/queue.hpp"), ["queue.queue", "time.sleep", "docs.blocks", "docs.quotes"])
        self.assertEqual(self.changed("include/coro.hpp"), ["queue.queue", "sync.lock", "time.sleep", "docs.lock", "docs.blocks", "docs.quotes"])

    def test_a_source_takes_its_test(self):
        self.assertEqual(self.changed("tests/sync/test_lock.cpp"), ["sync.lock", "time.sleep", "docs.quotes"])

    def test_a_source_that_was_compiled_with_others_takes_the_test_in_their_program(self):
        self.assertEqual(self.changed("tests/task/test_gather.cpp"), ["together.task.gather", "time.sleep", "docs.quotes"])

    def test_what_a_command_names_takes_its_test(self):
        self.assertEqual(self.changed("tests/model/wake.pml"), ["time.sleep", "model.wake", "docs.quotes"])
        self.assertEqual(self.changed("tests/consumer/project/consumer.cpp"), ["time.sleep", "consumer.pico", "docs.quotes"])
        self.assertEqual(self.changed("tests/docs/pages.py"), ["time.sleep", "docs.lock", "docs.blocks", "docs.quotes"])

    def test_a_page_takes_its_programs_and_the_checks_of_pages(self):
        self.assertEqual(self.changed("docs/lock.md"), ["time.sleep", "docs.lock", "docs.blocks", "docs.quotes"])
        self.assertEqual(self.changed("docs/tutorial.md"), ["time.sleep", "docs.blocks", "docs.quotes"])
        self.assertTrue(Changed(["docs/design/how-it-is.md"]).is_of_docs("docs.design_how_it_is_2"))
        self.assertFalse(Changed(["docs/design/lock.md"]).is_of_docs("docs.lock"))

    def test_build_files_take_all(self):
        for name in ("CMakeLists.txt", "tests/CMakeLists.txt", "cmake/uasync.cmake", "tests/docs/rules.cmake", "CMakePresets.json"):
            self.assertEqual(len(self.changed(name)), 9, name)

    def test_what_no_test_depends_on_takes_none_that_is_known(self):
        self.assertEqual(self.changed("CHANGELOG.md"), ["time.sleep", "docs.quotes"])
        self.assertEqual(self.changed(), ["time.sleep"])


class ByName(InABuildFolder):
    def test_host_tests_with_the_text_in_their_names(self):
        self.assertEqual(Named("lock").host_tests("gcc"), ["sync.lock", "docs.lock", "docs.blocks"])
        self.assertEqual(Named("c.l").host_tests("gcc"), ["sync.lock"])
        self.assertEqual(Named("c*l").host_tests("gcc"), [])

    def test_a_test_that_is_asked_for_by_name_is_built_by_itself(self):
        self.assertEqual(Named("gather").host_tests("gcc"), ["task.gather"])
        self.assertEqual(graph.tests("gcc")["task.gather"].needed, ["tests/test_task_gather"])

    def test_files_with_the_text_in_them_or_in_their_names(self):
        self.write("tests/firmware/test_one.py", "def test_sleeps(): ...")
        self.write("tests/firmware/test_two.py", "def test_wakes(): ...")
        found = [[file.name for file in Named(text).files(self.root / "tests" / "firmware", "test_*.py")] for text in ("wakes", "one", "no")]
        self.assertEqual(found, [["test_two.py"], ["test_one.py"], []])


class Running(unittest.TestCase):
    def test_no_tests_are_not_all_tests(self):
        with Commands():  # ctest is not even there
            self.assertEqual(ctest(Log(), "gcc", []), Counts())


class Since(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        patch = mock.patch.object(selection, "ROOT", self.root)
        patch.start()
        self.addCleanup(patch.stop)

    def git(self, *arguments):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self, *names):
        for name in names:
            (self.root / name).write_text(f"{name}\n", encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-m", "change")

    def branch(self):
        self.git("init", "-b", "main")
        self.commit("old", "edited", "removed", ".gitignore")
        self.git("checkout", "-b", "work")
        self.commit("committed")
        self.git("checkout", "main")
        self.commit("elsewhere")
        self.git("checkout", "work")
        (self.root / "edited").write_text("new\n", encoding="utf-8")
        (self.root / "removed").unlink()
        (self.root / "not yet added").write_text("new\n", encoding="utf-8")

    def test_what_the_branch_and_the_working_tree_have_changed(self):
        self.branch()
        self.assertEqual(selection.changed_since(""), ["committed", "edited", "not yet added", "removed"])

    def test_what_is_not_committed(self):
        self.branch()
        self.assertEqual(selection.changed_since("HEAD"), ["edited", "not yet added", "removed"])

    def test_what_cannot_be_compared(self):
        with self.assertRaisesRegex(Failure, "no clone"):
            selection.changed_since("")
        self.branch()
        with self.assertRaisesRegex(Failure, "^--changed: 'typo' is no commit of this repository; see"):
            selection.changed_since("typo")
        self.git("branch", "-m", "main", "trunk")
        with self.assertRaisesRegex(Failure, "no main branch to compare with.*--changed COMMIT"):
            selection.changed_since("")


class CommandLine(unittest.TestCase):
    def test_one_choice_at_a_time(self):
        for arguments in (("--quick", "-k", "x"), ("--changed", "--quick"), ("-k", "x", "--changed")):
            done = in_process("test", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, "not allowed with argument")

    def test_everywhere_needs_a_choice(self):
        done = in_process("test", "--everywhere")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"--everywhere goes with -k or --changed")


if __name__ == "__main__":
    unittest.main()
