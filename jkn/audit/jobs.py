"""Background work of the audit."""

from __future__ import annotations

from procrastinate.contrib.django import app

from jkn.audit.actions import seal


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal", pass_context=False)
def seal_audit(timestamp: int) -> None:
    """Seal what was written, every minute, until nothing is left."""
    while seal():
        pass
