"""The Pico SDK's own examples on the emulated Pico, as anybody's firmware: they use its boot ROM, flash, peripherals and both cores.

tools/cli/pico_sdk.py builds them. The environment has PICO_EXAMPLES_PATH, the folder of pico-examples.
"""

import os
import re
import tempfile
import unittest
from pathlib import Path

from tests.firmware import support
from tests.firmware.support import BUILD

PRESET = "pico-sdk-examples"
EXAMPLES = Path(__file__).with_name("sdk_examples.txt").read_text().split()
LED = 25


def path_of(name):
    """Where an example's image is below the preset's folder, without its suffix."""
    found = sorted((BUILD / PRESET).rglob(f"{name}.elf"))
    if not found:
        raise AssertionError(f"{name}.elf is not built; ./uasync test builds it where PICO_EXAMPLES_PATH is set")
    return str(found[0].relative_to(BUILD / PRESET).with_suffix(""))


@unittest.skipUnless(os.environ.get("PICO_EXAMPLES_PATH"), "PICO_EXAMPLES_PATH is not set")
class Examples(unittest.TestCase):
    def run_example(self, name, until="2s", end="until", options=()):
        report = support.run(PRESET, path_of(name), (), until, options=tuple(options))
        self.assertEqual((report.status, report.exit), (0, end), f"{report}\n{report.said}")
        return report

    def assert_prints(self, name, *expected, until="2s", end="breakpoint", options=()):
        """All of a console, or its lines where these begin it."""
        lines = self.run_example(name, until, end, options).lines
        self.assertEqual(lines[: len(expected)], list(expected))
        return lines

    def test_hello(self):
        self.assert_prints("hello_serial", *["Hello, world!"] * 2, end="until")
        self.assert_prints("hello_uart", "AB Hello, UART!", end="breakpoint")

    def test_pins(self):
        for name, times in (("blink", 8), ("blink_simple", 8)):
            self.assertEqual(self.run_example(name).edge_count[LED], times, name)
        self.assertGreater(self.run_example("picoboard_blinky").edge_count[LED], 4)
        self.assertEqual(self.run_example("picoboard_button").edge_count.get(LED, 0), 0)  # nobody presses BOOTSEL

    def test_pin_interrupts(self):
        drives = ("--drive", "GP2@500ms=1", "--drive", "GP2@600ms=0")
        report = self.run_example("hello_gpio_irq", until="1s", options=drives)
        self.assertEqual(report.lines[-2:], ["GPIO 2 EDGE_RISE", "GPIO 2 EDGE_FALL"])

    def test_converter(self):
        lines = self.run_example("hello_adc", options=("--analog", "GP26@0s=1.65V")).lines
        self.assertIn("Raw value: 0x800, voltage: 1.650000 V", lines)
        self.assertEqual(self.run_example("onboard_temperature").lines[0], "Onboard temperature = 27.14 C")
        self.assertIn("RP2040 ADC and Test Console", self.run_example("adc_console").lines)

    def test_dma(self):
        self.assert_prints("hello_dma", "Hello, world! (from DMA)")
        expected = ("DMA control block example:", "Transferring one word at a time.", "DMA finished.")
        self.assert_prints("dma_control_blocks", *expected)
        self.run_example("dma_channel_irq", until="10ms")

    def test_arithmetic(self):
        lines = self.run_example("hello_divider", end="breakpoint").lines
        self.assertEqual(lines[1], "123456/-321 = -384 remainder 192")
        self.assertIn("9 times table:", self.run_example("hello_interp", end="breakpoint").lines)

    def test_both_cores(self):
        hello = self.run_example("hello_multicore", until="100ms").lines
        self.assertEqual(hello[0], "Hello, multicore!")
        said = "".join(hello[1:])
        self.assertEqual(len(re.findall("It'?s all gone well on core [01]!", said)), 2, said)
        message = "Irq handlers should have rx'd some stuff - core 0 got 123, core 1 got 321!"
        self.assert_prints("multicore_fifo_irqs", "Hello, multicore_fifo_irqs!", message, end="until", until="50ms")
        results = ("Factorial 10 is 3628800", "Fibonacci 10 is 55")
        self.assert_prints("multicore_runner", "Hello, multicore_runner!", *results)
        self.assert_prints("multicore_runner_queue", "Hello, multicore_runner using queues!", *results)

    def test_pwm(self):
        report = self.run_example("hello_pwm", until="1ms")  # main returns, and the modulator goes on
        self.assertGreater(report.edge_count[0], 50)
        self.assertIn("main() returned", report.said)
        self.assertGreater(self.run_example("pwm_led_fade", until="100ms").edge_count[LED], 50)

    def test_timers(self):
        self.assert_prints("hello_timer", "Hello Timer!", end="until", until="100ms")
        self.assert_prints("timer_lowlevel", "Timer lowlevel!", "Alarm IRQ fired", end="until", until="2100ms")
        lines = self.run_example("periodic_sampler", end="breakpoint", until="20s").lines
        self.assertEqual((lines[0], lines[-1]), ("Got 0: 100", "Done"))

    def test_watchdog(self):
        lines = self.run_example("hello_watchdog", until="1s", end="breakpoint").lines
        self.assertIn("Rebooted by Watchdog!", lines)

    def test_narrow_writes(self):
        self.assertGreater(len(self.run_example("narrow_io_write", end="breakpoint").lines), 5)

    def test_flash(self):
        self.assertEqual(self.run_example("flash_program", end="breakpoint").lines[-1], "Programming successful!")
        self.assertEqual(self.run_example("flash_ssi_dma", end="breakpoint").lines[-1], "Data check ok")
        self.assertTrue(self.run_example("flash_xip_stream", end="breakpoint").lines[-1].endswith("Data check OK"))
        self.assert_prints("unique_board_id", "Unique identifier: d2 75 61 73 79 6e 63 01")

    def test_an_image_in_ram_erases_the_flash(self):
        with tempfile.TemporaryDirectory() as folder:
            flash = Path(folder) / "flash.bin"
            flash.write_bytes(bytes(8192))
            report = self.run_example("flash_nuke", until="20s", end="bootsel", options=("--flash", str(flash)))
            self.assertEqual(flash.read_bytes()[4:8192], b"\0" * 252 + b"\xff" * (8192 - 256))  # it leaves a mark in the first page
        self.assertEqual(report.edge_count[LED], 6)

    def test_each_that_is_built_is_run(self):
        source = Path(__file__).read_text()
        self.assertEqual([name for name in EXAMPLES if f'"{name}"' not in source], [])


if __name__ == "__main__":
    unittest.main()
