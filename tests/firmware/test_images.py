"""The files that the build makes, and that a run of them can be repeated to the cycle."""

import json
import re
import struct
import subprocess
import sys

from tools.image import BOOT2_SIZE, FLASH_START, checksum

from .support import BUILD, ROOT, FirmwareTest, image_path, on_each_preset, presses, run, slow

RP2040_FAMILY = 0xE48BFF56
PRESSES = presses(15, (50_000, 150_000, 250_000), 45_000)

#: Drivers, devices and the larger vector table; levels and the watch for long steps.
UNUSED = r"\b(?:I2c|Uart|Adc|Pwm|Dma|Pio\w*|Watchdog|Flash\w*|KeyValueStore\w*|Spi\w*|Switch|Pushbutton|Encoder|Keypad\w*|EdgeCounter|EdgeWatch|Bme280\w*|FrameBuffer|ColorBuffer|Ssd1306\w*|MipiDisplay\w*|NeoPixel\w*|OneWire\w*|Ds18b20|Dht22\w*|Ultrasonic\w*|IrReceiver|IrSender|IrFrame|ir_\w+|Led|LedChannel|RgbLed|Servo|Buzzer|Ramp)\b.*|uasync_vectors_1_to_12|uasync_irq_(?:pwm_wrap|pio._.|dma_.)|Instrumented.*|Levels.*"

FORBIDDEN = (
    # the heap
    "malloc",
    "free",
    "calloc",
    "realloc",
    "_malloc_r",
    "_sbrk",
    "_sbrk_r",
    "operator new(unsigned int)",
    "operator new[](unsigned int)",
    # exceptions, type information, and what terminates a program that has them
    "__cxa_throw",
    "__cxa_allocate_exception",
    "__cxa_begin_catch",
    "__gxx_personality_v0",
    "__aeabi_unwind_cpp_pr0",
    "_Unwind_Resume",
    "__dynamic_cast",
    "std::terminate()",
    "__cxxabiv1::__terminate(void (*)())",
    "abort",
    "exit",
    "__cxa_guard_acquire",
    # a C library's console
    "printf",
    "_write",
    "__sinit",
)


def images(preset):
    """The paths below the preset's folder, without suffix, of all images that were built."""
    found = (BUILD / preset).rglob("*.elf")
    # Not what only the ledger looks at: some of it has no boot block yet, and some is linked again by the ledger, perhaps at this moment.
    ledgers = ("primitive_", "ledger_demo.")
    # Nor the documentation's programs: they are built for its site only, and may use what they like of the standard library.
    programs = BUILD / preset / "tests" / "docs"
    found = [path for path in found if not path.name.startswith(ledgers) and programs not in path.parents]
    return sorted(str(path.relative_to(BUILD / preset).with_suffix("")) for path in found)


class Contents(FirmwareTest):
    @on_each_preset
    def test_a_program_without_drivers_has_nothing_of_them(self, preset):
        for name in ("01_blink", "05_queue"):
            command = ["arm-none-eabi-nm", "-C", image_path(preset, f"examples/{name}")]
            symbols = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            self.assertEqual(re.findall(UNUSED, symbols), [])
            linked = image_path(preset, f"examples/{name}", ".map").read_text().partition("Discarded")[0]
            # What is linked and dropped again is not the same: it changes which functions the compiler inlines.
            self.assertNotRegex(linked, r"\.a\((\S*_drivers|\S*_devices|\S*_on_edges|\S*_on_i2c|\S*_on_onewire|\S*_on_pwm|dma|mipi_display|neopixel|pio|pwm|spi|\S*_on_pio|watchdog|irqs_1_to_12|levels|long_steps|instrumented_loop)\.")

    @on_each_preset
    def test_nothing_is_linked_that_a_board_has_no_use_for(self, preset):
        names = images(preset)
        self.assertIn("examples/05_queue", names)
        for name in names:
            listed = subprocess.run(
                ["arm-none-eabi-nm", "--demangle", "--format=posix", image_path(preset, name)], capture_output=True, text=True, check=True
            ).stdout
            symbols = {line.rsplit(" ", 3)[0] for line in listed.splitlines()}
            symbols |= {line.split(" ", 1)[0] for line in listed.splitlines()}
            self.assertIn("main", symbols)
            if name == "tests/firmware/fault":
                symbols.discard("abort")  # the port's own, which shares its one instruction with the pure virtual call made there
            self.assertEqual(symbols.intersection(FORBIDDEN), set(), name)

    @on_each_preset
    def test_bin_is_what_the_elf_file_puts_into_flash(self, preset):
        for name in images(preset):
            flash = image_path(preset, name, ".bin").read_bytes()
            for address, data in elf_segments(image_path(preset, name).read_bytes()):
                offset = address - FLASH_START
                self.assertEqual(flash[offset : offset + len(data)], data, name)

    @on_each_preset
    def test_the_boot_block_has_its_checksum_and_leads_to_the_program(self, preset):
        for name in images(preset):
            flash = image_path(preset, name, ".bin").read_bytes()
            self.assertEqual(struct.unpack_from("<I", flash, BOOT2_SIZE - 4)[0], checksum(flash[: BOOT2_SIZE - 4]), name)
            stack, entry = struct.unpack_from("<II", flash, BOOT2_SIZE)
            self.assertEqual(stack, 0x20042000)
            self.assertEqual(entry & 1, 1)
            self.assertTrue(FLASH_START + BOOT2_SIZE < entry < FLASH_START + len(flash))

    @on_each_preset
    def test_uf2_holds_the_bin_for_the_right_chip(self, preset):
        for name in images(preset):
            flash = image_path(preset, name, ".bin").read_bytes()
            uf2 = image_path(preset, name, ".uf2").read_bytes()
            self.assertEqual(len(uf2) % 512, 0)
            count = len(uf2) // 512
            written = b""
            for number in range(count):
                block = uf2[512 * number : 512 * (number + 1)]
                magic_1, magic_2, flags, address, size, index, total, family = struct.unpack_from("<8I", block)
                (magic_3,) = struct.unpack_from("<I", block, 508)
                self.assertEqual((magic_1, magic_2, magic_3), (0x0A324655, 0x9E5D5157, 0x0AB16F30))
                self.assertEqual((flags, address, size), (0x2000, FLASH_START + 256 * number, 256))
                self.assertEqual((index, total, family), (number, count, RP2040_FAMILY))
                written += block[32 : 32 + size]
            self.assertEqual(written[: len(flash)], flash, name)
            self.assertLess(len(written) - len(flash), 256)


def elf_segments(elf):
    """(address in flash, bytes) of each segment that is loaded."""
    (table,) = struct.unpack_from("<I", elf, 28)
    (count,) = struct.unpack_from("<H", elf, 44)
    for index in range(count):
        kind, offset, _, address, size = struct.unpack_from("<5I", elf, table + 32 * index)
        if kind == 1 and size:
            below = max(FLASH_START - address, 0)  # the file's own headers
            yield address + below, elf[offset + below : offset + size]


@slow
class Repeatable(FirmwareTest):
    @on_each_preset
    def test_the_same_image_and_presses_do_the_same_to_the_cycle(self, preset):
        first, second = (run(preset, "examples/05_queue", PRESSES, "600ms", attempt=attempt) for attempt in (1, 2))
        self.assertEqual(first.json, second.json)
        self.assertGreater(first.edge_count[25], 1000)

    @on_each_preset
    def test_the_uf2_file_runs_as_the_elf_file_does(self, preset):
        elf = run(preset, "examples/05_queue", PRESSES, "600ms", attempt=1)
        uf2 = run(preset, "examples/05_queue", PRESSES, "600ms", suffix=".uf2")
        self.assertEqual(elf.json, uf2.json)


class Frames(FirmwareTest):
    """What `./uasync size` says of the coroutines' frames."""

    presets = ("pico-os",)

    @on_each_preset
    def test_of_the_demo_all_sizes_are_found(self, preset):
        path = image_path(preset, "examples/05_queue")
        done = subprocess.run([sys.executable, ROOT / "tools" / "frames.py", path, "--json"], capture_output=True, text=True, check=True)
        sizes = {frame["coroutine"]: frame["bytes"] for frame in json.loads(done.stdout)}
        self.assertEqual(sorted(sizes), ["async_main", "blink", "wait_button"])
        for name, size in sizes.items():
            self.assertIsInstance(size, int, name)
            self.assertGreater(size, 24, name)
