"""The Pico SDK's own examples on the emulated Pico, as anybody's firmware: they use its boot ROM, flash, peripherals and both cores.

tools/cli/pico_sdk.py builds them. The environment has PICO_EXAMPLES_PATH, the folder of pico-examples.
"""

import math
import os
import re
import tempfile
import unittest
from pathlib import Path

from tests.firmware import support
from tests.firmware.support import BUILD
from tests.pico_sdk import waveforms

PRESET = "pico-sdk-examples"
EXAMPLES = Path(__file__).with_name("sdk_examples.txt").read_text().split()
LED = 25


def path_of(name):
    """Where an example's image is below the preset's folder, without its suffix."""
    found = sorted((BUILD / PRESET).rglob(f"{name}.elf"))
    if not found:
        raise AssertionError(f"{name}.elf is not built; ./uasync test builds it where PICO_EXAMPLES_PATH is set")
    return str(found[0].relative_to(BUILD / PRESET).with_suffix(""))


class ExampleTest(unittest.TestCase):
    def run_example(self, name, until="2s", end="until", options=()):
        report = support.run(PRESET, path_of(name), (), until, options=tuple(options))
        self.assertEqual((report.status, report.exit), (0, end), f"{report}\n{report.said}")
        return report

    def assert_prints(self, name, *expected, until="2s", end="breakpoint", options=()):
        """All of a console, or its lines where these begin it."""
        lines = self.run_example(name, until, end, options).lines
        self.assertEqual(lines[: len(expected)], list(expected))
        return lines


@unittest.skipUnless(os.environ.get("PICO_EXAMPLES_PATH"), "PICO_EXAMPLES_PATH is not set")
class Examples(ExampleTest):
    def test_hello(self):
        self.assert_prints("hello_serial", *["Hello, world!"] * 2, end="until")
        self.assert_prints("hello_uart", "AB Hello, UART!", end="breakpoint")

    def test_pins(self):
        for name, times in (("blink", 8), ("blink_simple", 8), ("blink_any", 8), ("status_blink", 8)):
            self.assertEqual(self.run_example(name).edge_count[LED], times, name)
        self.assertGreater(self.run_example("picoboard_blinky").edge_count[LED], 4)
        self.assertEqual(self.run_example("picoboard_button").edge_count.get(LED, 0), 0)  # nobody presses BOOTSEL
        taps = self.run_example("hello_double_tap", until="1s").edges(LED)
        self.assertEqual([round(t_us, -3) for t_us, _ in taps], [200e3, 450e3, 700e3, 950e3])  # it looks for a second tap for 200 ms

    def test_pins_of_a_display(self):
        """Segments A to G, on GP2 and so on, are lit while low: 9 and 8; 9 again while the button is pressed, then 0 and 1."""
        report = self.run_example("hello_7segment", until="1200ms", options=("--press", "GP9@400ms+2s"))
        self.assertEqual(report.lines, ["Hello, 7segment - press button to count down!"])
        shown = [sum((1 - waveforms.level_at(report.edges(pin + 2), t_ms * 1e3, 0)) << pin for pin in range(7)) for t_ms in (100, 350, 600, 850, 1100)]
        self.assertEqual(shown, [0x67, 0x7F, 0x67, 0x3F, 0x06])

    def test_pin_interrupts(self):
        drives = ("--drive", "GP2@500ms=1", "--drive", "GP2@600ms=0")
        report = self.run_example("hello_gpio_irq", until="1s", options=drives)
        self.assertEqual(report.lines[-2:], ["GPIO 2 EDGE_RISE", "GPIO 2 EDGE_FALL"])

    def test_converter(self):
        lines = self.run_example("hello_adc", options=("--analog", "GP26@0s=1.65V")).lines
        self.assertIn("Raw value: 0x800, voltage: 1.650000 V", lines)
        self.assertEqual(self.run_example("onboard_temperature").lines[0], "Onboard temperature = 27.14 C")
        self.assertIn("RP2040 ADC and Test Console", self.run_example("adc_console").lines)
        self.assert_prints("microphone_adc", "Beep boop, listening...", *["1.00"] * 3, until="25ms", end="until", options=("--analog", "GP26@0s=1V"))
        options = ("--drive", "GP24@0s=1", "--analog", "GP29@0s=1.2335V")  # VBUS, and a third of VSYS
        self.assert_prints("read_vsys", "Power POWERED, 3.70V, temp 27.1 DegC", until="10ms", end="until", options=options)
        battery = ("--analog", "GP29@0s=1.2335V")
        self.assert_prints("read_vsys", "Power BATTERY, 3.70V (58%), temp 27.1 DegC", until="10ms", end="until", options=battery)

    def test_converter_and_bars(self):
        options = ("--analog", "GP26@0s=1.65V", "--analog", "GP27@0s=0.825V")
        shown = self.run_example("joystick_display", until="140ms", options=options).lines[0].split("\r")
        bar = "[" + " " * 20 + "o" + " " * 19 + "]"
        self.assertEqual(shown, ["", *[f"X: {bar}  Y: [{' ' * 10}o{' ' * 29}]"] * 3])

    def test_dma(self):
        self.assert_prints("hello_dma", "Hello, world! (from DMA)")
        expected = ("DMA control block example:", "Transferring one word at a time.", "DMA finished.")
        self.assert_prints("dma_control_blocks", *expected)
        self.run_example("dma_channel_irq", until="10ms")

    def test_dma_of_others(self):
        sniffed = self.run_example("sniff_crc", end="breakpoint").lines
        self.assertEqual(sniffed[0].split()[-4:], ["0xd9", "0xc6", "0x0b", "0x34"])  # the CRC-32 of "123456789" is cbf43926, which is inverted at the end
        self.assertEqual(sniffed[1:], ["Completed DMA sniff of 13 byte buffer, DMA sniff accumulator value: 0x0", "CRC32 check is good"])
        self.assertEqual(self.run_example("spi_dma", end="breakpoint").lines[-1], "Done. Checking...All good")

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

    def test_clocks(self):
        lines = self.run_example("hello_48MHz", end="breakpoint").lines
        self.assertEqual((lines[0], lines[-1]), ("Hello, world!", "Hello, 48MHz"))
        measured = [line.split() for line in lines[1:-1]]
        self.assertEqual([name for name, _, _ in measured], ["pll_sys", "pll_usb", "rosc", "clk_sys", "clk_peri", "clk_usb", "clk_adc", "clk_rtc"] * 2)
        frequencies = [int(value.removesuffix("kHz")) for name, _, value in measured if name != "rosc"]
        self.assertEqual(frequencies, [125000, 48000, 125000, 125000, 48000, 48000, 46, 0, 48000, 48000, 48000, 48000, 48000, 46])
        self.assert_prints("hello_resus", "Hello resus", "Resus event fired")
        lines = self.run_example("clocks_detached_clk_peri", end="breakpoint").lines
        self.assertEqual(lines[2::2], [f"Setting system clock divisor to {divisor}" for divisor in range(1, 11)])
        for divisor, line in enumerate(lines[3::2], 1):
            measured_khz = int(line.removeprefix("Measuring system clock with frequency counter:").removesuffix(" kHz"))
            self.assertLess(abs(measured_khz - 133000 / divisor), 3)  # the counter's steps are 2 kHz

    def test_clocks_at_pins(self):
        report = self.run_example("hello_gpout", until="2ms")
        self.assertEqual(report.lines, ["Hello gpout"])
        for pin, megahertz in ((21, 12.5), (23, 4.8), (24, 4.8)):
            times = report.edge_times(pin)
            self.assertAlmostEqual((times[-1] - times[0]) / (len(times) - 1), 0.5 / megahertz, 4)
        self.assertAlmostEqual(report.edge_count[25], 1.863e-3 / 2 * 4 * 4687.5, delta=1)  # clk_rtc / 10, too slow for the newest edges

    def test_real_time_clock(self):
        shown = self.run_example("hello_rtc", until="1250ms").lines[1].split("\r")
        self.assertEqual([text.strip() for text in shown], ["", *["Friday 5 June 15:45:00 2020"] * 10, *["Friday 5 June 15:45:01 2020"] * 3])
        self.assert_prints("rtc_alarm", "RTC Alarm!", "Alarm Fired At Wednesday 13 January 11:20:05 2020", until="6s")

    def test_variants(self):
        self.assert_prints("build_variant1", "The common thing is 123", "The binary local thing is 456")
        self.assert_prints("build_variant2", "The common thing is 123", "The binary local thing is 789", "A little extra")

    def test_resets(self):
        self.assert_prints("hello_reset", "Hello, reset!")

    def test_random(self):
        """The numbers, but not the half million whose distribution it checks then."""
        lines = self.run_example("rand", until="2ms").lines
        numbers = [re.fullmatch(f"Random {bits}bits ([0-9a-f]{{{bits // 4}}})", line) for bits, line in zip((32, 64, 128), lines)]
        digits = "".join(number[1] for number in numbers if number)
        self.assertEqual((len(digits), lines[3]), (56, "Generating 500000 random numbers"))
        self.assertEqual(len({digits[start : start + 8] for start in range(0, 56, 8)}), 7)

    def test_buses(self):
        lines = self.run_example("i2c_bus_scan", end="breakpoint").lines
        table = ["   0  1  2  3  4  5  6  7  8  9  A  B  C  D  E  F", *[f"{row:x}0 " + "  ".join("." * 16) for row in range(8)]]
        self.assertEqual(lines, ["", "I2C Bus Scan", *table, "Done."])  # nobody is there
        self.assert_prints("uart_advanced", "", "Hello, uart interrupts", "Ibm", until="3ms", end="until", options=("--input", r"Hal\x09@1ms"))

    def test_pwm(self):
        report = self.run_example("hello_pwm", until="1ms")  # main returns, and the modulator goes on
        self.assertGreater(report.edge_count[0], 50)
        self.assertIn("main() returned", report.said)
        self.assertGreater(self.run_example("pwm_led_fade", until="100ms").edge_count[LED], 50)
        lines = self.run_example("pwm_measure_duty_cycle", until="60ms", options=("--wire", "GP2-GP5")).lines
        measured = [re.findall(r"[0-9.]+(?=%)", line) for line in lines[2:]]
        self.assertEqual([output for output, _ in measured], ["0.0", "10.0", "50.0", "90.0", "100.0"])
        for output, back in measured:
            self.assertAlmostEqual(float(back), float(output), delta=0.11)

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


@unittest.skipUnless(os.environ.get("PICO_EXAMPLES_PATH"), "PICO_EXAMPLES_PATH is not set")
class PioExamples(ExampleTest):
    """Those of PIO: what they print, or what their state machines put on pins."""

    def test_arithmetic(self):
        numbers = waveforms.Rand()
        pairs = [(numbers() % 100, numbers() % 100) for _ in range(10)]
        self.assert_prints("pio_addition", "Doing some random additions:", *[f"{a} + {b} = {a + b}" for a, b in pairs])

    def test_levels(self):
        report = self.run_example("hello_pio", until="1100ms")
        self.assertEqual(report.lines, ["Using gpio 25"])
        self.assertEqual([(round(t_us, -4), level) for t_us, level in report.edges(LED)], [(0, 1), (500e3, 0), (1000e3, 1)])
        report = self.run_example("pio_blink", until="600ms")
        self.assertEqual(report.lines[1:], [*[f"Blinking pin {pin} at {7 - pin} Hz" for pin in (3, 4, 5, 6)], "All leds should be flashing"])
        for pin in (3, 4, 5, 6):
            times = report.edge_times(pin)
            self.assertEqual({round(after - before, 1) for before, after in zip(times, times[1:])}, {round(500e3 / (7 - pin), 1)}, pin)

    def test_square_waves(self):
        times = self.run_example("pio_squarewave", until="200us").edge_times(0)
        self.assertEqual({round(after - before, 3) for before, after in zip(times, times[1:])}, {0.04})  # two cycles high, two low, of 2.5 each
        report = self.run_example("pio_squarewave_div_sync", until="10ms")
        for pin in (2, 3, 4):
            self.assertEqual({round(length, 3) for length in waveforms.pulses(report.edges(pin))}, {2 * 65535 / 125}, pin)

    def test_pwm(self):
        """The level of each 10 ms is squared; a count takes three cycles, and one of a level of zero is two."""
        report = self.run_example("pio_pwm", until="55ms")
        self.assertEqual(report.lines[1:], [f"Level = {level}" for level in range(6)])
        cycles = [round(length * 125) for length in waveforms.pulses(report.edges(LED))]
        self.assertEqual(cycles, sorted(cycles))
        self.assertEqual(sorted(set(cycles)), [3 * level * level + 2 for level in range(6)])

    def test_loops_through_a_wire(self):
        lines = self.run_example("pio_spi_loopback", end="breakpoint").lines
        self.assertEqual(lines[::4], [f"CPHA = {phase}, CPOL = {polarity}" for phase in (0, 1) for polarity in (0, 1)])
        self.assertEqual([line.removeprefix("RX:") for line in lines[2::4]], [line.removeprefix("TX:") for line in lines[1::4]])
        self.assertEqual(lines[3::4], ["OK"] * 4)
        for name in ("pio_manchester_encoding", "pio_differential_manchester"):
            lines = self.run_example(name, end="breakpoint", options=("--wire", "GP2-GP3")).lines
            self.assertEqual(lines[2:], ["00000000", "0ff0a55a", "12345678"], name)
        # The receiver begins first. Until the sender drives the wire, the pulls of its ends are against each other, so it is held high.
        options = ("--wire", "GP4-GP5", "--drive", "GP5@0s=1", "--drive", "GP5@230us=z")
        lines = self.run_example("pio_uart_dma", end="breakpoint", options=options).lines
        self.assertEqual((lines[-1], lines.count("dma_tx done"), lines.count("dma_rx done")), ("Test passed", 1, 1))

    def test_uart(self):
        edges = self.run_example("pio_uart_tx", until="3ms").edges(0)
        self.assertEqual(waveforms.uart_bytes(edges, 115200), b"Hello, world! (from PIO!)\r\n")

    def test_infrared(self):
        """It sends one frame, and hears another one."""
        options = waveforms.drives(15, waveforms.nec_detected(bytes([0x5A, 0xA5, 0x3C, 0xC3]), 10e3))
        report = self.run_example("pio_ir_loopback", until="1002ms", options=options)
        self.assertEqual(report.lines, ["", "sent: 00, 00\treceived: 5a, 3c", "sent: 00, 01"])
        sent = [edge for edge in report.edges(14) if edge[0] < 500e3]
        self.assertEqual(waveforms.nec_frame(waveforms.bursts(sent, 100)), bytes([0, 0xFF, 0, 0xFF]))
        carrier = [rise for rise, level in sent if level == 1][:21]  # of the first 562.5 us
        self.assertAlmostEqual(20e3 / (carrier[-1] - carrier[0]), 38.222, 2)

    def test_strips_of_pixels(self):
        report = self.run_example("pio_ws2812", until="6ms")
        numbers = waveforms.Rand()
        self.assertEqual(numbers() % 4, 1)
        direction = "(forward)" if numbers() >> 30 & 1 else "(backward)"
        self.assertEqual(report.lines, ["WS2812 Smoke Test, using pin 2", "Random data", direction])
        pulses = waveforms.pulses(report.edges(2))
        self.assertTrue(all(abs(length - 0.375) < 0.01 or abs(length - 0.75) < 0.01 for length in pulses))
        bits = "".join("1" if length > 0.5 else "0" for length in pulses)
        self.assertEqual(bits, "".join(f"{numbers() & 0xFFFFFF:024b}" for _ in range(150)))

        report = self.run_example("pio_apa102", until="4200us")
        start, *pixels = waveforms.clocked_words(report.edges(2), report.edges(3))
        wave = [int(math.sin(index * math.pi / 256) ** 5 * 255) for index in range(256)]
        self.assertEqual((start, len(pixels) > 100), (0, True))
        for index, pixel in enumerate(pixels):
            self.assertEqual(pixel >> 24, 0xE0 | 16)
            for shift, factor in ((0, 1), (8, 2), (16, 3)):
                self.assertAlmostEqual(pixel >> shift & 0xFF, wave[index * factor % 256], delta=1)  # floats are rounded otherwise

    def test_inputs(self):
        lines = self.run_example("pio_logic_analyser", until="1ms").lines
        self.assertEqual(lines[:4], ["PIO logic analyser example", "Arming trigger", "Starting PWM example", "Capture:"])
        # 16 cycles, of which GP16 is high for 4 and GP17 for 12. It begins with the first rise.
        self.assertRegex(lines[4], r"^16: -{1,4}(_{12}-{4}){5}_{11,12}-{0,4}$")
        self.assertRegex(lines[5], r"^17: -{9,12}(_{4}-{12}){5}_{3,4}-{0,4}$")
        turns = [(185e3, 11, 0), (186e3, 10, 0), (187e3, 11, 1), (188e3, 10, 1), (189e3, 11, 0)]
        options = ["--drive", "GP10@0s=1", "--drive", "GP11@0s=1"]
        for t_us, pin, level in turns:
            options += ["--drive", f"GP{pin}@{t_us}us={level}"]
        lines = self.run_example("pio_quadrature_encoder", until="285ms", options=options).lines
        self.assertIn("Hello from quadrature encoder", lines)
        positions = [line for line in lines if line.startswith("position")]
        self.assertEqual((positions[0], positions[-1]), ("position        0, delta      0", "position        5, delta      5"))


class List(unittest.TestCase):
    def test_each_that_is_built_is_run(self):
        source = Path(__file__).read_text()
        self.assertEqual([name for name in EXAMPLES if f'"{name}"' not in source], [])


if __name__ == "__main__":
    unittest.main()
