"""Installs the emulator's node packages, or says in one line why it cannot."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Optional

from .errors import Failure
from .steps import Log

PROBE = "rp2040js"  # the smallest description of the packages that the emulator needs
PROBE_SECONDS = 5.0
INSTALL = ("npm", "ci", "--no-audit", "--no-fund")

# The codes that npm prints when it cannot talk to the registry. `npm ci` explains any other error better.
UNREACHABLE = re.compile(
    r"\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR|EHOSTUNREACH|ENETUNREACH|ENETDOWN|E407|E50[234]"
    r"|\w*SELF_SIGNED\w*|UNABLE_TO_\w+|CERT_HAS_EXPIRED|ERR_TLS\w*|ERR_SSL\w*|EPROTO)\b"
)


def install(log: Log, folder: Path) -> None:
    problem = why_unreachable(folder)
    if problem is None:
        log.run(INSTALL, cwd=folder)
        return
    # All packages may be in npm's cache.
    if subprocess.run([*INSTALL, "--offline"], cwd=folder, capture_output=True, check=False).returncode == 0:
        return
    raise Failure(
        f"npm cannot reach its registry, {registry(folder)} ({problem}); behind a proxy, set https_proxy=http://HOST:PORT, "
        "or set a mirror: npm config set registry URL"
    )


def why_unreachable(folder: Path) -> Optional[str]:
    """Asks the registry for one package, with npm's own settings. `npm ci` retries for more than a minute before it gives up."""
    milliseconds = int(PROBE_SECONDS * 1000)
    command = ["npm", "view", PROBE, "name", "--fetch-retries=0", f"--fetch-timeout={milliseconds}"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=PROBE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer in {PROBE_SECONDS:.0f} s"
    code = UNREACHABLE.search(done.stderr)
    if done.returncode == 0 or code is None:
        return None
    reason = re.search(r"reason: (.+)", done.stderr)
    return reason[1].strip() if reason else code[1]


def registry(folder: Path) -> str:
    """The address of the registry, without a password."""
    done = subprocess.run(["npm", "config", "get", "registry"], cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    address = done.stdout.strip() if done.returncode == 0 else ""
    return re.sub(r"//[^/@]*@", "//", address) or "whose address is not set"
