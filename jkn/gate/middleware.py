"""One place for what every request needs: default deny, refusals, free disk, one log line."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from jkn.core.errors import Refused
from jkn.core.ids import new_id
from jkn.core.text import is_text
from jkn.core.words import N_
from jkn.gate.answers import BAD, BROKEN, DOWN, NOT_FOUND, answer, refusal_of
from jkn.gate.doors import doors_of
from jkn.gate.policy import require

log = logging.getLogger("jkn.request")

CLOSED = Refused("closed", N_("Alamat ini tidak dibuka."))
FULL = Refused("disk.full", N_("Kami sedang tidak bisa menyimpan. Coba lagi nanti."))
_LOOK_EVERY_SECONDS = 5.0


class FreeDisk:
    """Knows whether there is room to write; looks at the disk every five seconds."""

    def __init__(self) -> None:
        self._looked = 0.0
        self._has_room = True

    def has_room(self) -> bool:
        """Whether free space is above the setting FREE_DISK_MB."""
        if time.monotonic() - self._looked > _LOOK_EVERY_SECONDS:
            self._looked = time.monotonic()
            free = shutil.disk_usage(settings.VAR if settings.VAR.exists() else "/").free
            self._has_room = free > settings.FREE_DISK_MB * 1024 * 1024
        return self._has_room


free_disk = FreeDisk()


class GateMiddleware:
    """Lets in who may come in, and turns every refusal into the caller's own kind of answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and write one log line with the route's name, never its path."""
        started = time.perf_counter()
        request.request_id = new_id()  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.path.startswith("/static/"):
            return response
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "route": match.view_name if match else "-",
                "method": request.method,
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse a view that declares nobody, and callers that it does not admit."""
        doors = doors_of(view, request.method or "")
        if not doors and not doors_of(view):
            return answer(request, CLOSED)
        is_write = request.method not in ("GET", "HEAD", "OPTIONS")
        speaks_itself = any(door.kind == "machine" for door in doors)  # in its own protocol
        if not speaks_itself and not is_text([*request.GET.lists(), *kwargs.values()]):
            return answer(request, BAD)
        if is_write and not speaks_itself and not free_disk.has_room():
            return answer(request, FULL)
        for door in doors[:1]:
            try:
                require(door.who, getattr(request, "actor", None))
            except Refused as refused:
                return answer(request, refused)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Translate refusals; a database that is away is a sentence; anything else is a bug."""
        if refused := refusal_of(error):
            return answer(request, refused)
        if isinstance(error, Http404):
            return answer(request, NOT_FOUND)
        if isinstance(error, OperationalError | InterfaceError):
            log.error("database", exc_info=error)
            return answer(request, DOWN)
        log.error("unexpected", exc_info=error)
        return answer(request, BROKEN)
