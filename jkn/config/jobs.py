"""Background work over all modules: the promises, recomputed every night."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from jkn.config.promises import recompute

log = logging.getLogger("jkn.promises")


@app.periodic(cron="41 3 * * *")
@app.task(name="config.promises", queueing_lock="config.promises")
def promises(timestamp: int) -> None:
    """Recompute the promises; each broken one is an error in the log, by its name."""
    for kept in recompute():
        if not kept.ok:
            log.error("broken promise", extra={"code": kept.name})
