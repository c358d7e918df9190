#!/usr/bin/env python3
"""The ledger, as a program. What it does is in the package of the same name beside it, which Python finds first."""

import os
import sys

from ledger.cli import main

if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
