"""Serves the site that the page's tests use as `./uasync demo` does. Prints its address."""

import argparse
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from cli import demo_page, own_programs  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("site", type=Path)
parser.add_argument("folder", type=Path, nargs="?")
parser.add_argument("--micropython", type=Path)
options = parser.parse_args()
desk = demo_page.Desk(options.site, micropython=options.micropython)
if options.folder:
    desk.own = own_programs.find(options.folder)
server = demo_page.listen(desk, 0)
threading.Thread(target=desk.watch, args=(threading.Event(),), daemon=True).start()
print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
server.serve_forever()
