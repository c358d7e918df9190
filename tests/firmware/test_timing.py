"""Deadlines and wake-ups on the board: never early, never lost, and not late."""

from .support import FirmwareTest, firmware, presses

BUTTON = 15
CAUSE, EFFECT = 2, 3  # the pins of wake.cpp


class WakeUps(FirmwareTest):
    """An interrupt strikes at every cycle around the moment at which the core looks for work and goes to sleep."""

    CYCLES = 1000
    EDGES_FROM_US = 1_000_000
    SWEEP = presses(BUTTON, [1_000_000 + 1000 * i + 0.008 * i for i in range(1000)], 300)

    def assertAnswered(self, causes, effects, within_us):
        self.assertEqual(len(effects), len(causes), "wake-ups are lost")
        for cause, effect in zip(causes, effects):
            self.assertGreater(effect, cause)
            self.assertLess(effect - cause, within_us)

    def part(self, report, title, following):
        times = {text: time for time, text in report.console}
        self.assertIn(following, times, f"it did not come to the end of '{title}':\n{report}")
        return [
            [time for time in report.edge_times(pin) if times[title] <= time < times[following]] for pin in (CAUSE, EFFECT)
        ]

    # Where the core had gone to sleep for good, the run would end "asleep for ever", as nothing else could wake it.
    @firmware("tests/firmware/wake", until="990ms")
    def test_by_interrupts(self, report):
        within_us = 40 if report.preset == "pico-o0" else 10
        for title, following in (("interrupts", "interrupts beside others"), ("interrupts beside others", "short sleeps")):
            causes, effects = self.part(report, title, following)
            self.assertEqual(len(causes), self.CYCLES)
            self.assertAnswered(causes, effects, within_us)
            # At the end of the sweep the core has long been asleep, and it always takes the same to wake up. (Not so where nothing is
            # optimised: there a round's work outlasts the sweep.)
            if report.preset == "pico-o0":
                continue
            last = {round(effect - cause, 3) for cause, effect in zip(causes[-50:], effects[-50:])}
            self.assertEqual(len(last), 1, last)

    @firmware("tests/firmware/wake", until="990ms")
    def test_by_deadlines_that_come_while_the_sleep_begins(self, report):
        _, times = self.part(report, "short sleeps", "edges")
        self.assertIn("0 sleeps end early", report.lines)
        durations = [end - start for start, end in zip(times[::2], times[1::2])]
        self.assertEqual(len(durations), 50 * 8)
        late_us = 40 if report.preset == "pico-o0" else 15
        for index, duration in enumerate(durations):
            us = index % 8 + 1
            self.assertGreaterEqual(duration, us)
            self.assertLess(duration, us + late_us)

    @firmware("tests/firmware/wake", press=SWEEP, until="2100ms")
    def test_by_edges_of_a_pin(self, report):
        late_us = 60 if report.preset == "pico-o0" else 20
        effects = report.edge_times(EFFECT, since=self.EDGES_FROM_US)
        causes = [time for time, level in report.edges(BUTTON, since=self.EDGES_FROM_US) if level == 0]
        self.assertEqual(len(causes), self.CYCLES)
        self.assertAnswered(causes, effects, late_us)
        # Each other millisecond's tick comes before, at, or after the edge; it is on time all the same.
        ticks = report.edge_times(CAUSE, since=self.EDGES_FROM_US)
        for before, after in zip(ticks, ticks[1:]):
            self.assertNear(after - before, 1000, late_us)


class Deadlines(FirmwareTest):
    """Eleven tasks sleep, the fastest 1 ms at a time."""

    DELAYS_MS = dict(zip(range(2, 13), (1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 50)))
    # 2000 presses in 100 ms, and while they last the bounces that a button makes at its worst: 4000 edges.
    STORM = presses(BUTTON, range(1_000_000, 1_100_000, 50), 25)

    def assertOnTime(self, report, late_us):
        for pin, delay_ms in self.DELAYS_MS.items():
            times = report.edge_times(pin)
            self.assertEqual(len(times), report.edge_count[pin], "edges are missing in the report")
            self.assertNear(len(times), report.end_us / delay_ms / 1000, 3 + len(times) * late_us / delay_ms / 1000)
            for before, after in zip(times, times[1:]):
                self.assertGreaterEqual(after - before, delay_ms * 1000, f"GP{pin}: a sleep ends early at {after} us")
                self.assertLessEqual(after - before, delay_ms * 1000 + late_us, f"GP{pin} at {after} us")

    @firmware("tests/firmware/deadlines", until="2s")
    def test_no_sleep_ends_early_or_much_too_late(self, report):
        self.assertOnTime(report, 100 if report.preset == "pico-o0" else 40)

    @firmware("tests/firmware/deadlines", press=STORM, until="2s")
    def test_a_storm_of_edges_on_a_pin_delays_nobody(self, report):
        self.assertOnTime(report, 200 if report.preset == "pico-o0" else 60)
        counted = int(report.lines[0].split()[0])
        self.assertLessEqual(counted, len(self.STORM))
        self.assertGreater(counted, len(self.STORM) * 0.9)
        self.assertGreater(report.asleep, 0.8 if report.preset == "pico-o0" else 0.95)


class FarDeadlines(FirmwareTest):
    SLEEPS_S = (4294, 1, 3 * 60 * 60, 49 * 60 * 60)  # up to the first wrap of the microseconds in 32 bits, across it, across many
    LATE_US = 50

    @firmware("tests/firmware/limits", until="200000s")
    def test_sleeps_across_the_wraps_of_32_bits(self, report):
        times = report.edge_times(2)
        for seconds, line, start, end in zip(self.SLEEPS_S, report.lines, times[::2], times[1::2], strict=False):
            self.assertGreaterEqual(end - start, seconds * 1_000_000)
            self.assertLess(end - start, seconds * 1_000_000 + self.LATE_US)
            told = int(line.removeprefix(f"{seconds} s took ").removesuffix(" us"))
            self.assertNear(told, end - start, self.LATE_US)
        self.assertEqual(len(times), 2 * len(self.SLEEPS_S))
        self.assertEqual(report.lines[len(self.SLEEPS_S)], f"{sum(self.SLEEPS_S) * 1000} ms by the ticks")

    @firmware("tests/firmware/limits", until="15000s")
    def test_hours_asleep_cost_next_to_nothing(self, report):
        self.assertGreater(report.asleep, 0.9999998)  # most of the rest is the crystal's start
        self.assertLess(report.seconds, 10)  # of real time on a machine that does other things too; it takes a tenth of one
