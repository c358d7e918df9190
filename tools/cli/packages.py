"""The packages that the verbs need, and their installation on Debian and its kin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import Callable, Iterable

from . import apt
from .errors import Failure
from .place import INSTALLED
from .steps import Log, Step

# Sets of Debian packages, named after what they are for.
BUILD = ("cmake", "ninja-build")
PICO = ("gcc-arm-none-eabi", "libnewlib-arm-none-eabi", "libstdc++-arm-none-eabi-newlib")
QEMU = ("qemu-system-arm", "qemu-system-misc", "gcc-riscv64-unknown-elf")
NODE = ("nodejs", "npm", "ca-certificates")
HOST_GCC = ("g++", "doctest-dev")
CLANG = ("clang-19", "libclang-rt-19-dev", "lld-19")
FORMAT = ("clang-format-19", "git")
LINT = ("clang-tidy-19",)
TYPES = ("mypy",)
LEDGER = ("valgrind", "libasio-dev", "libuv1-dev", "libglib2.0-dev")
MODEL = ("spin",)
GDB = ("gdb-multiarch",)
DOXYGEN = ("doxygen",)
BOOK = ("mkdocs", "mkdocs-material", "doxygen-awesome-css")
PACKAGING = ("lintian",)
BROWSER = ("chromium-headless-shell", "fonts-dejavu-core")

# Commands that stand for a package, wherever they come from. The other packages are libraries.
COMMANDS = {
    "cmake": "cmake",
    "ninja-build": "ninja",
    "gcc-arm-none-eabi": "arm-none-eabi-g++",
    "qemu-system-arm": "qemu-system-arm",
    "qemu-system-misc": "qemu-system-riscv32",
    "gcc-riscv64-unknown-elf": "riscv64-unknown-elf-gcc",
    "g++": "g++",
    "clang-19": "clang++-19",
    "lld-19": "ld.lld-19",
    "clang-format-19": "clang-format-19",
    "clang-tidy-19": "clang-tidy-19",
    "gdb-multiarch": "gdb-multiarch",
    "chromium-headless-shell": "chromium-headless-shell",
    "git": "git",
    "mypy": "mypy",
    "valgrind": "valgrind",
    "spin": "spin",
    "doxygen": "doxygen",
    "mkdocs": "mkdocs",
    "lintian": "lintian",
}

OLDEST_NODE = 18


def node_version() -> int:
    """The major version of the node on the PATH; 0 if there is none, or no npm beside it."""
    if not shutil.which("node") or not shutil.which("npm"):
        return 0
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", answer)
    return int(version[1]) if version else 0


def installed(packages: Iterable[str]) -> set[str]:
    """Those of the packages that dpkg has installed."""
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages], capture_output=True, text=True, check=False
    ).stdout
    return {line.split()[0] for line in answer.splitlines() if line.split()[1:] == ["installed"]}


def has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg-query"))


def missing(packages: Iterable[str]) -> list[str]:
    """Those of the packages that have to be installed, in order and once each."""
    wanted = list(dict.fromkeys(packages))
    if node_version() >= OLDEST_NODE:
        wanted = [package for package in wanted if package not in NODE]
    if not has_apt():  # then only commands can be looked for
        return [
            package
            for package in wanted
            if package in ("nodejs", "npm") or (package in COMMANDS and not shutil.which(COMMANDS[package]))
        ]
    present = installed(wanted)
    return [package for package in wanted if package not in present]


def steps(packages: Iterable[str], say: Callable[[str], None] = print) -> list[Step]:
    """The steps, one or none, that install what is missing."""
    if INSTALLED:  # together with what it depends on
        return []
    names = missing(packages)
    if not names:
        return []
    listed = " ".join(names)
    if not has_apt():
        raise Failure(
            "this system has no apt-get, so please install by hand what Debian 12 has in these packages, then start again:\n"
            f"  {listed}"
        )
    as_root: list[str] = []
    if os.geteuid() == 0:
        how = "apt-get"
    elif shutil.which("sudo"):
        as_root = ["sudo"]
        how = "sudo apt-get"
    else:
        raise Failure(f"packages are missing, and it takes root or sudo to install them. As root, run:\n  apt-get install {listed}")
    say(f"These Debian packages are missing and will now be installed with {how}:\n  {listed}\n")
    if as_root and sys.stdin.isatty():
        # Asks for the password now, not in the middle of a step.
        if subprocess.run(["sudo", "-v"], check=False).returncode != 0:
            raise Failure(f"sudo refused. The packages can also be installed by hand:\n  apt-get install {listed}")

    def install(log: Log) -> None:
        apt_get = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", *apt.proxies(), "apt-get", "-o", "DPkg::Lock::Timeout=300"]
        install_them = ["install", "-y", "--no-install-recommends", *names]
        problem = apt.why_unreachable()
        if problem is not None:
            # All packages may be in apt's cache.
            kept = [*apt_get, "--no-download", *install_them]
            if subprocess.run(kept, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode != 0:
                raise Failure(
                    f"apt cannot reach its mirror ({problem}); behind a proxy, set http_proxy=http://HOST:PORT, "
                    f"or choose another mirror in /etc/apt, then try again. Packages needed: {listed}"
                )
        else:
            # The update may fail for a source that has nothing to do with us; what counts is whether the packages can be had.
            log.run([*apt_get, "update"], may_fail=True, asks_user=bool(as_root))
            status, _ = log.run([*apt_get, *install_them], may_fail=True, asks_user=bool(as_root))
            if status != 0:
                raise Failure(f"apt-get could not install all of: {listed}")
        if "nodejs" in names and node_version() < OLDEST_NODE:
            raise Failure(f"the node on the PATH is older than version {OLDEST_NODE}; please install a newer one")

    return [Step(f"installing {len(names)} package{'s' if len(names) > 1 else ''}", install)]
