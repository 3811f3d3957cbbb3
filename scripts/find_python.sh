#!/bin/sh
# Prints the first Python on this machine that can run Gatefold, or says what is missing.
set -eu

stop() { echo "$1" >&2; exit 1; }
runs() { "$1" -c "$2" >/dev/null 2>&1; }

problem="Gatefold needs Python 3.11 or newer: apt-get install python3 python3-venv"
for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    runs "$python" 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    problem="Python's venv module is missing: apt-get install python3-venv"
    runs "$python" 'import ensurepip, venv' || continue
    command -v "$python"
    exit
done
stop "$problem"
