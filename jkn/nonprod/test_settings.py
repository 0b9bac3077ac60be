"""Settings of the test suite: a PostgreSQL of its own, never the database of `make demo`."""

from __future__ import annotations

import os

from jkn.config import embedded, environment

FOLDER = environment.ROOT / "var" / "test"
DATA = FOLDER / "postgres"
# A test database may be lost with the machine: no waiting for the disk.
SERVER = {**embedded.SETTINGS, "fsync": "off", "full_page_writes": "off", "max_connections": "200"}

os.environ["JKN_VAR"] = str(FOLDER)
os.environ.pop("JKN_TODAY", None)
STARTED_HERE = not os.environ.get("JKN_TEST_DATABASE_URL") and not embedded.answers(DATA)
FOLDER.mkdir(parents=True, exist_ok=True)
os.environ["DATABASE_URL"] = os.environ.get("JKN_TEST_DATABASE_URL") or embedded.start(DATA, SERVER)

from jkn.config.settings import *  # noqa: E402, F403 (reads the environment set above)

# Argon2 takes 30 ms by design; the suite signs in a thousand times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
