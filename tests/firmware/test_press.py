"""The cycles that docs/how_it_works.md tells of, measured anew."""

import re

from .support import ROOT, FirmwareTest, on_each_preset, run_script

PAGE = ROOT / "docs" / "how_it_works.md"
#: A row of the page's table: | stage | from ... to ... | cycles |
ROW = re.compile(r"^\| (\d)\. [^|]*\| (\d+) \| (\d+) \|$", re.MULTILINE)
STAGES = 7
TOLERANCE = 15  # cycles: so that a change of an instruction or two elsewhere asks nobody to edit the page


class Press(FirmwareTest):
    presets = ("pico-os",)

    @on_each_preset
    def test_the_page_has_the_cycles_that_are_measured(self, preset):
        ends = run_script("press.mjs", preset, "tests/firmware/press")
        self.assertEqual(len(ends), STAGES, "the press did not come to all places")
        measured = list(zip([0, *ends], ends))
        told = [(int(start), int(start) + int(cycles)) for _, start, cycles in ROW.findall(PAGE.read_text(encoding="utf-8"))]
        rows = "".join(f"\n{number}. from {start}, {end - start} cycles" for number, (start, end) in enumerate(measured, 1))
        self.assertEqual(len(told), STAGES, f"the table needs these rows:{rows}")
        near = all(abs(a - b) <= TOLERANCE for one, other in zip(told, measured) for a, b in zip(one, other))
        self.assertTrue(near, f"the table should say:{rows}")
