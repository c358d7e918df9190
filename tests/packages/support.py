"""What the tests of the packages share."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests" / "consumer" / "project"
LIMIT_S = 600
sys.path.insert(0, str(ROOT / "tools"))


def environment():
    """Without what hides a mistake here: files that Python leaves behind, and variables that lead CMake to another uasync."""
    hidden = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "CMAKE_PREFIX_PATH", "uasync_DIR", "uasync_ROOT"}
    result = {name: value for name, value in os.environ.items() if name not in hidden}
    result["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"  # dpkg insists on ldconfig
    return result


def run(*command, **options):
    """Runs a command and gives its output; all of it is shown if the command fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S, env=environment(), check=False, **options
    )
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: status {done.returncode}\n{done.stdout}")
    return done.stdout
