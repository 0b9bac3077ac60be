"""What the directory of facilities promises."""

from __future__ import annotations

from jkn.core.clock import today
from jkn.core.db import execute
from jkn.core.promises import Promise
from jkn.facility.queries import wrong_copies

_NEWER_THAN_THE_DIRECTORY = """
SELECT count(*) FROM facility_facility
WHERE version > (SELECT version FROM facility_directoryversion WHERE id = 1)
"""


def _wrong_copies() -> int:
    return len(wrong_copies(on=today()))


def _newer() -> int:
    return int(execute(_NEWER_THAN_THE_DIRECTORY)[0][0])


PROMISES = (
    Promise(
        "facility.copies",
        "clinics and doctors that are searched are those of the sessions",
        _wrong_copies,
    ),
    Promise(
        "facility.version",
        "no facility is newer than the directory, so every process sees each change",
        _newer,
    ),
)
