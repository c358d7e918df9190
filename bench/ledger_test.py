#!/usr/bin/env python3
"""Tests of what ledger.py does with its figures; measuring needs none, it is run."""

import json
import tempfile
import unittest
from pathlib import Path

import ledger


class Failures(unittest.TestCase):
    def sentences(self, figures, limits):
        return list(ledger.failures(figures, limits))

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
            kept, ledger.LIMITS = ledger.LIMITS, Path(folder) / "limits.json"
            try:
                ledger.hold(figures, limits)
                return json.loads(ledger.LIMITS.read_text(encoding="utf-8"))
            finally:
                ledger.LIMITS = kept

    def test_a_good_figure_is_held_with_slack(self):
        self.assertEqual(self.held({"cycles": 83.3}, {"cycles": {"max": 130}}), {"cycles": {"max": 130, "held": 85}})

    def test_a_figure_near_or_over_its_limit_is_not(self):
        limits = {"near": {"max": 64, "held": 60}, "over": {"max": 240}}
        self.assertEqual(self.held({"near": 64, "over": 290}, limits), {"near": {"max": 64}, "over": {"max": 240}})

    def test_what_was_not_measured_and_reasons_stay(self):
        limits = {"other": {"max": 5, "held": 3, "reason": "because"}}
        self.assertEqual(self.held({}, limits), limits)

    def test_a_minimum_is_held_from_below(self):
        self.assertEqual(self.held({"asleep": 0.99995}, {"asleep": {"min": 0.9999}}), {"asleep": {"min": 0.9999, "held": 0.999949}})


class Waveform(unittest.TestCase):
    def test_edges_of_one_wire_in_microseconds(self):
        text = "$timescale 1 ns $end\n$var wire 1 # GP2 $end\n$var wire 1 $ GP3 $end\n#0\n$dumpvars\n0#\n0$\n$end\n#1008\n1#\n1$\n#2500\n0#\n"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "edges.vcd"
            path.write_text(text, encoding="ascii")
            self.assertEqual(ledger.vcd_edges(path, "GP2"), [1.008, 2.5])


class Peers(unittest.TestCase):
    def test_figures_of_one_build_take_precedence(self):
        peers = {"pico.x": {"floor": 3, "FreeRTOS": 4}, "pico.o2.x": {"floor": 2}}
        self.assertEqual(ledger.peers_of("pico.o2.x", peers), {"floor": 2, "FreeRTOS": 4})


if __name__ == "__main__":
    unittest.main()
