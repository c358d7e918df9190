"""Serves the site that the page's tests use as `./uasync demo` does: demo_server.py SITE [FOLDER]. Prints its address."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

from cli import demo_page, own_programs  # noqa: E402

desk = demo_page.Desk(Path(sys.argv[1]))
if len(sys.argv) > 2:
    desk.own = own_programs.find(Path(sys.argv[2]))
server = demo_page.listen(desk, 0)
threading.Thread(target=desk.watch, args=(threading.Event(),), daemon=True).start()
print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
server.serve_forever()
