"""Cycles and bytes on the emulated Pico."""

from __future__ import annotations

import json
import re
import struct
import tempfile
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

from .build import ROOT, Failure, Word, build, cached, call, configure, progress
from .files import Figures

EMULATOR = ROOT / "emulator"
PRESETS = {"os": "pico-os", "o2": "pico-o2", "clang": "pico-clang", "o0": "pico-o0"}
# The first comes early: until then the demo's delay is 0 and it spins, which takes the emulator long.
DEMO_PRESSES = ["GP15@100ms+100ms", "GP15@1100ms+100ms", "GP15@1300ms+100ms", "GP15@4300ms+100ms"]
POOL_OPTION = "UASYNC_BENCH_DEMO_POOL_BYTES"

RAM_START = 0x20000000

Report = Dict[str, Any]  # as the emulator writes it


def emulate(image: Path, until: str, presses: Sequence[str] = (), vcd: Optional[Path] = None) -> Report:
    """The report of a run of `image`."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command: list[Word] = ["node", EMULATOR / "dist" / "cli" / "run.js", image, "--quiet", "--until", until, "--json", report]
        for press in presses:
            command += ["--press", press]
        if vcd is not None:
            command += ["--vcd", vcd]
        call(command)
        content: Report = json.loads(report.read_text(encoding="utf-8"))
        return content


def build_emulator() -> None:
    if not (EMULATOR / "dist" / "cli" / "run.js").exists():
        progress("building the emulator")
        if not (EMULATOR / "node_modules").exists():
            call(["npm", "ci"], cwd=EMULATOR)
        call(["npm", "run", "build"], cwd=EMULATOR)


def console_value(report: Report, name: str) -> int:
    for line in report["console"]:
        words = line["text"].split()
        if len(words) == 2 and words[0] == name:
            return int(words[1])
    raise Failure(f"the firmware did not print {name}; it ended with: {report['exit']}")


def static_sizes(elf: Path) -> tuple[int, int]:
    """Bytes of flash without the boot block, and of RAM without the stack, from an image's section headers."""
    try:
        return sizes_in(elf.read_bytes())
    except (struct.error, ValueError, IndexError):
        raise Failure(f"{elf}: not a whole ELF file") from None


def sizes_in(data: bytes) -> tuple[int, int]:
    (table,) = struct.unpack_from("<I", data, 0x20)
    entry_size, count, names_index = struct.unpack_from("<HHH", data, 0x2E)
    sections = [struct.unpack_from("<IIIIIIIIII", data, table + i * entry_size) for i in range(count)]
    names = sections[names_index][4]
    flash = ram = 0
    for name_offset, kind, flags, address, _, size, *_ in sections:
        start = names + name_offset
        name = data[start : data.index(b"\0", start)].decode()
        is_allocated, has_contents = flags & 2, kind != 8
        is_code_in_ram = flags & 4 and address >= RAM_START  # with the data beside it, in the Pico SDK
        if not is_allocated or name == ".boot2":
            continue
        if has_contents:
            flash += size
        if flags & 1 or is_code_in_ram:
            ram += size
    return flash, ram


def symbol_size(elf: Path, name: str) -> int:
    """Bytes of a symbol in an image."""
    for line in call(["arm-none-eabi-nm", "--print-size", "--defined-only", elf]).splitlines():
        if line.endswith(f" {name}"):
            return int(line.split()[1], 16)
    raise Failure(f"{elf.name}: no symbol {name}")


def marks(report: Report) -> list[float]:
    """The times of GP2's edges in cycles."""
    per_us = report["clk_sys_hz"] / 1e6
    return [edge["t_us"] * per_us for edge in report["edges"] if edge["pin"] == 2]


def ledger_firmware(folder: Path, figures: Figures, prefix: str, only_stack: bool) -> None:
    presses = [f"GP15@{1000 + 100 * i}ms+10ms" for i in range(5)]
    report = emulate(folder / "ledger.elf", "60s", presses)
    if not any(line["text"] == "done" for line in report["console"]):
        raise Failure(f"{prefix}: the ledger's firmware did not finish: {report['exit']}")
    figures[f"{prefix}.stack_100k_awaits_bytes"] = console_value(report, "stack_100k_awaits_bytes")
    if only_stack:
        return
    time = marks(report)
    if len(time) != 221:
        raise Failure(f"{prefix}: the ledger's firmware made {len(time)} marks instead of 221")
    mark = time[1] - time[0]  # what is between two edges that nothing is between
    rounds = 1000

    def between(first: int) -> float:
        return time[first + 1] - time[first] - mark

    figures[f"{prefix}.switch_cycles"] = between(2) / (2 * rounds)
    # The worst of those repeated: they differ by where the queue's ring wraps, and by the few cycles of a loop's other branch.
    figures[f"{prefix}.put_to_getter_cycles"] = max(between(i) for i in range(6, 206, 2))
    figures[f"{prefix}.ring_put_from_isr_cycles"] = max(between(i) for i in range(206, 214, 2))
    figures[f"{prefix}.ring_put_wakes_cycles"] = between(214)
    per_us = report["clk_sys_hz"] / 1e6
    pressed = [edge["t_us"] * per_us for edge in report["edges"] if edge["pin"] == 15 and edge["level"] == 0]
    figures[f"{prefix}.edge_to_task_cycles"] = max(seen - edge - mark for edge, seen in zip(pressed[-5:], time[216:]))
    figures[f"{prefix}.await_child_cycles"] = between(4) / rounds
    figures[f"{prefix}.sleeping_task_bytes"] = console_value(report, "sleeping_tasks_100_bytes") / 100


def demo_firmware(preset: str, folder: Path, figures: Figures, prefix: str) -> None:
    def messages(image: Path) -> tuple[Report, list[str]]:
        report = emulate(image, "8s", DEMO_PRESSES)
        return report, [line["text"] for line in report["console"] if not line["text"].startswith("pool_peak ")]

    report, expected = messages(folder / "ledger_demo_pool.elf")
    peak = max(int(line["text"].split()[1]) for line in report["console"] if line["text"].startswith("pool_peak "))
    pool = str(-(-peak // 8) * 8)
    if cached(preset, POOL_OPTION) != pool:
        configure(preset, [f"-D{POOL_OPTION}={pool}"])
    build(preset, ["ledger_demo", "ledger_demo_usb"])
    demo = folder / "ledger_demo.elf"
    _, texts = messages(demo)
    if len(texts) != len(DEMO_PRESSES) or texts != expected:
        raise Failure(f"{prefix}: the demo with a pool of {pool} bytes printed {texts} instead of {expected}")
    figures[f"{prefix}.demo_flash_bytes"], figures[f"{prefix}.demo_ram_bytes"] = static_sizes(demo)
    figures[f"{prefix}.demo_pool_bytes"] = int(pool)
    with_usb = static_sizes(folder / "ledger_demo_usb.elf")
    figures[f"{prefix}.usb_console_flash_bytes"] = with_usb[0] - figures[f"{prefix}.demo_flash_bytes"]
    figures[f"{prefix}.usb_console_ram_bytes"] = with_usb[1] - figures[f"{prefix}.demo_ram_bytes"]
    figures[f"{prefix}.descriptor_bytes"] = symbol_size(demo, "uasync_descriptor")
    figures[f"{prefix}.demo_asleep"] = asleep_when_blinking(demo)


def asleep_when_blinking(demo: Path) -> float:
    """The share of cycles, blinking once a second, as the second press tells it: the difference of two runs, as it spins before the first."""
    short, long = (emulate(demo, until, DEMO_PRESSES[:2]) for until in ("10s", "60s"))
    asleep = long["cycles_asleep"] - short["cycles_asleep"]
    return float(asleep / (long["cycles"] - short["cycles"]))


def primitives(preset: str, folder: Path, figures: Figures, prefix: str) -> None:
    """Flash that a program grows by with its first use of each primitive, and the primitive's own RAM."""
    build(preset, ["primitives"])
    empty, _ = static_sizes(folder / "primitive_nothing.elf")
    for elf in sorted(folder.glob("primitive_*.elf")):
        name = elf.stem.removeprefix("primitive_")
        if name != "nothing":
            figures[f"{prefix}.flash.{name}_bytes"] = static_sizes(elf)[0] - empty
    objects = folder / "CMakeFiles" / "ledger_primitives.dir" / "primitives.cpp.obj"
    for line in call(["arm-none-eabi-nm", "--print-size", "--defined-only", objects]).splitlines():
        words = line.split()
        if len(words) == 4 and words[3].startswith("ram_"):
            figures[f"{prefix}.ram.{words[3].removeprefix('ram_')}_bytes"] = int(words[1], 16)


def sleep1ms_firmware(folder: Path, figures: Figures, prefix: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        vcd = Path(scratch) / "edges.vcd"
        emulate(folder / "sleep1ms.elf", "10s", vcd=vcd)
        edges = vcd_edges(vcd, "GP2")
    periods = [b - a for a, b in zip(edges, edges[1:])]
    if len(periods) < 9000:
        raise Failure(f"{prefix}: only {len(periods)} periods of sleep_ms(1) in 10 s")
    figures[f"{prefix}.sleep1ms_late_max_us"] = max(0.0, max(periods) - 1000)
    figures[f"{prefix}.sleep1ms_early_max_us"] = max(0.0, 1000 - min(periods))


def vcd_edges(path: Path, wire: str) -> list[float]:
    """The times in us at which a wire changed. The waveform counts nanoseconds."""
    text = path.read_text(encoding="ascii", errors="replace")
    match = re.search(rf"\$var wire 1 (\S) {wire} \$end", text)
    if match is None:
        raise Failure(f"{wire} never changed")
    time = 0
    edges = []
    for line in text.partition("$dumpvars")[2].splitlines():
        if line.startswith("#"):
            if not line[1:].isdigit():
                raise Failure(f"{path}: {line!r} is not a time")
            time = int(line[1:])
        elif line == f"0{match.group(1)}" or line == f"1{match.group(1)}":
            edges.append(time / 1000)
    return edges[1:]  # the first is its level at 0


def wake_firmware(folder: Path, figures: Figures, prefix: str) -> None:
    """Cycles awake for each wake of a program that only sleeps, again and again, a millisecond."""
    image = folder / "wake.elf"
    short, long = (emulate(image, until) for until in ("1s", "11s"))
    awake = [report["cycles"] - report["cycles_asleep"] for report in (short, long)]
    time = marks(long)  # one in 1000 wakes
    cycles_a_wake = (time[-1] - time[0]) / (1000 * (len(time) - 1))
    wakes = (long["cycles"] - short["cycles"]) / cycles_a_wake
    figures[f"{prefix}.wake_cycles"] = round((awake[1] - awake[0]) / wakes, 1)


def loops_firmware(folder: Path, figures: Figures, prefix: str) -> None:
    """Posts from core to core and into an interrupt loop, each the worst of twenty, and an edge that wakes an urgent task while the main
    loop is busy."""
    report = emulate(folder / "loops.elf", "1s", [f"GP15@{200 + 100 * i}ms+10ms" for i in range(5)])
    time = marks(report)
    if len(time) != 87:
        raise Failure(f"{prefix}: the firmware with several loops made {len(time)} marks instead of 87: {report['exit']}")
    mark = time[1] - time[0]
    figures[f"{prefix}.core1_post_cycles"] = max(time[i + 1] - time[i] - mark for i in range(2, 42, 2))
    figures[f"{prefix}.urgent_post_cycles"] = max(time[i + 1] - time[i] - mark for i in range(42, 82, 2))
    per_us = report["clk_sys_hz"] / 1e6
    pressed = [edge["t_us"] * per_us for edge in report["edges"] if edge["pin"] == 15 and edge["level"] == 0]
    figures[f"{prefix}.urgent_cycles"] = max(seen - edge - mark for edge, seen in zip(pressed, time[82:]))
    # What several loops cost a program that has one: the ledger's firmware for timed wakes, with and without them.
    for what, number in (("flash", 0), ("ram", 1)):
        figures[f"{prefix}.loops_{what}_bytes"] = static_sizes(folder / "wake_loops.elf")[number] - static_sizes(folder / "wake.elf")[number]


def transfers_firmware(folder: Path, figures: Figures, prefix: str) -> None:
    """Cycles of a transfer by DMA: of an await of one word or byte, and of each further one; SPI is as fast as it can be, 16 cycles a byte; and of a display on it,
    to show a pixel, and each further byte."""
    report = emulate(folder / "transfers.elf", "1s")
    per_us = report["clk_sys_hz"] / 1e6
    for kind, unit in (("dma", "word"), ("spi", "byte")):
        one, many = (console_value(report, f"{kind}_{count}_us") * per_us / 100 for count in (1, 1001))  # a hundred of each
        figures[f"{prefix}.{kind}_await_cycles"] = round(one)
        figures[f"{prefix}.{kind}_{unit}_cycles"] = round((many - one) / 1000, 2)
    one, many = (console_value(report, f"display_{count}_us") * per_us / 100 for count in (1, 101))  # pixels of two bytes
    figures[f"{prefix}.display_show_cycles"] = round(one)
    figures[f"{prefix}.display_byte_cycles"] = round((many - one) / 200, 2)


def measure(figures: Figures) -> None:
    build_emulator()
    for name, preset in PRESETS.items():
        prefix = f"pico.{name}"
        only_stack = name == "o0"
        build(preset, ["ledger"] if only_stack else ["ledger", "sleep1ms", "wake", "ledger_demo_pool"])
        progress(f"running {prefix}")
        folder = ROOT / "build" / preset / "bench" / "pico"
        ledger_firmware(folder, figures, prefix, only_stack)
        if not only_stack:
            sleep1ms_firmware(folder, figures, prefix)
            wake_firmware(folder, figures, prefix)
            demo_firmware(preset, folder, figures, prefix)
        if name == "os":
            build(preset, ["loops", "wake_loops", "transfers"])
            transfers_firmware(folder, figures, prefix)
            loops_firmware(folder, figures, prefix)
            primitives(preset, folder, figures, prefix)
