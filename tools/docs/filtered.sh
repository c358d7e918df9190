#!/bin/sh
# Doxygen's input filter: prints a header as tools/docs/filter.py has written it before. An interpreter for each header would take longer
# than all the rest.
exec cat "$UASYNC_FILTERED/${1#"$UASYNC_ROOT"/}"
