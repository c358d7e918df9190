"""The console over USB (UASYNC_CONSOLE): what a host gets, and that it can neither block a task nor lose more than there is room for."""

import json
import re

from .support import FirmwareTest, on_each_preset, run_script

ROOM = 56 * 64  # bytes, in the USB controller's memory
LINE = ": more than there is room for"


def host(preset, name, *steps):
    """Runs an image; each step is a time in milliseconds and what the host does then."""
    given = json.dumps([{"at": at, **what} for at, what in steps])
    run = run_script("usb.mjs", preset, f"tests/firmware/{name}", given)
    run["usb"] = [line["text"] for line in run["lines"] if line["uart"] is None]
    run["uart"] = [line["text"] for line in run["lines"] if line["uart"] == 0]
    return run


class UsbConsole(FirmwareTest):
    @on_each_preset
    def test_what_was_printed_before_the_port_was_open_is_kept(self, preset):
        run = host(preset, "usb_console", (3500, {}))
        self.assertEqual(run["usb"], ["started", "1 s", "2 s", "3 s"])
        self.assertEqual(run["uart"], [])
        self.assertEqual((run["ending"], run["unknown"]), (None, []))

    @on_each_preset
    def test_the_program_gets_what_is_typed(self, preset):
        run = host(preset, "usb_console", (200, {"send": "a"}), (300, {"send": "bc" * 16}), (400, {}))
        self.assertEqual(run["usb"], ["started", "got a", *["got b", "got c"] * 16])

    @on_each_preset
    def test_a_host_that_does_not_read_blocks_nobody(self, preset):
        run = host(preset, "usb_console", (200, {"isReading": False}), (210, {"send": "!"}), (600, {"isReading": True}), (1500, {}))
        got = "\n".join(run["usb"])
        took, dropped = map(int, re.search(r"took (\d+) us, dropped (\d+)", got).groups())
        printed = "".join(f"{number}{LINE}\n" for number in range(1000))
        # Each byte costs some cycles, and no wait.
        self.assertLess(took, len(printed) * 2)
        # The first packet has left its block, which is not filled again before the host has it.
        kept = len(printed) - dropped
        self.assertLessEqual(kept, ROOM)
        self.assertGreater(kept, ROOM - 2 * 64)
        self.assertIn("started\n" + printed[:kept], got)
        self.assertEqual(got.count(LINE), printed[:kept].count(LINE))

    @on_each_preset
    def test_a_host_that_reads_gets_it_all_in_order(self, preset):
        run = host(preset, "usb_console", *[(200 + 20 * i, {"send": "x"}) for i in range(100)], (2500, {}))
        self.assertEqual([line for line in run["usb"] if line.startswith("got")], ["got x"] * 100)

    @on_each_preset
    def test_what_was_under_way_when_the_plug_was_pulled_comes_after_it(self, preset):
        for unread in ("a", "a" * 40):  # less than a packet, and several
            run = host(
                preset, "usb_console", (200, {"isReading": False}), (210, {"send": unread}), (300, {"replug": True}), (310, {"isReading": True}), (600, {"send": "z"}), (700, {})
            )
            self.assertEqual(run["usb"], ["started", *["got a"] * len(unread), "got z"])

    @on_each_preset
    def test_the_touch_goes_to_the_boot_loader(self, preset):
        run = host(preset, "usb_console", (1100, {"setSpeed": 1200}), (1200, {}))
        self.assertEqual(run["ending"], {"kind": "bootsel", "text": "went to the USB boot loader (BOOTSEL)"})
        self.assertEqual(run["usb"], ["started", "1 s"])

    @on_each_preset
    def test_another_speed_does_not(self, preset):
        run = host(preset, "usb_console", (1100, {"setSpeed": 9600}), (2100, {"send": "z"}), (2200, {}))
        self.assertEqual((run["ending"], run["usb"]), (None, ["started", "1 s", "2 s", "got z"]))

    @on_each_preset
    def test_last_words_reach_the_host(self, preset):
        run = host(preset, "usb_console", (200, {"send": "f"}), (1000, {}))
        self.assertEqual(run["usb"], ["started", "uasync: asked to"])
        self.assertEqual(run["ending"]["kind"], "breakpoint")

    @on_each_preset
    def test_last_words_to_a_host_that_does_not_read_are_not_waited_for_for_ever(self, preset):
        run = host(preset, "usb_console", (200, {"isReading": False}), (210, {"send": "f"}), (1000, {}))
        self.assertEqual(run["ending"]["kind"], "breakpoint")
        self.assertEqual(run["usb"], ["started"])

    @on_each_preset
    def test_both_consoles(self, preset):
        run = host(preset, "usb_and_uart", (1500, {}))
        self.assertEqual(run["usb"], ["started", "1 s"])
        self.assertEqual(run["uart"], ["started", "1 s"])
