"""Led, RgbLed, Servo and Buzzer on the emulated Pico: the edges that lights_and_sounds.cpp causes."""

from .support import FirmwareTest, on_each_preset, run
from .test_pwm import pulses


class LightsAndSounds(FirmwareTest):
    presets = ("pico-os",)
    image = "tests/firmware/lights_and_sounds"

    def times(self, report):
        """When the program says that something begins, by its name, in microseconds."""
        return {name: int(rest.split()[0]) for name, _, rest in (line.partition(": ") for line in report.lines) if rest.endswith(" us")}

    def between(self, report, pin, since, until):
        return [edge for edge in report.edges(pin, since) if edge[0] < until]

    def assertPulses(self, found, count, width, period, tolerance=0.2):
        self.assertGreaterEqual(len(found), count)
        for _, high, whole in found:
            self.assertNear(high, width, tolerance)
            self.assertNear(whole, period, tolerance)

    @on_each_preset
    def test_an_led_blinks_and_has_a_brightness(self, preset):
        report = run(preset, self.image)
        start = self.times(report)
        offset = report.console[report.lines.index(f"led: {start['led']} us")][0] - start["led"]
        begin, steady, cancelled = (start[name] + offset for name in ("led", "steady", "cancelled"))
        # A change takes effect at the end of a pulse, 100 us long.
        changes = [edge for edge in self.between(report, 2, begin - 300, steady)]
        expected = [0, 5, 10, 15, 20, 25, 30, 35, 38, 40]
        self.assertEqual([level for _, level in changes], [1, 0] * 5)
        for (time, _), ms in zip(changes, expected, strict=True):
            self.assertNear(time, begin + 1000 * ms, 450)
        # 128 of 255 looks half as bright, and is 18.7 % of the light.
        self.assertPulses(pulses(self.between(report, 2, steady + 600, cancelled)), 150, 18.7, 100)
        # The cancelled one has left it dark; it was on for 2 ms.
        after = self.between(report, 2, cancelled + 2_600, cancelled + 21_000)
        self.assertEqual(after, [])
        self.assertEqual(report.line_starting("blink: "), "timeout")
        self.assertEqual(report.line_starting("faded: "), "255")
        highs = [high for _, high, _ in pulses(report.edges(2, cancelled + 22_500))]
        self.assertEqual(sorted(round(high, 1) for high in highs), [round(high, 1) for high in highs])
        self.assertGreater(len(set(round(high) for high in highs)), 7)
        # The one that is lit while its pin is low: high when it begins, low when it is on.
        levels = [level for time, level in report.edges(8) if time < steady + 2_000]
        self.assertEqual(levels, [1, 0])

    @on_each_preset
    def test_a_common_anode_inverts_all_parts(self, preset):
        report = run(preset, self.image)
        # Yellow fades to blue: red and green go the same way, blue the other; low is lit.
        red, green, blue = ([level for _, level in report.edges(pin)] for pin in (10, 11, 12))
        self.assertEqual(red, green)
        lit = [[low for _, low, _ in pulses(report.edges(pin), level=0)] for pin in (10, 12)]
        self.assertGreater(len(set(round(low, -1) for low in lit[0])), 7)
        self.assertEqual(sorted(lit[0], reverse=True)[1:], sorted(lit[0][1:], reverse=True))
        self.assertGreater(lit[1][-2], lit[1][0])
        self.assertGreater(lit[0][0], lit[0][-2])

    @on_each_preset
    def test_a_servo_has_1500_us_at_90_degrees(self, preset):
        report = run(preset, self.image)
        start = self.times(report)
        offset = report.console[report.lines.index(f"servo: {start['servo']} us")][0] - start["servo"]
        begin, move, release = (start[name] + offset for name in ("servo", "move", "release"))
        self.assertPulses(pulses(self.between(report, 6, begin, move)), 3, 1500, 20_000, 1)
        widths = [high for _, high, _ in pulses(report.edges(6, move))]
        for high in widths:
            self.assertLess(abs((high - 1500) / 200 - round((high - 1500) / 200)), 0.01)  # five steps of 200 us
        self.assertEqual(sorted(widths), widths)
        self.assertNear(widths[-1], 2500, 1)
        # Released: the pulse that is under way ends, and there is no other.
        self.assertLessEqual(len(report.edges(6, release)), 2)

    @on_each_preset
    def test_a_tone_has_its_period_and_a_melody_its_notes(self, preset):
        report = run(preset, self.image)
        lines = [(time, text) for time, text in report.console if text.split(":")[0] in ("tone", "melody", "silent")]
        (tone, _), (melody, _), (silent, _), (cancelled, _) = lines
        self.assertPulses(pulses(self.between(report, 20, tone, melody)), 48, 500, 1000)
        self.assertPulses(pulses(self.between(report, 20, melody + 1_000, melody + 40_000)), 14, 1e6 / 880, 1e6 / 440, 1.5)
        self.assertEqual(self.between(report, 20, melody + 43_000, melody + 99_500), [])
        self.assertPulses(pulses(self.between(report, 20, melody + 101_000, melody + 139_000)), 14, 1e6 / 1046, 1e6 / 523, 1.5)
        self.assertPulses(pulses(self.between(report, 20, silent + 1_000, cancelled)), 30, 250, 500)
        self.assertEqual(report.edges(20, cancelled + 1_000), [])
        self.assertEqual(report.line_starting("tone: timeout"), "after 20 ms")
        self.assertEqual(report.exit, "breakpoint")
