"""The comparison that `./uasync bench --publish` writes: made from stored figures, as measuring needs no tests."""

import contextlib
import io
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

from support import ROOT

sys.path.insert(0, str(ROOT / "bench"))

from cli import bench as verb
from cli.errors import UsageError
from ledger import books, cli, host
from ledger.build import Failure
from ledger.comparison import about, jobs, page, plots, publish, verdicts
from ledger.comparison.verdicts import Entry, Row

FIGURES = {
    "host.switch_ns": 3.1,
    "host.asio.switch_ns": 52.7,
    "host.cpython.switch_ns": 1140,
    "host.post_ns": 60,
    "host.asio.post_ns": 150,
    "host.libuv.post_ns": 45.2,
    "host.cpython.post_ns": 63,
    "host.switch_instr": 43.1,
    "host.asio.switch_instr": 633.2,
    "pico.os.switch_cycles": 87,
    "pico.o2.switch_cycles": 78,
    "pico.os.demo_flash_bytes": 4976,
    "pico.clang.demo_flash_bytes": 5420,
    "pico.os.demo_asleep": 0.99989,
}
ABOUT = {
    "run": {"date": "2026-11-29", "uasync": "0.1.0", "processor": "Processor", "cores": "2", about.OTHERS: "0.1", "system": "Debian", "emulated Pico": "rp2040js"},
    "compilers": {"GCC for Linux": "g++ 12.2.0"},
    "systems": {"asio": "1.22.1", "libuv": "1.44.2", "cpython": "3.11.2"},
}
PEERS = {
    "note": "",
    "systems": {name: {"measured": "earlier", "on": "the Pico", "built": "-Os"} for name in ("FreeRTOS 11.3", "MicroPython 1.28", "Embassy 0.10")},
    "together": {"host.switch_ns": {"uasync": 3, "TooManyCooks 1.7": 5}, "host.spawn_join_ns": {"uasync": 26, "TooManyCooks 1.7": 19}},
    "notes": {"pico.demo_flash_bytes": {"MicroPython 1.28": "of which much is Python"}},
    "figures": {
        "pico.switch_cycles": {"MicroPython 1.28": 24649, "FreeRTOS 11.3": 145, "floor": 127},
        "pico.demo_flash_bytes": {"MicroPython 1.28": 339568, "FreeRTOS 11.3": 4980, "floor": 2660},
        "pico.demo_asleep": {"FreeRTOS 11.3": 0.99898},
        "host.switch_instr": {"Embassy 0.10": 49, "floor": 31},
        "host.switch_ns": {"Embassy 0.10": 2.5, "floor": 1},
    },
}
EXPECTED = """
- **libuv is ahead** in "call a function on a busy loop from another thread": 45.2 ns, 0.75 times uasync's 60.
- CPython and uasync are nearly level in "call a function on a busy loop from another thread": 63 and 60 ns. Another run may have them the other way round.
- uasync takes the least in 1 of 2 rows in which somebody else has a figure.
| on one Linux core, ns | uasync | Asio | libuv | CPython |
| task switch | **3.1** | 52.7 | – | 1,140 |
| call a function on a busy loop from another thread | 60 | 150 | **45.2** | 63 |
- uasync takes the least in 1 of 1 rows in which somebody else has a figure.
| on Linux, x86-64, instructions | uasync | Asio | libuv | CPython | Embassy 0.10 |
| task switch | **43.1** | 633 | – | – | 49 |
- **FreeRTOS 11.3 is ahead** of uasync with Clang in "flash of the demo": 4,980 bytes, 0.92 times uasync's 5,420.
| on the emulated Pico | unit | uasync, GCC -Os | uasync, GCC -O2 | uasync, Clang | FreeRTOS 11.3 | MicroPython 1.28 |
| task switch | cycles | 87 | **78** | – | 145 | 24,649 |
| flash of the demo | bytes | **4,976** | – | 5,420 | 4,980 | 339,568 |
| time that the demo is awake | millionths | **110** | – | – | 1,020 | – |
- MicroPython 1.28, flash of the demo: of which much is Python.
| FreeRTOS 11.3 | earlier | the Pico | -Os |
| Embassy 0.10 | earlier | the Pico | -Os |
| on Linux, another machine, ns | uasync | TooManyCooks 1.7 |
| task switch | **3** | 5 |
| create a task and await it | 26 | **19** |
- uasync takes the least in 1 of 2 rows in which somebody else has a figure.
- **TooManyCooks 1.7 is ahead** in "create a task and await it": 19 ns, 0.73 times uasync's 26.
| on Linux, other machines, ns | uasync | Embassy 0.10 |
| task switch | 3.1 | **2.5** |
- **Embassy 0.10 took less there than uasync takes here** in "task switch": 2.5 ns there, 3.1 here.
- **GLib** was not installed.
| date | 2026-11-29 |
| GCC for Linux | g++ 12.2.0 |
| libuv | 1.44.2 |
"""


class Written(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.peers = self.folder / "peers.json"
        self.peers.write_text(json.dumps(PEERS), encoding="utf-8")
        patch = mock.patch.object(books, "PEERS", self.peers)
        patch.start()
        self.addCleanup(patch.stop)
        self.out = self.folder / "out"
        self.stored = self.folder / "stored.json"
        self.stored.write_text(json.dumps({"about": ABOUT, "figures": FIGURES}), encoding="utf-8")

    def publish(self):
        with contextlib.redirect_stdout(io.StringIO()), mock.patch("sys.argv", ["ledger.py", "publish", "--from", str(self.stored), "--out", str(self.out)]):
            self.assertEqual(cli.main(), 0)
        return (self.out / "comparison.md").read_text(encoding="utf-8")

    def test_the_page_from_stored_figures(self):
        lines = self.publish().splitlines()
        self.assertEqual([line for line in EXPECTED.strip().splitlines() if line not in lines], [])
        order = [lines.index(line) for line in EXPECTED.strip().splitlines() if line.startswith("|")]
        self.assertEqual(order, sorted(order))

    def test_a_busy_machine_is_told(self):
        self.assertNotIn("Other programs used", self.publish())
        run = {**ABOUT, "run": {**ABOUT["run"], about.OTHERS: "1.7"}}
        self.stored.write_text(json.dumps({"about": run, "figures": FIGURES}), encoding="utf-8")
        self.assertIn("Other programs used 1.7 of 2 cores meanwhile", self.publish())

    def test_plots_are_well_formed_and_told_to_those_who_do_not_see_them(self):
        text = self.publish()
        names = re.findall(r"^!\[(.+)\]\(comparison/(\w+)\.svg\)$", text, re.MULTILINE)
        self.assertEqual({name for _, name in names}, {path.stem for path in (self.out / "comparison").glob("*.svg")})
        self.assertEqual(len(names), 6)
        for told, name in names:
            with self.subTest(name):
                svg = "{http://www.w3.org/2000/svg}"
                root = ElementTree.parse(self.out / "comparison" / f"{name}.svg").getroot()
                named = {element.get("id"): element.text for element in root if element.tag in (f"{svg}title", f"{svg}desc")}
                self.assertEqual((root.tag, root.get("role"), root.get("aria-labelledby")), (f"{svg}svg", "img", "title desc"))
                self.assertEqual(named["desc"], told)
                self.assertTrue(told.startswith(named["title"] + ": "))
                self.assertEqual(len(root.findall(f"{svg}circle")), len(re.findall(r"[\d.,]+(?: \(stored\))?(?:; |\.$)", told.partition(": ")[2])) )

    def test_a_plot_that_is_no_longer_made_goes(self):
        self.publish()
        old = self.out / "comparison" / "old.svg"
        old.write_text("<svg/>", encoding="utf-8")
        self.publish()
        self.assertFalse(old.exists())

    def test_the_figures_beside_the_page_give_the_same_page(self):
        text = self.publish()
        self.stored = self.out / "comparison" / "figures.json"
        self.assertEqual(self.publish(), text)

    def refused(self, *words):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), mock.patch("sys.argv", ["ledger.py", "publish", *words]):
            with mock.patch.object(cli, "measure", side_effect=AssertionError("it measures")):
                self.assertEqual(cli.main(), 2)
        return errors.getvalue()

    def test_what_is_wrong_is_said_before_anything_is_measured(self):
        self.out.mkdir()
        self.assertRegex(self.refused("--only", "pico", "--out", str(self.out)), "^ledger: publish compares everything; leave out")
        self.assertRegex(self.refused("--quick", "--out", str(self.out)), "^ledger: publish compares everything; leave out")
        self.assertRegex(self.refused("--out", str(self.stored)), "stored.json.*: (File exists|Not a directory)$")
        (self.out / "comparison.md").write_text("# Mine\n", encoding="utf-8")
        self.assertRegex(self.refused("--out", str(self.out)), "comparison.md: was not written by publish, so it is not replaced")

    def test_files_that_publish_did_not_write(self):
        for content, message in (({}, "'about'"), ({"about": {}, "figures": {}}, "'about' has no 'run'"), (FIGURES, "'about'"), ([], "not a map")):
            with self.subTest(message):
                self.stored.write_text(json.dumps(content), encoding="utf-8")
                with self.assertRaisesRegex(Failure, message):
                    publish.load_run(self.stored)

    def test_figures_of_a_part_are_no_comparison(self):
        run = publish.Run({"host.switch_ns": 3}, ABOUT)
        with self.assertRaisesRegex(Failure, "needs the figures of Linux and of the Pico"):
            publish.write(self.out, run)


class Destination(unittest.TestCase):
    """What ./uasync checks before it builds; the values of --out are tested with those of the other options."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_page_that_was_written_before_is_replaced_and_none_else(self):
        verb.check_destination(self.folder)
        (self.folder / "comparison.md").write_text(f"{page.MARK}\n", encoding="utf-8")
        verb.check_destination(self.folder)
        (self.folder / "comparison.md").write_text("# Mine\n", encoding="utf-8")
        with self.assertRaisesRegex(UsageError, "is not a comparison that was written before"):
            verb.check_destination(self.folder)

    def test_a_file_in_the_place_of_the_folder_with_the_plots(self):
        (self.folder / "comparison").touch()
        with self.assertRaisesRegex(UsageError, "^--publish: .*comparison is not a folder; give"):
            verb.check_destination(self.folder)

    def test_a_folder_in_the_place_of_the_page(self):
        (self.folder / "comparison.md").mkdir()
        with self.assertRaisesRegex(UsageError, "^--publish: cannot write .*it is a folder"):
            verb.check_destination(self.folder)

    def test_the_ledger_writes_the_mark_by_which_it_is_known(self):
        self.assertTrue(page.MARK.startswith(verb.MARK))
        self.assertEqual((page.PAGE, publish.DOCS), (verb.PAGE, verb.DOCS))

    def test_the_ledger_is_told_where(self):
        for words, expected in (
            (["--publish"], ["publish", "--out", str(verb.DOCS)]),
            (["--publish", "--out", str(self.folder), "--readme"], ["publish", "--out", str(self.folder), "--readme"]),
            (["--readme"], ["readme"]),
            ([], ["measure"]),
        ):
            with self.subTest(words), contextlib.redirect_stdout(io.StringIO()):
                with mock.patch.object(verb, "Progress"), mock.patch("subprocess.call", return_value=0) as call:
                    verb.main(words)
                self.assertEqual(call.call_args[0][0][2:], expected)


class Verdicts(unittest.TestCase):
    JOB = jobs.Job("job", "host.job_ns", "ns", "job")

    def row(self, own, **others):
        return Row(self.JOB, (Entry("uasync", own, is_own=True), *(Entry(name, value) for name, value in others.items())))

    def test_nobody_is_ahead_who_takes_as_much(self):
        self.assertEqual(verdicts.verdict([self.row(10, peer=10)]), ["uasync takes the least in 1 of 1 rows in which somebody else has a figure."])

    def test_everybody_is_told_who_takes_less_the_least_first(self):
        first, *others = verdicts.verdict([self.row(10, a=9, b=2, c=11)])
        self.assertEqual([sentence.split()[0] for sentence in others], ["**b", "**a"])
        self.assertIn("least in 0 of 1 rows", first)

    def test_only_times_are_nearly_level(self):
        self.assertEqual(len(verdicts.verdict([self.row(10, a=10.5)], are_times=True)), 2)
        self.assertEqual(len(verdicts.verdict([self.row(10, a=10.5)])), 1)

    def test_nothing_is_divided_by_nothing(self):
        self.assertEqual(verdicts.verdict([self.row(0, a=0)], are_times=True), ["uasync takes the least in 1 of 1 rows in which somebody else has a figure."])


class Plots(unittest.TestCase):
    def test_a_place_to_the_right_is_more(self):
        scale = plots.Scale([3.1, 52.7, 0])
        self.assertEqual([text for _, text in scale.marks()], ["1", "10", "100"])
        self.assertEqual(scale.x(0), plots.LEFT)
        self.assertEqual([round(scale.x(value)) for value in (1, 10, 100)], [plots.LEFT, (plots.LEFT + plots.RIGHT) // 2, plots.RIGHT])

    def test_marks_are_short(self):
        self.assertEqual([plots.short(power) for power in (-2, -1, 0, 2, 3, 5, 6)], ["0.01", "0.1", "1", "100", "1k", "100k", "1M"])

    def test_headings_fit(self):
        for job in (*jobs.TIMES, *jobs.INSTRUCTIONS, *jobs.BOARD):
            lines = plots.lines_of(plots.heading(Row(job, ())))
            self.assertTrue(len(lines) <= 2 and all(len(line) <= 40 for line in lines), lines)
            self.assertEqual(" ".join(lines), plots.heading(Row(job, ())))

    def test_each_colour_has_another_in_the_dark(self):
        light, _, dark = plots.STYLE.partition("@media (prefers-color-scheme:dark)")
        def coloured(style):
            return {selector for selector, rules in re.findall(r"([^{}]+){([^{}]+)}", style) if re.search(r"#\w+", rules)}
        self.assertEqual({name.strip("\n{") for name in coloured(light)}, {name.strip("\n{") for name in coloured(dark)})


class Jobs(unittest.TestCase):
    def test_what_a_system_does_not_do_has_a_reason(self):
        for job in jobs.TIMES:
            done = host.TIMED.get(jobs.operation(job), jobs.IN_RUN)  # all do the sleepers
            for system, title in jobs.IN_RUN.items():
                if system not in done:
                    with self.subTest(job.title, system=title):
                        self.assertIn(title, jobs.REASONS.get(jobs.operation(job), {}))

    def test_they_are_the_systems_and_figures_that_are_measured(self):
        self.assertEqual(jobs.IN_RUN.keys(), books.MEASURED.keys())
        self.assertEqual({jobs.operation(job) for job in jobs.TIMES if "sleepers" not in job.figure}, set(host.TIMED))
        self.assertEqual({jobs.operation(job) for job in jobs.INSTRUCTIONS}, host.COUNTED.keys() - {"post"})


class Published(unittest.TestCase):
    """The page of the repository, and the stored figures that it takes."""

    def test_every_stored_system_says_how_it_was_measured(self):
        peers = books.load_peers(books.PEERS)
        named = {system for figures in peers["figures"].values() for system in figures} - {verdicts.FLOOR}
        self.assertEqual(named | {page.EARLIER_RUN}, peers["systems"].keys())
        for system, texts in peers["systems"].items():
            self.assertEqual(texts.keys(), {"measured", "on", "built"}, system)

    def test_it_is_what_its_figures_give(self):
        run = publish.load_run(publish.DOCS / page.FOLDER / page.FIGURES)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            (out / page.FOLDER).mkdir()
            publish.write(out, run)
            for made in (out / page.PAGE, *sorted((out / page.FOLDER).iterdir())):
                stored = publish.DOCS / made.relative_to(out)
                advice = "bench/ledger.py publish --from docs/comparison/figures.json writes it again"
                self.assertEqual(made.read_text(encoding="utf-8"), stored.read_text(encoding="utf-8"), advice)
            self.assertEqual({path.name for path in (publish.DOCS / page.FOLDER).iterdir()}, {path.name for path in (out / page.FOLDER).iterdir()})


class About(unittest.TestCase):
    def test_versions_come_from_the_headers_that_are_compiled(self):
        with tempfile.TemporaryDirectory() as folder:
            include = Path(folder)
            for header, text in (
                ("asio/version.hpp", "#define ASIO_VERSION 102299 // 1.22.99\n"),
                ("uv/version.h", "#define UV_VERSION_MAJOR 1\n#define UV_VERSION_MINOR 44\n#define UV_VERSION_PATCH 9\n"),
            ):
                (include / header).parent.mkdir()
                (include / header).write_text(text, encoding="utf-8")
            with mock.patch.object(about, "option", return_value=folder), mock.patch.object(about, "said", return_value=""):
                self.assertEqual((about.library("asio"), about.library("libuv"), about.library("glib")), ("1.22.99", "1.44.9", "unknown"))

    def test_a_watch_sees_others_and_not_what_it_has_started(self):
        with mock.patch.object(about, "own_seconds", side_effect=[1, 4]), mock.patch.object(about, "busy_seconds", side_effect=[100, 105]):
            with mock.patch("time.monotonic", side_effect=[10, 14]):
                self.assertEqual(about.Watch().cores(), "0.50")
        self.assertGreaterEqual(about.busy_seconds(), about.own_seconds())

    def test_a_command_that_is_not_there_says_nothing(self):
        self.assertEqual(about.said("no-such-command-at-all", "--version"), "")


if __name__ == "__main__":
    unittest.main()
