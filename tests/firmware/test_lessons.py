"""The lessons' programs on the emulated Pico, where the lessons say what they do there. (The simulation runs all of them: tests/docs.)"""

from .support import FirmwareTest, firmware, on_each_preset, slow
from .test_tasks import tasks

LED = 25
UNTIL = "800ms"


@slow
class Lessons(FirmwareTest):
    presets = ("pico-os",)

    @firmware("docs/lessons/01_first_task", until="4s")
    def test_1_the_led_blinks_while_the_seconds_are_counted(self, report):
        self.assertEqual(report.lines, ["1 s", "2 s", "3 s"])
        self.assertEqual(report.edge_count, {LED: 6})
        self.assertGreater(report.asleep, 0.999)

    @firmware("docs/lessons/05_edges", press=("GP15@500ms+100ms", "GP15@1210ms+10ms", "GP15@2s+100ms"), until="4s")
    def test_5_the_interrupt_sees_what_polling_misses(self, report):
        self.assertEqual(report.lines, ["polling saw 2 presses, the interrupt 3"])

    @firmware("docs/lessons/07_station", until=UNTIL)
    def test_7_the_station_blinks_unevenly(self, report):
        self.assertGreater(self.longest_gap(report), 60_000)

    @on_each_preset
    def test_7_the_hog_has_the_longest_step(self, preset):
        _, found = tasks(preset, "docs/lessons/07_station", "--at", "300ms")
        steps = {task["name"]: task["longest_step_us"] for task in found}
        self.assertEqual(list(steps), ["async_main", "blink", "measure", "display"])
        self.assertNear(steps.pop("display"), 38_400, 400)
        self.assertLess(max(steps.values()), 100)

    @firmware("docs/lessons/07_1", until=UNTIL)
    def test_7_its_solution_blinks_evenly(self, report):
        self.assertGreaterEqual(len(report.lines), 3)
        self.assertLess(self.longest_gap(report), 50_500)

    @on_each_preset
    def test_7_the_robots_wait_for_each_others_locks(self, preset):
        _, found = tasks(preset, "docs/lessons/07_robots")  # which sleeps for ever from 10 ms on
        waiting = [(task["name"], task["waits_for"], task["object"]) for task in found]
        self.assertEqual(waiting[1:], [("load", "Lock::acquire", "belt"), ("unload", "Lock::acquire", "arm")])

    def longest_gap(self, report):
        times = report.edge_times(LED)
        return max(after - before for before, after in zip(times, times[1:]))
