"""Logs with an allow-list: routes, codes and times; never paths, bodies, numbers of people."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from traceback import extract_tb

FIELDS = ("route", "method", "status", "ms", "code", "request_id", "partner", "job")


class AllowListFilter(logging.Filter):
    """Keeps the message of our own loggers as written; others' messages lose their arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop the arguments of foreign records: they may hold a path, a query or a value."""
        if not record.name.startswith("jkn"):
            record.args = ()
            record.exc_text = None
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with only the fields that are allowed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception shows its type and places, not its text."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": str(record.msg) if not record.args else record.getMessage(),
        }
        line |= {f: getattr(record, f) for f in FIELDS if hasattr(record, f)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["places"] = [
                f"{frame.filename.rsplit('/', 3)[-1]}:{frame.lineno} {frame.name}"
                for frame in extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line, ensure_ascii=False)
