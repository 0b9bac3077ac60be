"""Deferring of background work in the transaction of its cause, and its housekeeping."""

from __future__ import annotations

import msgspec
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jkn.core.db import execute
from jkn.gate.actions import forget_old_keys

RETRY = RetryStrategy(max_attempts=8, exponential_wait=3)


# The queue's own function, called as its Python calls it. That Python took a tenth of a
# payment's time.
_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
  ROW('default', %s, 0, %s, NULL, %s::jsonb, NULL)::procrastinate_job_to_defer_v1
])
"""


def defer(name: str, /, *, lock: str | None = None, **ids: int | str) -> None:
    """Defer a job by its name, in the transaction of its cause.

    Arguments are ids only, they stay readable in the queue. Jobs with the same `lock` run one
    after the other.
    """
    execute(_DEFER, [name, lock, msgspec.json.encode(ids).decode()])


@app.periodic(cron="*/1 * * * *")
@app.task(name="gate.rescue", queueing_lock="gate.rescue")
async def rescue_stalled(timestamp: int) -> None:
    """Give jobs of killed workers back to the queue (procrastinate keeps them for ever else)."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)


@app.periodic(cron="17 2 * * *")
@app.task(name="gate.forget", queueing_lock="gate.forget")
def forget(timestamp: int) -> None:
    """Drop idempotency keys after 30 days and external ids after 3."""
    forget_old_keys()
