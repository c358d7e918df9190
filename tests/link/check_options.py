"""Links a program with a runtime that was compiled with the same options, which works, and with others, which the linker refuses.

Usage: check_options.py RUNTIME -- COMPILER [FLAG...]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = """
#include <uasync/task/run.hpp>
#include <uasync/time/sleep.hpp>
uasync::Coro<> async_main() { co_await uasync::sleep_ms(1); }
int main() { uasync::run(async_main()); }
"""

#: The options of the runtime, and what the linker is to say where one of them differs.
RIGHT = ["-DUASYNC_NAMES=1", "-DUASYNC_PORT_PICKS=1", "-DUASYNC_STATISTICS=1"]
WRONG = {
    "names": (["-DUASYNC_NAMES=0", "-DUASYNC_PORT_PICKS=1"], "built_with_host_no_names_no_threads_loops_exceptions_simulation"),
    "threads": (["-DUASYNC_NAMES=1", "-DUASYNC_PORT_PICKS=1", "-DUASYNC_THREADS=1"], "built_with_host_names_threads_loops_exceptions"),
    "one pool": ([*RIGHT, "-DUASYNC_FRAME_POOLS=0"], "built_with_host_names_no_threads_loops_one_pool_exceptions_simulation"),
    "no exceptions": ([*RIGHT, "-fno-exceptions"], "built_with_host_names_no_threads_loops_no_exceptions_simulation"),
    "a board's": ([*RIGHT, "-DUASYNC_BOARD=1"], "built_with_board_names_no_threads_one_loop_exceptions_simulation"),
}


def link(command, runtime, options, folder):
    """The compiler's status, and what it said."""
    source = Path(folder) / "program.cpp"
    source.write_text(PROGRAM, encoding="utf-8")
    line = [*command, *options, source, runtime, "-o", Path(folder) / "program"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def main():
    runtime, dashes, *command = sys.argv[1:]
    assert dashes == "--"
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        status, said = link(command, runtime, RIGHT, folder)
        if status != 0:
            failed = True
            print(f"the same options do not link:\n{said}")
        for name, (options, words) in WRONG.items():
            status, said = link(command, runtime, options, folder)
            if status == 0 or words not in said:
                failed = True
                print(f"{name}: status {status}, expected '{words}' in:\n{said}")
    print("FAILED" if failed else f"{1 + len(WRONG)} programs")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
