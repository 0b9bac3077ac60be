#!/bin/sh
# Prints the path of a Chromium, installing one where that is possible; prints nothing where not.
# Without one the browser journeys are skipped by name, so nothing here is an error.
set -u
cd "$(dirname "$0")/.."

existing() {
    for name in "${JKN_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && path=$(command -v "$name"); then
            echo "$path"
            return 0
        fi
    done
    return 1
}

playwrights() {
    .venv/bin/python -c '
from pathlib import Path
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    path = Path(p.chromium.executable_path)
print(path) if path.exists() else exit(1)
' 2>/dev/null
}

existing && exit 0
playwrights && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium from Debian's packages ..." >&2
    export DEBIAN_FRONTEND=noninteractive
    { timeout 300 apt-get update -qq && timeout 600 apt-get install -y -qq chromium; } >/dev/null 2>&1
    existing && exit 0
fi
echo "Installing Playwright's Chromium ..." >&2
timeout 600 .venv/bin/playwright install chromium >/dev/null 2>&1
playwrights && exit 0
echo "No Chromium is to be had: the browser journeys will be skipped." >&2
exit 0
