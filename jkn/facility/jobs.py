"""Background work of facilities: each day's doctors for the search."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.core.clock import today
from jkn.facility.actions import refresh


@app.periodic(cron="5 * * * *")
@app.task(name="facility.refresh", queueing_lock="facility.refresh")
def refresh_directory(timestamp: int) -> None:
    """Take out what ended, every hour: a server that slept over midnight catches up within one."""
    refresh(on=today())
