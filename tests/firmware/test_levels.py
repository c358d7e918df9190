"""Levels of tasks on the board: an urgent one beside busy ones, and what `./uasync ps` tells of them."""

from .support import FirmwareTest, firmware, on_each_preset, presses
from .test_tasks import tasks

BUTTON, LED = 15, 25


class Levels(FirmwareTest):
    PRESSES = presses(BUTTON, [600_000 + 10_037 * i for i in range(10)], 2_000)

    @firmware("tests/firmware/levels", press=PRESSES, until="750ms")
    def test_an_urgent_task_waits_for_one_step_and_not_for_a_turn_of_all(self, report):
        self.assertEqual(report.lines, ["level 0: late", "level 2: at once", "low leaves with level 5", "lock: at once", "busy: true"])

    @firmware("tests/firmware/levels", press=PRESSES, until="750ms")
    def test_a_button_is_answered_after_one_step_of_a_hog_that_starves_all_others(self, report):
        causes = [time for time, level in report.edges(BUTTON, since=500_000) if level == 0]
        effects = report.edge_times(LED, since=500_000)
        self.assertEqual((len(causes), len(effects)), (10, 10))
        for cause, effect in zip(causes, effects):
            self.assertLess(effect - cause, 195)  # a step takes 100 us, and the rest 56 without optimisation

    @on_each_preset
    def test_ps_shows_levels_who_holds_a_lock_and_who_starves_whom(self, preset):
        _, found = tasks(preset, "tests/firmware/levels", "--at", "500ms")
        told = [(task["name"], task["level"], task["held_by"], task["behind"], task["state"]) for task in found]
        starving = ("busy", 0, None, "hog", "ready")
        self.assertEqual(
            told,
            [
                ("async_main", 0, None, "hog", "ready"),
                *[starving] * 3,
                ("owner", 4, None, None, "sleeping"),
                ("wants", 4, "owner", None, "waiting"),
                ("answers", 7, None, None, "waiting"),
                ("hog", 3, None, None, "running"),
            ],
        )
        for task in found[:4]:
            self.assertGreater(500_000 - task["since_us"], 100_000)
