"""Steps that take too long are told by the board itself, while they run and when they have ended."""

import subprocess

from .support import FirmwareTest, firmware, image_path


class LongSteps(FirmwareTest):
    asleep = "SysTick is off meanwhile: true"

    @firmware("tests/firmware/long_steps", until="20420ms")
    def test_the_culprit_is_named_with_the_address_at_which_it_is(self, report):
        lines = [line for line in report.lines if not line.endswith(" rounds")]
        addresses = [line.rpartition(" at ")[2] for line in lines if ", at 0x" in line]
        places = [line.rpartition(" at ")[0] if ", at 0x" in line else line for line in lines]
        running, ended = "uasync: task '{}' has run for 10 ms without an await,", "uasync: task '{}' ran for {} ms without an await"
        self.assertEqual(
            places,
            [
                running.format("measured"),
                ended.format("measured", 10),
                "now long ones",
                running.format("long"),
                ended.format("long", 10),
                running.format("longer"),
                ended.format("longer", 25),
                running.format("measured"),
                ended.format("measured", 14),
                "sleeps",
                self.asleep,
                running.format("measured"),
                ended.format("measured", 14),
                self.asleep,
                "now 2b",
                running.format("async_main"),
            ],
        )
        # Step 2b is in its loop, or in a division that it calls; the other one waits for a time.
        self.assertRegex(addresses[-1], "^0x1000[0-9a-f]{4}$")
        elf = image_path(report.preset, "tests/firmware/long_steps")
        found = subprocess.run(["arm-none-eabi-addr2line", "-ifCe", elf, addresses[1]], capture_output=True, text=True, check=True).stdout
        self.assertRegex(found, "works")

    @firmware("tests/firmware/long_steps", until="20420ms")
    def test_no_sleep_is_ended_by_the_timer(self, report):
        start, end = (next(time for time, text in report.console if text == line) for line in ("sleeps", self.asleep))
        self.assertNear(end - start, 1_000_000, 10_000)
