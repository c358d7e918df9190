"""Cycles and bytes of the same programs as in pico.py, in a project of the Pico SDK, on the emulated Pico."""

from __future__ import annotations

import os

from . import pico
from .build import BENCH, ROOT, Failure, Word, call, progress
from .files import Figures

VARIABLE = "PICO_SDK_PATH"
PREFIX = "pico_sdk.os"
FOLDER = ROOT / "build" / "pico-sdk-bench"


def measure(figures: Figures) -> None:
    """Where there is an SDK; it needs the size of the demo's frame pool, which is that of the bare port."""
    if not os.environ.get(VARIABLE):
        progress(f"{VARIABLE} is not set, so there are no figures of the Pico SDK")
        return
    pool = int(figures["pico.os.demo_pool_bytes"])
    progress("building in a Pico SDK project")
    options: list[Word] = ["-DPICO_BOARD=pico", "-DCMAKE_BUILD_TYPE=MinSizeRel", f"-DUASYNC_BENCH_DEMO_POOL_BYTES={pool}"]
    call(["cmake", "-G", "Ninja", "-S", BENCH / "pico_sdk", "-B", FOLDER, *options])
    call(["cmake", "--build", FOLDER])
    progress(f"running {PREFIX}")
    pico.ledger_firmware(FOLDER, figures, PREFIX, only_stack=False)
    pico.sleep1ms_firmware(FOLDER, figures, PREFIX)
    pico.wake_firmware(FOLDER, figures, PREFIX)
    demo = FOLDER / "ledger_demo.elf"
    report = pico.emulate(demo, "8s", pico.DEMO_PRESSES)
    texts = [line["text"] for line in report["console"]]
    if len(texts) != len(pico.DEMO_PRESSES) or not all(text.isdigit() for text in texts):
        raise Failure(f"{PREFIX}: the demo with a pool of {pool} bytes printed {texts}")
    figures[f"{PREFIX}.demo_flash_bytes"], figures[f"{PREFIX}.demo_ram_bytes"] = pico.static_sizes(demo)
    figures[f"{PREFIX}.demo_asleep"] = pico.asleep_when_blinking(demo)
