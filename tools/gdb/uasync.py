"""gdb commands that show the tasks of a uasync firmware: on a real board, in the emulator, wherever gdb is connected to.

    source tools/gdb/uasync.py
    uasync ps
    uasync bt blink
"""

import sys
from pathlib import Path

FOLDER = str(Path(__file__).resolve().parent)
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)

write_none, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # root's gdb would leave files in /usr that no package knows
from uasync_gdb import commands  # noqa: E402  (found only now)

sys.dont_write_bytecode = write_none
commands.register()
