"""Pwm on the emulated Pico: the edges that pwm.cpp causes, and its waits for the ends of periods."""

from .support import FirmwareTest, on_each_preset, run


def pulses(edges, level=1):
    """(when, how long, until the next) of each pulse that is followed by another."""
    starts = [(index, t_us) for index, (t_us, new) in enumerate(edges) if new == level]
    return [(start, edges[index + 1][0] - start, after - start) for (index, start), (_, after) in zip(starts, starts[1:])]


class Pwm(FirmwareTest):
    image = "tests/firmware/pwm"

    def assertPulses(self, found, count, width, period):
        self.assertGreater(len(found), count)
        for _, high, whole in found:
            self.assertNear(high, width, 0.05 + period * 1e-5)  # a step of a long period is longer
            self.assertNear(whole, period, 0.05 + period * 1e-5)

    @on_each_preset
    def test_frequency_and_width_are_what_was_set(self, preset):
        report = run(preset, self.image)
        def between(pin, since, until):
            return [edge for edge in report.edges(pin, since) if edge[0] < until]

        self.assertPulses(pulses(between(2, 4_000, 19_900)), 12, 250, 1000)
        self.assertPulses(pulses(between(3, 4_000, 19_900), level=0), 12, 750, 1000)  # inverted
        self.assertPulses(pulses(between(2, 22_000, 29_900)), 30, 50, 200)
        self.assertPulses(pulses(between(3, 22_000, 29_900), level=0), 30, 150, 200)
        self.assertEqual(between(2, 30_500, 39_900), [])  # high all the time
        self.assertEqual(between(3, 30_500, 39_900), [])
        # The pins are low when the objects are gone.
        self.assertEqual([level for _, level in report.edges(2, 30_500)], [0])
        self.assertEqual([level for _, level in report.edges(3, 30_500)], [0])
        self.assertPulses(pulses(between(16, 100_000, 200_000)), 8, 1500, 10_000)

    @on_each_preset
    def test_waits_end_with_the_periods(self, preset):
        report = run(preset, self.image)
        self.assertEqual(report.lines[0], "5000 65535 0")
        self.assertNear(int(report.line_starting("a period: ").split()[0]), 20_000, 10)
        # Three periods of the fast one, then 1, 2 and 3 with each of the slow one, of which 2 is cancelled after the first.
        self.assertEqual(report.lines[2:4], ["000123131", "late: timeout"])

    @on_each_preset
    def test_a_ramp_ends_and_stays_where_it_is_cancelled(self, preset):
        report = run(preset, self.image)
        self.assertRegex(report.line_starting("ramp: "), r"^0 at \d+ ms$")
        # 10 of 20 steps in 52 ms.
        self.assertEqual(report.line_starting("stays: "), "32767 true")
        highs = [high for start, high, _ in pulses(report.edges(8)) if start < 232_000]
        self.assertEqual(sorted(highs, reverse=True), highs)
        self.assertGreater(len(set(round(high) for high in highs)), 15)


class PwmInLoops(Pwm):
    """With the console over USB, too."""

    presets = ("pico-os",)
    image = "tests/firmware/loops_pwm"
