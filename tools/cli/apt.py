"""Checks quickly whether apt can reach its mirrors; apt-get itself may try for minutes."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Optional, Sequence
from urllib.parse import urlsplit

HELPER = Path("/usr/lib/apt/apt-helper")
PROBE_SECONDS = 5.0
PROXIES = ("http_proxy", "https_proxy", "no_proxy")

# A mirror that answers with an error can be reached; apt-get explains the error better.
ANSWERED = re.compile(r"\b(?:40[0-6]|41\d|429) ")


def proxies() -> list[str]:
    """The proxy settings of the environment, as arguments for `env`: sudo drops them."""
    return [f"{name}={os.environ[name]}" for name in PROXIES if os.environ.get(name)]


def why_unreachable() -> Optional[str]:
    """What is wrong if none of the mirrors answers. Fetches an index of each into a temporary folder, which needs no root."""
    listed = subprocess.run(["apt-get", "update", "--print-uris"], capture_output=True, text=True, errors="replace", check=False).stdout
    addresses = {urlsplit(address).netloc: address for address in re.findall(r"^'(https?://[^']+)'", listed, re.MULTILINE)}
    if not addresses or not HELPER.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        probes = [Probe(host, address, Path(folder) / str(number)) for number, (host, address) in enumerate(addresses.items())]
        try:
            return first_answer(probes)
        finally:
            for probe in probes:
                probe.process.kill()
                probe.process.wait()


class Probe:
    """Fetches a file. Its output goes to a file, not a pipe, because the helper's children may outlive it and keep a pipe open."""

    def __init__(self, host: str, address: str, file: Path) -> None:
        self.host = host.rpartition("@")[2]  # without a password
        self.said = file.with_suffix(".txt")
        command = [str(HELPER), "-o", "Acquire::Retries=0", "download-file", address, str(file)]
        with open(self.said, "wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    def problem(self) -> Optional[str]:
        """What went wrong, once it has ended."""
        said = self.said.read_text(encoding="utf-8", errors="replace").strip()
        if self.process.returncode == 0 or ANSWERED.search(said):
            return None
        found = re.search(r"^E: Failed to fetch \S+\s+(.+)$", said, re.MULTILINE)
        return found[1].strip() if found else said.split("\n")[-1].strip() or "no answer"


def first_answer(probes: Sequence[Probe]) -> Optional[str]:
    """Returns None as soon as one mirror answers."""
    problems: dict[str, str] = {}
    end = time.monotonic() + PROBE_SECONDS
    while len(problems) < len(probes) and time.monotonic() < end:
        for probe in probes:
            if probe.host in problems or probe.process.poll() is None:
                continue
            problem = probe.problem()
            if problem is None:
                return None
            problems[probe.host] = problem
        time.sleep(0.02)
    first = probes[0].host
    return f"{first}: {problems.get(first, f'no answer in {PROBE_SECONDS:.0f} s')}"
