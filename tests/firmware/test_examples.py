"""The tutorial's examples as they are, with somebody at the button."""

from .support import FirmwareTest, firmware, on_each_preset, presses, run_script, slow
from .weather import run_weather, words

LED = 25
BUTTON = 15
START_US = 5_000  # from power-on to the first line of async_main, and plenty
LATE_US = 50

DEMO_PRESSES_US = (1_000_000, 1_500_000, 1_700_000, 4_700_000)


class Examples(FirmwareTest):
    presets = ("pico-os", "pico-o2", "pico-clang")

    def assertBlinks(self, report, period_us, until_us):
        """The LED changes at the start, and from then on a period, and at most 50 us more, after the change before."""
        times = report.edge_times(LED)
        self.assertLess(times[0], START_US)
        self.assertEqual(len(times), (until_us - times[0]) // period_us + 1)
        for before, after in zip(times, times[1:]):
            self.assertGreaterEqual(after - before, period_us)
            self.assertLessEqual(after - before, period_us + LATE_US)

    def assertFollows(self, report, messages, newest_only=False):
        """
        The LED's changes follow from the messages, (when printed, delay in ms): each change takes the oldest message that waits, or the
        newest if only that is kept, and the next change comes that delay later, by at most 50 us.
        """
        coming = sorted(messages)
        expected = coming[0][0]
        last = report.end_us
        waiting = []
        delay_ms = None
        edges = report.edges(LED, since=expected)
        self.assertGreater(len(edges), len(messages))
        for index, (time, level) in enumerate(edges):
            self.assertGreaterEqual(time, expected, f"edge {index} comes early")
            self.assertLessEqual(time, expected + LATE_US, f"edge {index} comes late")
            if index:
                self.assertNotEqual(level, edges[index - 1][1])
            while coming and coming[0][0] <= time:
                waiting.append(coming.pop(0)[1])
            if newest_only:
                del waiting[:-1]
            if waiting:
                delay_ms = waiting.pop(0)
            expected = time + delay_ms * 1000
        self.assertGreater(expected, last - LATE_US, "the LED has stopped")
        self.assertEqual(coming + waiting, [], "not every message was taken")

    def messages(self, report):
        return [(time, int(text)) for time, text in report.console]


class Blink(Examples):
    @firmware("examples/01_blink", until="3.2s")
    def test_awaited_it_blinks_for_ever(self, report):
        self.assertBlinks(report, 500_000, 3_200_000)
        self.assertEqual(report.lines, [])
        self.assertEqual(report.exit, "until")
        self.assertGreater(report.asleep, 0.998)  # most of the rest is the crystal's start


@slow
class CreateTask(Examples):
    @firmware("examples/02_create_task", until="620ms")
    def test_a_main_loop_that_yields_lets_the_led_blink(self, report):
        self.assertBlinks(report, 500_000, 620_000)

    @firmware("examples/02b_starving", until="510ms")
    def test_a_main_loop_that_does_not_starves_it(self, report):
        self.assertEqual(report.edges(LED), [])
        self.assertEqual(report.edge_count.get(LED, 0), 0)
        self.assertEqual(report.lines[0], "500000 rounds")


class Button(Examples):
    @firmware("examples/03_button", press=presses(BUTTON, (1_000_000, 1_510_000, 3_000_000), 100_000), until="4.2s")
    def test_each_press_is_told_once_while_the_led_blinks(self, report):
        self.assertEqual(report.lines, ["pressed"] * 3)
        for (time, _), pressed in zip(report.console, (1_000_000, 1_510_000, 3_000_000)):
            self.assertGreaterEqual(time, pressed)
            self.assertLess(time, pressed + 45_000)
        self.assertBlinks(report, 500_000, 4_200_000)
        self.assertGreater(report.asleep, 0.997)

    @firmware("examples/03_button", press=(f"GP{BUTTON}@0us+2s", f"GP{BUTTON}@3s+100ms"), until="4s")
    def test_a_button_that_is_down_at_the_start_counts_when_it_is_pressed_again(self, report):
        self.assertEqual(report.lines, ["pressed"])
        self.assertNear(report.console[0][0], 3_022_500, 22_500)


class Interval(Examples):
    @firmware("examples/04_interval", press=presses(BUTTON, DEMO_PRESSES_US, 100_000), until="6s")
    def test_prints_the_milliseconds_between_presses(self, report):
        self.assertEqual(len(report.lines), 4)
        for line, expected in zip(report.lines, (1000, 500, 200, 3000)):
            self.assertNear(int(line), expected, 45)
        self.assertBlinks(report, 500_000, 6_000_000)


@slow
class Queue(Examples):
    presets = ("pico-os", "pico-o2", "pico-o0", "pico-clang")

    @firmware("examples/05_queue", press=presses(BUTTON, DEMO_PRESSES_US, 100_000), until="14s")
    def test_the_led_follows_the_button(self, report):
        self.assertEqual(len(report.lines), 4)
        for line, expected in zip(report.lines, (1000, 500, 200, 2000)):
            self.assertNear(int(line), expected, 45)
        for (time, _), pressed in zip(report.console, DEMO_PRESSES_US):
            self.assertNear(time, pressed + 22_500, 22_500)
        self.assertFollows(report, self.messages(report))
        self.assertEqual(report.exit, "until")

    @firmware("examples/05_queue", press=presses(BUTTON, (50_000, 350_000, 450_000, 550_000, 650_000), 45_000), until="4s")
    def test_a_burst_of_presses_is_worked_off_one_round_each(self, report):
        self.assertEqual(len(report.lines), 5)
        self.assertFollows(report, self.messages(report))


class Race(Examples):
    @firmware("examples/06_race", until="1s")
    def test_two_tasks_race_and_the_lock_cures_it(self, report):
        self.assertEqual(report.lines, ["without a lock: 1000 of 2000", "with a lock: 2000 of 2000"])
        self.assertEqual(report.exit, "breakpoint")
        self.assertEqual(report.status, 0)


class NeoPixel(Examples):
    @firmware("examples/12_neopixel", press=presses(BUTTON, (500_000, 1_000_000), 100_000), until="1.5s")
    def test_each_press_shows_the_next_effect(self, report):
        self.assertEqual(report.lines, ["effect 0", "effect 1", "effect 2"])
        for (time, _), pressed in zip(report.console[1:], (500_000, 1_000_000)):
            self.assertNear(time, pressed + 10_000, 1_000)
        self.assertGreater(report.edge_count[16], 40 * 8 * 24 * 2)  # frames of eight pixels, bits, edges
        self.assertGreater(report.asleep, 0.99)
        self.assertEqual(report.exit, "until")


class PioPrograms(Examples):
    SPEAKER = 16

    @firmware("examples/15_pio", until="2.1s")
    def test_the_led_blinks_and_the_speaker_sounds_while_the_processor_sleeps(self, report):
        times = report.edge_times(LED)
        self.assertEqual(len(times), 9)
        self.assertLess(times[0], START_US)
        for before, after in zip(times, times[1:]):
            self.assertNear(after - before, 250_000, 1)
        edges = report.edges(self.SPEAKER)
        for i, hertz in enumerate((2000, 2500, 3000, 4000)):
            start = times[0] + i * 500_000
            rising = [time for time, level in edges if level and start - 1_000 < time < start + 300_000]
            self.assertNear(len(rising), hertz / 5, 3)
            for before, after in zip(rising, rising[1:]):
                self.assertNear(after - before, 1e6 / hertz, 1)
        self.assertGreater(report.asleep, 0.997)
        self.assertEqual(report.exit, "until")


class LatestValue(Examples):
    BURST_US = (1_000_000, 1_200_000, 1_300_000, 1_400_000, 1_500_000)

    @firmware("examples/07_latest", press=presses(BUTTON, BURST_US, 30_000), until="3.05s")
    def test_a_burst_of_presses_leaves_no_backlog(self, report):
        for (time, text), pressed, interval in zip(report.console, self.BURST_US, (1000, 200, 100, 100, 100), strict=True):
            self.assertNear(int(text), interval, 4)
            self.assertGreaterEqual(time, pressed)
            self.assertLess(time, pressed + 100)  # an interrupt, not a sample
        self.assertEqual(report.edge_count[LED], len(report.edges(LED, since=1_000_000)), "it is dark until the first press")
        self.assertFollows(report, self.messages(report), newest_only=True)
        times = report.edge_times(LED, since=1_999_000)
        self.assertNear(times[1] - times[0], 100_000, 50 + 1000)  # straight to the last interval
        self.assertGreater(report.asleep, 0.998)

    # 300 us down, 200 us up, and down again: contacts that bounce for 5 ms when they close and when they open.
    BOUNCES = presses(BUTTON, range(500_000, 505_000, 500), 300) + (f"GP{BUTTON}@505000us+95ms",)
    BOUNCES += presses(BUTTON, range(601_000, 606_000, 500), 300)

    @firmware("examples/07_latest", press=BOUNCES + presses(BUTTON, [800_000], 50_000), until="1s")
    def test_a_press_that_bounces_counts_once(self, report):
        self.assertEqual(len(report.lines), 2)
        self.assertNear(report.console[0][0], 500_000, 100)
        self.assertNear(int(report.lines[1]), 300, 1)

    @firmware("examples/07_latest", press=presses(BUTTON, DEMO_PRESSES_US, 100_000), until="14s")
    def test_the_led_follows_the_button(self, report):
        for line, expected in zip(report.lines, (1000, 500, 200, 2000), strict=True):
            self.assertNear(int(line), expected, 4)
        self.assertFollows(report, self.messages(report), newest_only=True)
        self.assertGreater(report.asleep, 0.999)


def detent(start_us, first, second):
    """Steps of weather.mjs that turn the knob by one detent, in 40 ms."""
    return [f"{start_us}:GP{first}=0", f"{start_us + 10_000}:GP{second}=0", f"{start_us + 20_000}:GP{first}=", f"{start_us + 30_000}:GP{second}="]


class WeatherStation(FirmwareTest):
    presets = ("pico-os", "pico-clang")
    CLK, DT = 10, 11
    STEPS = (
        "100000:look",
        f"200000:GP{BUTTON}=0",
        f"250000:GP{BUTTON}=",
        "300000:look",
        *detent(400_000, CLK, DT),
        "500000:look",
        *detent(600_000, CLK, DT),
        "700000:look",
        *detent(800_000, CLK, DT),  # there is no fourth page
        *detent(850_000, DT, CLK),
        "950000:look",
        "1100000:out",
        "2200000:look",
        "2300000:in",
        *detent(2_400_000, DT, CLK),
        "3300000:look",
    )

    @on_each_preset
    def test_the_display_shows_what_knob_and_button_choose(self, preset):
        run = run_weather(preset, "examples/10_weather_station", 5000, self.STEPS)
        shown = [(words(picture, 0), words(picture, 24)) for picture in run["pictures"]]
        self.assertEqual(
            shown,
            [
                ("Temperature", "-3.5 °C"),
                ("Temperature", "25.7 °F"),
                ("Humidity", "40.0 %"),
                ("Pressure", "29.9 inHg"),
                ("Humidity", "40.0 %"),
                ("Humidity", "no sensor"),
                ("Temperature", "25.7 °F"),
            ],
        )
        marks = [[(int(picture["rows"][58], 16) >> (127 - 58 - 8 * page)) & 1 for page in range(3)] for picture in run["pictures"]]
        self.assertEqual([row.index(1) for row in marks], [0, 0, 1, 2, 1, 1, 0])
        self.assertEqual(run["lines"], [])
        self.assertEqual(run["unknown"], [])
        self.assertIsNone(run["ending"])
        self.assertGreater(run["asleep"], 0.995)


class ReactionGame(FirmwareTest):
    presets = ("pico-os",)
    LEFT, RIGHT, GREEN, BUZZER = 14, 15, 17, 20
    # The game begins; then left is too early.
    STEPS = ("100000:look", "200000:GP14=0", "300000:GP14=", "800000:GP14=0", "850000:GP14=", "900000:look")

    def play(self, preset, steps=()):
        game = run_weather(preset, "examples/11_reaction_game", 7000, (*self.STEPS, *steps))
        self.assertEqual(game["lines"], [])
        self.assertEqual(game["unknown"], [])
        self.assertIsNone(game["ending"])
        return game

    def edges(self, game, pin, since, until):
        return [time for number, time, level in game["edges"] if number == pin and level and since <= time < until]

    @on_each_preset
    def test_the_faster_one_wins_unless_it_is_too_early(self, preset):
        (green, *_) = self.edges(self.play(preset), self.GREEN, 2_750_000, 7_000_000)
        game = self.play(preset, (f"{int(green) + 250_000}:GP14=0", f"{int(green) + 260_000}:GP15=0", f"{int(green) + 400_000}:look"))
        shown = [[words(picture, y).split() for y in (0, 28, 56)] for picture in game["pictures"]]
        self.assertEqual(shown[0], [["Press", "to", "begin"], ["0", ":", "0"], []])
        self.assertEqual(shown[1], [["Right", "wins"], ["0", ":", "1"], []])
        title, points, (reaction_ms, unit) = shown[2]
        self.assertEqual((title, points, unit), (["Left", "wins"], ["1", ":", "1"], "ms"))
        self.assertNear(int(reaction_ms), 250, 2)
        self.assertNear(len(self.edges(game, self.BUZZER, 800_000, 2_000_000)), 55, 2)  # 110 Hz for half a second
        fanfare = self.edges(game, self.BUZZER, green + 250_000, green + 400_000)
        self.assertNear(fanfare[1] - fanfare[0], 1e6 / 523, 2)
        self.assertGreater(game["asleep"], 0.98)


class Remote(FirmwareTest):
    presets = ("pico-os", "pico-clang")
    MINUS, PLUS, PLAY, OTHER = 0x07, 0x15, 0x43, 0x44

    @on_each_preset
    def test_keys_turn_the_servo_and_one_that_is_held_goes_on(self, preset):
        steps = (f"300:{self.PLUS}", "600:look", f"700:{self.MINUS}:3", "850:look", "1300:look", f"1400:{self.OTHER}", "1700:look")
        steps += (f"1800:{self.PLUS}:9", "3100:look", f"3200:{self.PLAY}", "3500:look")
        run = run_script("remote.mjs", preset, "examples/17_remote", 3600, *steps)
        lines = ["key 21: 105 degrees", "key 7: 90 degrees", *(f"key 7, held: {angle} degrees" for angle in (75, 60, 45)), "key 68: 45 degrees"]
        lines += ["key 21: 60 degrees", *(f"key 21, held: {min(60 + 15 * i, 180)} degrees" for i in range(1, 10)), "key 67: 90 degrees"]
        self.assertEqual(run["lines"], lines)
        first, turning, *others = run["looks"]
        self.assertNear(first, 105, 0.2)
        self.assertNear(turning, 97, 7)  # on its way
        for degrees, expected in zip(others, (45, 45, 180, 90), strict=True):
            self.assertNear(degrees, expected, 0.2)
        self.assertIsNone(run["ending"])
        self.assertEqual(run["unknown"], [])
        self.assertGreater(run["asleep"], 0.99)


class Thermostat(FirmwareTest):
    presets = ("pico-os", "pico-clang")

    @on_each_preset
    def test_it_heats_by_day_within_its_hysteresis_and_not_without_a_sensor(self, preset):
        # The day begins after a minute.
        steps = ("75000:20.7", "95000:20.8", "115000:20.3", "135000:20.2", "155000:out", "175000:16")
        run = run_script("thermostat.mjs", preset, "examples/16_thermostat", 200_000, *steps)
        lines = ["2000 C/100 of 2050: on", "2081 C/100 of 2050: off", "2019 C/100 of 2050: on"]
        self.assertEqual(run["lines"][:3], lines)
        self.assertEqual(set(run["lines"][3:-1]), {"thermometer: no acknowledgement"})
        self.assertEqual(run["lines"][-1], "1600 C/100 of 2050: on")
        begin, *others = run["edges"]
        self.assertNear(begin[0], 60_770, 30)
        self.assertEqual(begin[1], 1)
        expected = ((95_000, 0), (135_000, 1), (155_000, 0), (175_000, 1))
        for (at, level), (changed, expected_level) in zip(others, expected, strict=True):
            self.assertEqual(level, expected_level)
            self.assertGreater(at, changed)
            self.assertLess(at, changed + 12_000)
        self.assertIsNone(run["ending"])
        self.assertEqual(run["unknown"], [])
        self.assertGreater(run["asleep"], 0.99)
