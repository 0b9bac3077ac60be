#!/bin/sh
# Writes the lock files from pyproject.toml: exact versions and hashes, no host names.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}
compile pyproject.toml -o requirements.txt "$@"
compile pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt "$@"
compile --group pyproject.toml:build -c requirements-dev.txt -o requirements-build.txt "$@"
