#!/bin/sh
# Says in one line what is missing if node (18 or newer) or npm is not there.
set -eu

stop() { echo "$1" >&2; exit 1; }

version=$(node --version 2>/dev/null) || stop "Gatefold needs node 18 or newer: apt-get install nodejs npm"
major=${version#v}
[ "${major%%.*}" -ge 18 ] || stop "Gatefold needs node 18 or newer; this one is $version."
npm --version >/dev/null 2>&1 || stop "npm is missing: apt-get install npm"
