"""What an image may take: stack and frame pool."""

import re

from .support import FirmwareTest, firmware, on_each_preset, presses, run

DEMO_PRESSES = presses(15, (50_000, 150_000, 250_000, 550_000), 45_000)


class Stack(FirmwareTest):
    @firmware("tests/firmware/limits", until="200000s")
    def test_does_not_grow_with_the_number_of_awaits(self, report):
        used = dict(re.findall(r"(.*): (-?\d+) bytes", "\n".join(report.lines)))
        for what, many in (
            ("await", "100000 awaits"),
            ("late await", "1000 late awaits"),
            ("task", "1000 tasks"),
            ("message", "1000 messages"),
        ):
            with self.subTest(many=many):
                self.assertLessEqual(int(used[many]) - int(used["1 " + what]), 256)

    @firmware("tests/firmware/limits", until="200000s")
    def test_grows_by_a_bounded_piece_a_level(self, report):
        most = 160 if report.preset == "pico-o0" else 48  # of 4096
        for what in ("levels", "late levels"):
            used = int(report.line_starting(f"20 {what}: ").removesuffix(" bytes"))
            one = int(report.line_starting(f"1 {what.removesuffix('s')}: ").removesuffix(" bytes"))
            self.assertLessEqual(used - one, 19 * most, what)


class ExactPool(FirmwareTest):
    def run_with(self, preset, size):
        bits = tuple(f"GP{2 + bit}@0us+1ms" for bit in range(8) if size // 8 >> bit & 1)
        return run(preset, "tests/firmware/exact_pool", bits + DEMO_PRESSES, "1s")

    @on_each_preset
    def test_of_what_the_demo_needs_is_enough_and_less_is_told(self, preset):
        with_all = self.run_with(preset, 0)
        need = max(int(line.removeprefix("peak ")) for line in with_all.lines if line.startswith("peak "))
        self.assertLessEqual(need, 1024)
        exact = self.run_with(preset, need)
        told = [line for line in with_all.lines if not line.startswith("peak ")]
        self.assertEqual(exact.lines, told)
        self.assertEqual(len(told), 4)

        less = self.run_with(preset, need - 8)
        self.assertRegex(less.lines[0], r"^uasync: task '\w+': no memory.* \d+$")
        self.assertEqual(len(less.lines), 1)
