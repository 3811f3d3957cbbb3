#!/bin/sh
# Starts $CHROMIUM without what its address bar opens: for each window of a test Chromium would load
# two pages nobody sees, longer than it takes ours. Of two --disable-features only the last counts,
# and one is Playwright's.
for word; do
  shift
  case $word in
    --disable-features=*) word=$word,WebUIOmniboxPopup,WebUIOmniboxAimPopup ;;
  esac
  set -- "$@" "$word"
done
exec "$CHROMIUM" "$@"
