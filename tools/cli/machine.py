"""What the verbs for real boards see of this computer: its clock, its drives and its serial ports. Tests put another one in its place."""

from __future__ import annotations

import getpass
import select
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, List, Tuple


def mounts(root: Path = Path("/")) -> Tuple[Path, ...]:
    """The folders in which Linux and macOS show drives that are plugged in."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # nobody in the list of users, as in a container
        user = "root"
    return (root / "media" / user, root / "run" / "media" / user, root / "media", root / "mnt", root / "Volumes")


@dataclass
class Machine:
    clock: Callable[[], float] = time.monotonic  # seconds
    sleep: Callable[[float], None] = time.sleep
    select: Callable[..., Tuple[List[int], List[int], List[int]]] = select.select
    mounts: Tuple[Path, ...] = field(default_factory=mounts)
    dev: Path = Path("/dev")
    sys: Path = Path("/sys")

    def wait_until(self, is_so: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
        """Looks again and again until something is so; gives up after so many seconds."""
        end = self.clock() + seconds
        while not is_so():
            if self.clock() >= end:
                return False
            self.sleep(pause)
        return True


machine = Machine()
