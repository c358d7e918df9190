"""Runs firmware images on the emulated Pico, for the tests of this folder.

The images come from the presets that the environment variable UASYNC_FIRMWARE_PRESETS names ("pico-os pico-clang"); without it from
all of them, or with UASYNC_QUICK only from the first; then slow classes are skipped, too. UASYNC_BUILD_DIR says where the presets were built, if not in build/.
"""

import functools
import json
import os
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("UASYNC_BUILD_DIR", ROOT / "build"))
RUNNER = ROOT / "emulator" / "dist" / "cli" / "run.js"
ALL_PRESETS = ("pico-os", "pico-o2", "pico-o0", "pico-clang")

#: For a class that takes longer than a quick run has time for.
slow = unittest.skipIf(os.environ.get("UASYNC_QUICK"), "a quick run leaves it out")

TIME_LIMIT = 120  # seconds of real time for one run; the longest needs a few

_pool = ThreadPoolExecutor(os.cpu_count())


def _chosen_presets():
    named = os.environ.get("UASYNC_FIRMWARE_PRESETS")
    if named is not None:
        return tuple(named.split())
    return ALL_PRESETS[:1] if os.environ.get("UASYNC_QUICK") else ALL_PRESETS


PRESETS = _chosen_presets()


class Report:
    """What a run showed. Times are microseconds of simulated time."""

    def __init__(self, preset, text, status, seconds, said):
        self.preset = preset
        self.seconds = seconds  # of real time that the run took
        self.json = text
        self.status = status  # of the emulator's command: 3 if the firmware crashed
        self.said = said  # by the emulator itself
        content = json.loads(text)
        self.console = [(line["t_us"], line["text"]) for line in content["console"]]
        self.lines = [text for _, text in self.console]
        self.edge_count = {int(pin): count for pin, count in content["edge_count"].items()}
        self.asleep = content["asleep"]
        self.cycles_asleep = content["cycles_asleep"]
        self.end_us = content["end_us"]
        self.exit = content["exit"]
        self._edges = [(edge["pin"], edge["t_us"], edge["level"]) for edge in content["edges"]]

    def edges(self, pin, since=0):
        """(time, level) of each change; the oldest are missing if there were over 10,000 on all pins together."""
        return [(t_us, level) for number, t_us, level in self._edges if number == pin and t_us >= since]

    def edge_times(self, pin, since=0):
        return [t_us for t_us, _ in self.edges(pin, since)]

    def line_starting(self, start):
        """The rest of the only line that starts so."""
        found = [line[len(start) :] for line in self.lines if line.startswith(start)]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} lines start with '{start}', in:\n{self}")
        return found[0].strip()

    def __str__(self):
        return "\n".join([f"{t_us / 1e6:12.6f}  {text}" for t_us, text in self.console] + [f"exit: {self.exit}"])


@functools.lru_cache(maxsize=None)
def run(preset, name, press=(), until="10s", suffix=".elf", attempt=0, options=()):
    """Runs an image and returns its Report. A run that was made already is not made again, unless `attempt` differs.

    `options` are more of the command, as ("--wire", "GP4-GP3").
    """
    if not RUNNER.exists():
        raise AssertionError("the emulator is not built; build it with: cd emulator && npm ci && npm run build")
    path = image_path(preset, name, suffix)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "run.json"
        command = ["node", str(RUNNER), str(path), "--quiet", "--json", str(report), "--until", until]
        command += [*(argument for one in press for argument in ("--press", one)), *options]
        start = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT)
        seconds = time.monotonic() - start
        if not report.exists() or not report.stat().st_size:
            raise AssertionError(f"the emulator failed: {done.stderr}")
        return Report(preset, report.read_text(), done.returncode, seconds, done.stderr)


def run_script(script, preset, name, *arguments):
    """What a script of this folder prints, as JSON, of an image that it runs with the emulator's package: for devices and moments that the emulator's command does
    not know.
    """
    command = ["node", ROOT / "tests" / "firmware" / script, RUNNER.parents[1] / "index.js", image_path(preset, name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIME_LIMIT)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def image_path(preset, name, suffix=".elf"):
    """Where the build put an image. `name` is its path below the preset's folder, without the suffix."""
    path = BUILD / preset / (name + suffix)
    if not path.exists():
        raise AssertionError(
            f"{path.name} is missing in {path.parent}; build it with: cmake --preset {preset} && cmake --build --preset {preset}"
        )
    return path


class FirmwareTest(unittest.TestCase):
    """A test of the images of every preset that was chosen."""

    presets = ALL_PRESETS

    def chosen(self):
        chosen = [preset for preset in self.presets if preset in PRESETS]
        if not chosen:
            self.skipTest("none of its presets was chosen")
        return chosen

    def assertNear(self, value, expected, tolerance):
        self.assertLessEqual(abs(value - expected), tolerance, f"{value} is not within {tolerance} of {expected}")


def on_each_preset(test):
    """Makes test(self, preset) a test of each preset."""

    @functools.wraps(test)
    def on_all(self):
        for preset in self.chosen():
            with self.subTest(preset=preset):
                test(self, preset)

    return on_all


def firmware(name, press=(), until="10s", suffix=".elf"):
    """Makes test(self, report) a test of what the image shows when it runs, on each preset; they run in parallel."""

    def decorate(test):
        @functools.wraps(test)
        def on_all(self):
            chosen = self.chosen()
            work = [_pool.submit(run, preset, name, tuple(press), until, suffix) for preset in chosen]
            for preset, running in zip(chosen, work):
                with self.subTest(preset=preset):
                    test(self, running.result())

        return on_all

    return decorate


def presses(pin, times_us, held_us):
    """--press options: `pin` pulled to ground at each of these times."""
    return tuple(f"GP{pin}@{_us(start_us)}+{_us(held_us)}" for start_us in times_us)


def _us(value):
    return f"{value:.3f}".rstrip("0").rstrip(".") + "us"
