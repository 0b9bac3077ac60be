"""Alive and ready, for those who watch the service."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from jkn.gate.doors import page
from jkn.gate.middleware import free_disk
from jkn.gate.policy import ANYONE

_migrated: list[bool] = []  # once true it stays true for this process


@page(who=ANYONE)
def alive(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; needs nothing else."""
    return HttpResponse("ok", "text/plain")


@page(who=ANYONE)
def ready(request: HttpRequest) -> HttpResponse:
    """Whether database, migrations, jobs and disk are there; 503 tells which is not."""
    state = {"database": False, "migrations": False, "jobs": False, "disk": free_disk.has_room()}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
            row = cursor.fetchone()
        state["database"] = True
        state["jobs"] = bool(row and row[0])
        state["migrations"] = _is_migrated()
    except DatabaseError:
        return JsonResponse(state, status=503)
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def _is_migrated() -> bool:
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.append(True)
    return True
