"""What the ledger does with its figures; measuring needs no tests, it is run."""

import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from ledger import books, files, host, pico, readme


class Failures(unittest.TestCase):
    def sentences(self, figures, limits):
        return list(books.failures(figures, limits))

    def test_nothing_is_said_within_the_limits(self):
        limits = {"cycles": {"max": 130, "held": 100}, "asleep": {"min": 0.9999}}
        self.assertEqual(self.sentences({"cycles": 100, "asleep": 0.9999}, limits), [])

    def test_a_maximum_that_is_passed_is_named_with_the_amount(self):
        (sentence,) = self.sentences({"bytes": 5336}, {"bytes": {"max": 4900, "held": 4000}})
        self.assertEqual(sentence, "bytes is 5,336: over its limit of 4,900 by 436")

    def test_a_minimum_too(self):
        (sentence,) = self.sentences({"asleep": 0.9998}, {"asleep": {"min": 0.9999}})
        self.assertEqual(sentence, "asleep is 0.9998: under its limit of 0.9999 by 0.0001")

    def test_growth_inside_the_limit_is_told_as_such(self):
        (sentence,) = self.sentences({"cycles": 101}, {"cycles": {"max": 130, "held": 100}})
        self.assertIn("worse than the held 100 by 1, though inside its limit of 130", sentence)

    def test_figures_that_were_not_measured_pass(self):
        self.assertEqual(self.sentences({}, {"cycles": {"max": 130}}), [])


class Hold(unittest.TestCase):
    def held(self, figures, limits):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "limits.json"
            with mock.patch.object(books, "LIMITS", path):
                books.hold(figures, limits)
            return json.loads(path.read_text(encoding="utf-8"))

    def test_a_good_figure_is_held_with_slack(self):
        self.assertEqual(self.held({"cycles": 83.3}, {"cycles": {"max": 130}}), {"cycles": {"max": 130, "held": 85}})

    def test_a_figure_near_or_over_its_limit_is_not(self):
        limits = {"near": {"max": 64, "held": 60}, "over": {"max": 240}}
        self.assertEqual(self.held({"near": 64, "over": 290}, limits), {"near": {"max": 64}, "over": {"max": 240}})

    def test_what_was_not_measured_and_reasons_stay(self):
        limits = {"other": {"max": 5, "held": 3, "reason": "because"}}
        self.assertEqual(self.held({}, limits), limits)

    def test_a_share_of_anothers_time_is_not_held(self):
        limits = {"host.post_asio_ratio": {"max": 1}}
        self.assertEqual(self.held({"host.post_asio_ratio": 0.1}, limits), limits)

    def test_a_minimum_is_held_from_below(self):
        self.assertEqual(self.held({"asleep": 0.99995}, {"asleep": {"min": 0.9999}}), {"asleep": {"min": 0.9999, "held": 0.999949}})


class Waveform(unittest.TestCase):
    def test_edges_of_one_wire_in_microseconds(self):
        text = "$timescale 1 ns $end\n$var wire 1 # GP2 $end\n$var wire 1 $ GP3 $end\n#0\n$dumpvars\n0#\n0$\n$end\n#1008\n1#\n1$\n#2500\n0#\n"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "edges.vcd"
            path.write_text(text, encoding="ascii")
            self.assertEqual(pico.vcd_edges(path, "GP2"), [1.008, 2.5])


class Peers(unittest.TestCase):
    def test_figures_of_one_build_take_precedence(self):
        peers = {"pico.x": {"floor": 3, "FreeRTOS": 4}, "pico.o2.x": {"floor": 2}}
        self.assertEqual(books.peers_of("pico.o2.x", peers), {"floor": 2, "FreeRTOS": 4})

    def test_those_measured_in_the_same_run_have_a_ratio(self):
        figures = {"host.x_ns": 2, "host.asio.x_ns": 8, "host.glib.x_ns": 6, "host.xy_ns": 1}
        self.assertEqual(books.peers_in_run("host.x_ns", figures), {"Asio": (8, 4), "GLib": (6, 3)})
        self.assertEqual(books.best_ratio("host.x_ns", figures), ("GLib", 3))
        self.assertIsNone(books.best_ratio("host.xy_ns", figures))


class Shares(unittest.TestCase):
    def test_the_least_of_each_counts(self):
        figures = {}
        host.tell_share(figures, "post", {"uasync": [30, 20, 90], "asio": [50, 40, 45]})
        self.assertEqual(figures, {"host.post_asio_ratio": 0.5})

    def test_there_is_none_of_who_is_not_installed(self):
        figures = {}
        host.tell_share(figures, "post", {"uasync": [30]})
        self.assertEqual(figures, {})

    def test_quick_measures_of_others_only_what_has_a_limit(self):
        self.assertTrue(host.is_timed("asio", "post", quick=True))
        self.assertFalse(host.is_timed("glib", "post", quick=True))
        self.assertFalse(host.is_timed("asio", "switch", quick=True))
        self.assertTrue(host.is_timed("uasync", "switch", quick=True))
        self.assertTrue(host.is_timed("glib", "post", quick=False))

    def test_each_has_a_limit(self):
        names = {f"host.{name}_{other}_ratio" for name, other in host.SHARES.items()}
        self.assertEqual(names - files.load_limits(books.LIMITS).keys(), set())


class Readme(unittest.TestCase):
    FIGURES = {
        **{name: 1234.4 for _, name, _ in readme.PICO},
        **{name: 40.4 for _, *pair in readme.HOST for name in pair if name is not None},
        "host.asio.switch_ns": 480,
        "host.cpython.switch_ns": 9000,
        "host.cpython.queue1_ns": 9300,
        "host.libuv.post_ns": 1.64,
    }

    def written(self, text, figures):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "README.md"
            path.write_text(text, encoding="utf-8")
            with mock.patch.object(readme, "README", path):
                readme.write(figures)
            return path.read_text(encoding="utf-8")

    def test_only_what_stands_between_the_comments_is_written(self):
        text = self.written("before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n", self.FIGURES)
        self.assertRegex(text, r"(?s)^before\n<!-- figures -->\n\n\| on the emulated Pico .*\n\n<!-- /figures -->\nafter\n$")
        self.assertNotIn("old", text)

    def test_a_host_row_has_the_ratio_of_the_best_peer(self):
        lines = self.written("<!-- figures -->\n<!-- /figures -->\n", self.FIGURES).splitlines()
        self.assertIn("| task switch | 40 instructions | Asio: 12 × |", lines)
        self.assertIn("| a message through a queue of 1 | 40 instructions | CPython 3.11: 230 × |", lines)
        self.assertIn("| call a function on a busy loop from another thread | 40 instructions | libuv: 0.041 × |", lines)
        self.assertIn("| tell a busy loop about a newer value from another thread | | |", lines)

    def test_a_figure_that_was_not_measured_is_named_and_nothing_is_written(self):
        figures = {name: value for name, value in self.FIGURES.items() if name != "host.post_instr"}
        with self.assertRaisesRegex(readme.Failure, "not measured: host.post_instr$"):
            self.written("<!-- figures -->\n<!-- /figures -->\n", figures)

    def test_the_readme_has_the_rows_that_would_be_written(self):
        text = readme.README.read_text(encoding="utf-8")
        missing = [title for title, *_ in (*readme.PICO, *readme.HOST) if f"\n| {title} | " not in text]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
