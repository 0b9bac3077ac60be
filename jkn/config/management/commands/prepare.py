"""`manage.py prepare`: tables, static files and the field's day, brought up to date before serving."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from jkn.contribution.actions import run_day
from jkn.core import commands
from jkn.core.clock import today
from jkn.employer import actions as employers
from jkn.membership.ageing import age_members


class Command(commands.Command):
    """One process for what a start needs; does nothing where nothing changed."""

    help = __doc__

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Migrate, collect the static files that are newer, and run the day."""
        verbosity = 0 if options["json"] else options["verbosity"]
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=verbosity)
        if _static_is_old():
            call_command("collectstatic", interactive=False, verbosity=verbosity)
        age_members(on=today())
        run_day(on=today())
        employers.run_day(on=today())
        return commands.Said({"day": today().isoformat()}, "")


def _static_is_old() -> bool:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    made = manifest.stat().st_mtime
    return any(
        Path(storage.path(name)).stat().st_mtime > made
        for finder in get_finders()
        for name, storage in finder.list([])
    )
