"""Django's backend for PostgreSQL, for connections that are kept: one round trip less a request.

Django sends `SELECT 1` before the first statement of every request; that cost the card an eighth
of its time.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is usable as long as the server has said nothing unasked.

    A server that ended has closed its side of the socket, which reads as news at once; so does
    a notice that it sent while nobody listened. Then Django's own check decides.
    """

    def is_usable(self) -> bool:
        """Whether the server still answers, as far as our machine knows."""
        raw = self.connection
        if raw is None or raw.closed:
            return False
        news = select.poll()
        news.register(raw.fileno(), select.POLLIN)
        return bool(super().is_usable()) if news.poll(0) else True
