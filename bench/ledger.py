#!/usr/bin/env python3
"""The ledger: what uasync costs, in cycles, bytes, instructions and time, held against limits and beside others.

  ledger.py measure [--json FILE]   measure, and print a table
  ledger.py check [--json FILE]     the same, and fail if a limit in limits.json is passed
  ledger.py hold                    measure, and tighten limits.json to what was measured

Cycles, bytes and instructions are repeatable and may have limits. Times are told, never held.

A limit in limits.json has `max` (or `min`), which the project has promised, and perhaps `held`: what was reached, with a little
slack, so that growth is seen long before it breaks the promise. If growth is worth what it buys, `hold` makes it the new state.
"""

import argparse
import json
import math
import os
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
LIMITS = BENCH / "limits.json"
PEERS = BENCH / "peers.json"
EMULATOR = ROOT / "emulator"

PICO_PRESETS = {"os": "pico-os", "o2": "pico-o2", "clang": "pico-clang", "o0": "pico-o0"}
DEMO_PRESSES = ["GP15@1s+100ms", "GP15@1500ms+100ms", "GP15@1700ms+100ms", "GP15@4700ms+100ms"]
POOL_OPTION = "UASYNC_BENCH_DEMO_POOL_BYTES"

# Operations that are timed, with how often, so that each run takes some tenths of a second: uasync, Asio, CPython.
TIMED = {
    "switch": (30_000_000, 3_000_000, 200_000),
    "spawn_join": (4_000_000, 1_000_000, 40_000),
    "await_child": (15_000_000, 10_000_000, 2_000_000),
    "queue1": (8_000_000, 3_000_000, 50_000),
    "queue128": (30_000_000, 10_000_000, 400_000),
}
SLEEPERS = 1_000_000
REPEATS = 5


class Failure(Exception):
    """Something that the user is told in one line."""


def progress(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


def call(command, cwd=ROOT):
    """Standard output of a command that must succeed."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        raise Failure(f"{command[0]} is not installed") from None
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
        raise Failure(f"failed with status {done.returncode}: {' '.join(command)}")
    return done.stdout


def configure(preset, options=()):
    progress(f"configuring {preset}")
    call(["cmake", "--preset", preset, *options])


def build(preset, targets):
    if not (ROOT / "build" / preset / "build.ninja").exists():
        configure(preset)
    progress(f"building {preset}: {', '.join(targets)}")
    call(["cmake", "--build", "--preset", preset, "--target", *targets])


def cached(preset, option):
    """The value of an option in a build folder, or None."""
    cache = ROOT / "build" / preset / "CMakeCache.txt"
    match = re.search(rf"^{option}:\w+=(.*)$", cache.read_text(encoding="utf-8"), re.MULTILINE)
    return match.group(1) if match else None


# The emulated Pico ----------------------------------------------------------------------------------------------------------------


def emulate(image, until, presses=(), vcd=None):
    """The report of a run of `image`."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["node", EMULATOR / "dist" / "run.js", image, "--quiet", "--until", until, "--json", report]
        for press in presses:
            command += ["--press", press]
        if vcd is not None:
            command += ["--vcd", vcd]
        call(command)
        return json.loads(report.read_text(encoding="utf-8"))


def build_emulator():
    if not (EMULATOR / "dist" / "run.js").exists():
        progress("building the emulator")
        if not (EMULATOR / "node_modules").exists():
            call(["npm", "ci"], cwd=EMULATOR)
        call(["npm", "run", "build"], cwd=EMULATOR)


def console_value(report, name):
    for line in report["console"]:
        words = line["text"].split()
        if len(words) == 2 and words[0] == name:
            return int(words[1])
    raise Failure(f"the firmware did not print {name}; it ended with: {report['exit']}")


def static_sizes(elf):
    """Bytes of flash without the boot block, and of RAM without the stack, from an image's section headers."""
    data = elf.read_bytes()
    (table,) = struct.unpack_from("<I", data, 0x20)
    entry_size, count, names_index = struct.unpack_from("<HHH", data, 0x2E)
    sections = [struct.unpack_from("<IIIIIIIIII", data, table + i * entry_size) for i in range(count)]
    names = sections[names_index][4]
    flash = ram = 0
    for name_offset, kind, flags, _, _, size, *_ in sections:
        start = names + name_offset
        name = data[start : data.index(b"\0", start)].decode()
        is_allocated, is_writable, has_contents = flags & 2, flags & 1, kind != 8
        if not is_allocated or name == ".boot2":
            continue
        if has_contents:
            flash += size
        if is_writable:
            ram += size
    return flash, ram


def symbol_size(elf, name):
    """Bytes of a symbol in an image."""
    for line in call(["arm-none-eabi-nm", "--print-size", "--defined-only", elf]).splitlines():
        if line.endswith(f" {name}"):
            return int(line.split()[1], 16)
    raise Failure(f"{elf.name}: no symbol {name}")


def marks(report):
    """The times of GP2's edges in cycles."""
    per_us = report["clk_sys_hz"] / 1e6
    return [edge["t_us"] * per_us for edge in report["edges"] if edge["pin"] == 2]


def ledger_firmware(folder, figures, prefix, only_stack):
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

    def between(first):
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


def demo_firmware(preset, folder, figures, prefix):
    def messages(image):
        report = emulate(image, "8s", DEMO_PRESSES)
        return report, [line["text"] for line in report["console"] if not line["text"].startswith("pool_peak ")]

    report, expected = messages(folder / "ledger_demo_pool.elf")
    peak = max(int(line["text"].split()[1]) for line in report["console"] if line["text"].startswith("pool_peak "))
    pool = str(-(-peak // 8) * 8)
    if cached(preset, POOL_OPTION) != pool:
        configure(preset, [f"-D{POOL_OPTION}={pool}"])
    build(preset, ["ledger_demo"])
    demo = folder / "ledger_demo.elf"
    _, texts = messages(demo)
    if len(texts) != len(DEMO_PRESSES) or texts != expected:
        raise Failure(f"{prefix}: the demo with a pool of {pool} bytes printed {texts} instead of {expected}")
    figures[f"{prefix}.demo_flash_bytes"], figures[f"{prefix}.demo_ram_bytes"] = static_sizes(demo)
    figures[f"{prefix}.demo_pool_bytes"] = int(pool)
    figures[f"{prefix}.descriptor_bytes"] = symbol_size(demo, "uasync_descriptor")
    # Until the first message comes its delay is 0 and it spins, by design; so the difference of two runs.
    short, long = (emulate(demo, until, DEMO_PRESSES[:1]) for until in ("10s", "60s"))
    asleep = long["cycles_asleep"] - short["cycles_asleep"]
    figures[f"{prefix}.demo_asleep"] = asleep / (long["cycles"] - short["cycles"])


def primitives(preset, folder, figures, prefix):
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


def sleep1ms_firmware(folder, figures, prefix):
    with tempfile.TemporaryDirectory() as scratch:
        vcd = Path(scratch) / "edges.vcd"
        emulate(folder / "sleep1ms.elf", "10s", vcd=vcd)
        edges = vcd_edges(vcd, "GP2")
    periods = [b - a for a, b in zip(edges, edges[1:])]
    if len(periods) < 9000:
        raise Failure(f"{prefix}: only {len(periods)} periods of sleep_ms(1) in 10 s")
    figures[f"{prefix}.sleep1ms_late_max_us"] = max(0.0, max(periods) - 1000)
    figures[f"{prefix}.sleep1ms_early_max_us"] = max(0.0, 1000 - min(periods))


def vcd_edges(path, wire):
    """The times in us at which a wire changed. The waveform counts nanoseconds."""
    text = path.read_text(encoding="ascii")
    match = re.search(rf"\$var wire 1 (\S) {wire} \$end", text)
    if match is None:
        raise Failure(f"{wire} never changed")
    time = 0
    edges = []
    for line in text[text.index("$dumpvars") :].splitlines():
        if line.startswith("#"):
            time = int(line[1:])
        elif line == f"0{match.group(1)}" or line == f"1{match.group(1)}":
            edges.append(time / 1000)
    return edges[1:]  # the first is its level at 0


def measure_pico(figures, quick):
    build_emulator()
    for name, preset in PICO_PRESETS.items():
        if quick and name == "clang":
            continue
        prefix = f"pico.{name}"
        only_stack = name == "o0"
        build(preset, ["ledger"] if only_stack else ["ledger", "sleep1ms", "ledger_demo_pool"])
        progress(f"running {prefix}")
        folder = ROOT / "build" / preset / "bench" / "pico"
        ledger_firmware(folder, figures, prefix, only_stack)
        if not only_stack:
            sleep1ms_firmware(folder, figures, prefix)
            demo_firmware(preset, folder, figures, prefix)
        if name == "os":
            primitives(preset, folder, figures, prefix)


# Linux ----------------------------------------------------------------------------------------------------------------------------


def run_operation(command, name, count):
    """What a program of bench/host tells, as a map."""
    lines = call([*command, name, count]).split("\n")
    return {key: float(value) for key, value in (line.split() for line in lines if line)}


def instructions(program, name, count):
    """User instructions of a whole run, by callgrind."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        call(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, name, count])
        return int(re.search(r"^totals: (\d+)", out.read_text(encoding="utf-8"), re.MULTILINE).group(1))


def measure_host(figures, quick):
    if shutil.which("valgrind") is None:
        raise Failure("valgrind is not installed")
    folder = ROOT / "build" / "gcc" / "bench" / "host"
    build("gcc", ["uasync_bench"])
    programs = {"uasync": [folder / "uasync_bench"]}
    if not quick:
        if cached("gcc", "UASYNC_ASIO_INCLUDE") in (None, "UASYNC_ASIO_INCLUDE-NOTFOUND"):
            progress("Asio is not installed (Debian: libasio-dev), so it is left out")
        else:
            build("gcc", ["asio_bench"])
            programs["asio"] = [folder / "asio_bench"]
        programs["cpython"] = [sys.executable, BENCH / "host" / "cpython_bench.py"]

    for name in TIMED:
        progress(f"counting {name}")
        # What is the same in both runs, such as filling the pool, cancels out; what is left is printing a time of more or fewer
        # digits, which the last decimal would show.
        once, twice = (instructions(programs["uasync"][0], name, count) for count in (100_000, 200_000))
        figures[f"host.{name}_instr"] = round((twice - once) / 100_000, 1)

    def tell(figure, system, value):
        if system == "uasync":
            figures[f"host.{figure}"] = value
            return
        figures[f"host.{system}.{figure}"] = value
        # How many times as much as uasync.
        if figures[f"host.{figure}"] > 0:
            figures[f"host.{system}.{figure.rsplit('_', 1)[0]}_ratio"] = value / figures[f"host.{figure}"]

    load, cores = os.getloadavg()[0], os.cpu_count()
    if load > cores / 2:
        progress(f"the machine is busy (load {load:.1f}, {cores} cores): times will be too long, those of sleeping tasks most of all")
    for name, counts in TIMED.items():
        progress(f"timing {name}")
        times = {system: [] for system in programs}
        for _ in range(1 if quick else REPEATS):  # in turns, so that whatever else the machine does meets all alike
            for (system, command), count in zip(programs.items(), counts):
                times[system].append(run_operation(command, name, count)["ns"])
        for system in programs:
            tell(f"{name}_ns", system, statistics.median(times[system]))

    for system, command in programs.items():
        progress(f"timing a million sleeping tasks: {system}")
        repeats = 1 if quick or system == "cpython" else 3
        runs = [run_operation(command, "sleepers", SLEEPERS) for _ in range(repeats)]
        over = statistics.median(run["over_ms"] for run in runs)
        if system == "uasync":
            figures["host.sleepers_1m_bytes"] = runs[0]["pool_bytes"]
            figures["host.sleepers_1m_over_ms"] = over
            figures["host.sleepers_1m_rss_bytes"] = runs[0]["rss_bytes"]
        else:
            figures[f"host.{system}.sleepers_1m_over_ms"] = over
            figures[f"host.{system}.sleepers_1m_over_ratio"] = over / figures["host.sleepers_1m_over_ms"]
            figures[f"host.{system}.sleepers_1m_rss_bytes"] = runs[0]["rss_bytes"]
            figures[f"host.{system}.sleepers_1m_rss_ratio"] = runs[0]["rss_bytes"] / figures["host.sleepers_1m_rss_bytes"]


# The books ------------------------------------------------------------------------------------------------------------------------


def rounded(value):
    """Enough digits for what is measured, and few enough that floating point does not show."""
    value = round(value, 6 if abs(value) < 1 else 3)
    return int(value) if value == int(value) else value


def measure(arguments):
    figures = {}
    if arguments.only != "pico":
        measure_host(figures, arguments.quick)
    if arguments.only != "host":
        measure_pico(figures, arguments.quick)
    figures = {name: rounded(value) for name, value in figures.items()}
    if arguments.json is not None:
        Path(arguments.json).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def bound(limit):
    """What a limit allows, in words."""
    if limit is None:
        return ""
    words = f"<= {limit['max']}" if "max" in limit else f">= {limit['min']}"
    return f"{words} ({limit['held']})" if "held" in limit else words


def peers_of(name, peers):
    """The figures of others for `name`; those that are for all builds of a firmware, and those for this one."""
    common = re.sub(r"^pico\.\w+\.", "pico.", name)
    return {**peers.get(common, {}), **peers.get(name, {})}


def print_table(figures, limits):
    peers = load(PEERS)
    columns = ["MicroPython 1.28", "FreeRTOS 11.3", "TooManyCooks", "Embassy 0.10", "Asio", "CPython 3.11", "libcoro", "floor"]
    for title, prefix, systems in (
        ("Linux, x86-64, one core", "host.", columns[2:]),
        ("Emulated Pico, 125 MHz", "pico.", [columns[0], columns[1], columns[-1]]),
    ):
        names = [name for name in figures if name.startswith(prefix)]
        if not names:
            continue
        rows = [[title, "measured", "limit (held)", *systems]]
        for name in names:
            others = peers_of(name, peers["figures"])
            rows.append([name, f"{figures[name]:,}", bound(limits.get(name)), *(f"{others[s]:,}" if s in others else "" for s in systems)])
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        print()
        for row in rows:
            print("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip())
    print("\n" + textwrap.fill(peers["note"], 120))


def failures(figures, limits):
    """A sentence for each limit that is passed."""
    for name, limit in limits.items():
        if name not in figures:
            continue
        value = figures[name]
        sign = 1 if "max" in limit else -1
        promised = limit["max"] if sign == 1 else limit["min"]
        passed = rounded(sign * (value - promised))
        if passed > 0:
            yield f"{name} is {value:,}: {'over' if sign == 1 else 'under'} its limit of {promised:,} by {passed:,}"
        elif "held" in limit and sign * (value - limit["held"]) > 0:
            grown = rounded(abs(value - limit["held"]))
            yield (
                f"{name} is {value:,}: worse than the held {limit['held']:,} by {grown:,}, though inside its limit of {promised:,}; "
                f"if that is worth it, `bench/ledger.py hold` makes it the new state"
            )


def hold(figures, limits):
    """Tightens or loosens what is held to what was measured, with 2 % of slack; the promises stay."""
    for name, value in figures.items():
        if re.match(r"pico\.os\.(flash|ram)\.", name):  # these are promised to nobody, but growth is to be seen
            limits[name] = {"max": value + (value // 32 if ".flash." in name else 0)}
    for name in [name for name in limits if re.match(r"pico\.os\.(flash|ram)\.", name) and name not in figures]:
        del limits[name]
    for name, limit in limits.items():
        if name not in figures or re.match(r"pico\.os\.(flash|ram)\.", name):
            continue
        limit.pop("held", None)
        if "max" in limit:
            held = math.ceil(figures[name] * 1.02)
            if held < limit["max"]:
                limit["held"] = held
        else:
            held = 1 - (1 - figures[name]) * 1.02
            if held > limit["min"]:
                limit["held"] = math.floor(held * 1e6) / 1e6
    lines = [f"  {json.dumps(name)}: {json.dumps(limit)}" for name, limit in limits.items()]
    LIMITS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["measure", "check", "hold"])
    parser.add_argument("--json", metavar="FILE", help="write the figures as a flat map of names to numbers")
    parser.add_argument("--only", choices=["pico", "host"], help="leave out the other half")
    parser.add_argument("--quick", action="store_true", help="leave out the other systems and Clang's firmware; each time once")
    arguments = parser.parse_args()
    try:
        figures = measure(arguments)
        limits = load(LIMITS)
        if arguments.verb == "hold":
            hold(figures, limits)
        print_table(figures, limits)
        if arguments.verb == "check":
            sentences = list(failures(figures, limits))
            for sentence in sentences:
                print(f"ledger: {sentence}", file=sys.stderr)
            return 1 if sentences else 0
    except Failure as failure:
        print(f"ledger: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
