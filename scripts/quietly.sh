#!/bin/sh
# Runs a command without its chatter: only if it fails, the end of what it said is shown.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" >"$log" 2>&1 </dev/null && exit 0
status=$?
tail -n 20 "$log" >&2
echo "This failed: $*" >&2
exit $status
