"""The cycles that docs/how_it_works.md tells of, measured anew."""

import json
import re
import subprocess

from .support import ROOT, RUNNER, TIME_LIMIT, FirmwareTest, image_path, on_each_preset

PAGE = ROOT / "docs" / "how_it_works.md"
#: A row of the page's table: | stage | from ... to ... | cycles |
ROW = re.compile(r"^\| (\d)\. [^|]*\| (\d+) \| (\d+) \|$", re.MULTILINE)
STAGES = 7
TOLERANCE = 15  # cycles: so that a change of an instruction or two elsewhere asks nobody to edit the page


class Press(FirmwareTest):
    presets = ("pico-os",)

    @on_each_preset
    def test_the_page_has_the_cycles_that_are_measured(self, preset):
        command = ["node", ROOT / "tests" / "firmware" / "press.mjs", RUNNER.parents[1] / "index.js", image_path(preset, "tests/firmware/press")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
        self.assertEqual(done.returncode, 0, done.stderr)
        ends = json.loads(done.stdout)
        self.assertEqual(len(ends), STAGES, "the press did not come to all places")
        measured = list(zip([0, *ends], ends))
        told = [(int(start), int(start) + int(cycles)) for _, start, cycles in ROW.findall(PAGE.read_text(encoding="utf-8"))]
        rows = "".join(f"\n{number}. from {start}, {end - start} cycles" for number, (start, end) in enumerate(measured, 1))
        self.assertEqual(len(told), STAGES, f"the table needs these rows:{rows}")
        near = all(abs(a - b) <= TOLERANCE for one, other in zip(told, measured) for a, b in zip(one, other))
        self.assertTrue(near, f"the table should say:{rows}")
