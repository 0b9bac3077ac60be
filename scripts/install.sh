#!/bin/sh
# Installs the packages of a lock file into .venv/, each checked against its hash.
# Usage: PYTHON=python3.11 scripts/install.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."
lock=$1
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 names one." >&2
    exit 1
fi

# Debian keeps the part of Python that makes environments in a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
        echo "Python's venv is missing: install it (Debian: apt install python3-venv)." >&2
        exit 1
    fi
fi

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv ..."
    "$python" -m venv .venv
fi
echo "Installing $lock ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    --require-hashes -r requirements-build.txt
# uv takes a tenth of pip's time; pip is the way where uv finds no packages.
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock" ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes -r "$lock"
