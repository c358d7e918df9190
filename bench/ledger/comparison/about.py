"""What a run was measured with: the machine, the compilers, and the versions of the others."""

from __future__ import annotations

import datetime
import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Optional, Sequence, Union

from ..build import ROOT, cached
from ..files import Texts
from ..host import DEBIAN

OTHERS = "cores that other programs used meanwhile"
#: Where a library's header says which version it is: the option of the build that has found it, the header, and a pattern.
HEADERS = {
    "asio": ("UASYNC_ASIO_INCLUDE", "asio/version.hpp", r"#define ASIO_VERSION \d+ *// *([\d.]+)"),
    "libuv": ("UASYNC_LIBUV_INCLUDE", "uv/version.h", r"#define UV_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)"),
}
COMPILERS = {
    "GCC for Linux": ("gcc", "g++"),
    "GCC for the Pico": ("pico-os", "arm-none-eabi-g++"),
    "Clang for the Pico": ("pico-clang", "clang++-19"),
}


def said(*command: Union[str, Path]) -> str:
    """What a command prints, or nothing if there is no such command or it fails."""
    if shutil.which(str(command[0])) is None:
        return ""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def found(pattern: str, file: Path) -> list[str]:
    try:
        return re.findall(pattern, file.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    except OSError:
        return []


def processor() -> str:
    names = found(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo"))
    return names[0] if names else platform.machine()


def busy_seconds() -> float:
    """CPU time that the whole machine has used since it was started."""
    fields = found(r"^cpu +(.+)$", Path("/proc/stat"))
    if not fields:
        return own_seconds()
    user, nice, system, _, _, irq, soft_irq, stolen, *_ = (int(field) for field in fields[0].split())
    return (user + nice + system + irq + soft_irq + stolen) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """CPU time of this process and of those that it has started, whose own are with them once they have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


class Watch:
    """What other programs do meanwhile."""

    def __init__(self) -> None:
        self.start = (time.monotonic(), busy_seconds() - own_seconds())

    def cores(self) -> str:
        """How many cores they have used on average."""
        seconds, others = time.monotonic() - self.start[0], busy_seconds() - own_seconds() - self.start[1]
        return f"{max(0.0, others / seconds):.2f}"


def option(preset: str, name: str) -> Optional[str]:
    return cached(preset, name) if (ROOT / "build" / preset / "CMakeCache.txt").exists() else None


def compiler(preset: str, usual: str) -> str:
    command = option(preset, "CMAKE_CXX_COMPILER") or usual
    return said(command, "--version").partition("\n")[0] or "unknown"


def library(system: str) -> str:
    """The version that the header which was compiled says, and that of the Debian package if there is one."""
    if system in HEADERS:
        include, header, pattern = HEADERS[system]
        version = ".".join(found(pattern, Path(option("gcc", include) or "/usr/include") / header))
    else:
        version = said("pkg-config", "--modversion", "glib-2.0")
    package = said("dpkg-query", "-W", "-f", "${Version}", DEBIAN[system])
    return f"{version or 'unknown'} (Debian's package {DEBIAN[system]} {package})" if package else version or "unknown"


def emulator() -> str:
    names = found(r'^\s*"version": "([^"]+)"', ROOT / "emulator" / "node_modules" / "rp2040js" / "package.json")
    return f"rp2040js {names[0] if names else 'of unknown version'}, with the corrections in `emulator/src`"


def version_of_uasync() -> str:
    return "".join(found(r"^project\(uasync VERSION ([\d.]+)", ROOT / "CMakeLists.txt")) or "unknown"


def describe(others: str, systems: Sequence[str]) -> Texts:
    """Everything that stands in the page beside the figures. `systems` are those that were measured."""
    release = found(r'^PRETTY_NAME="?([^"\n]+)', Path("/etc/os-release"))
    return {
        "run": {
            "date": datetime.date.today().isoformat(),
            "uasync": version_of_uasync(),
            "processor": processor(),
            "cores": str(os.cpu_count() or 1),
            "system": release[0] if release else platform.system(),
            OTHERS: others,
            "emulated Pico": emulator(),
        },
        "compilers": {title: compiler(*where) for title, where in COMPILERS.items()},
        "systems": {
            **{system: library(system) for system in DEBIAN if system in systems},
            **({"cpython": platform.python_version()} if "cpython" in systems else {}),
        },
    }
