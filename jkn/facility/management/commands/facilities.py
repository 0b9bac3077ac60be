"""`manage.py facilities import FILE`: brings a file of facilities, areas or clinics into the directory."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from jkn.core import commands
from jkn.core.actor import SYSTEM
from jkn.facility.importing import (
    NamePlan,
    Plan,
    import_file,
    import_names,
    is_table_of_names,
)
from jkn.facility.sources import Source, Unreadable, read


class Command(commands.Command):
    """Imports CSV, GeoJSON, OpenStreetMap XML or Overpass JSON.

    Prints each doubtful row and each difference, then writes; with --dry-run it writes nothing.
    Safe to repeat: the same file again changes nothing. A file that cannot be read changes nothing.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the act and the file."""
        acts = parser.add_subparsers(dest="act", required=True)
        act = acts.add_parser("import")
        act.add_argument("file", type=Path)
        act.add_argument("--dry-run", action="store_true", help="show the differences only")
        commands.take_json(act)

    def act(self, options: Mapping[str, Any]) -> commands.Said:
        """Read, compare, tell, write."""
        path: Path = options["file"]
        source = _read(path)
        told = {"actor": SYSTEM, "named": path.name, "only_plan": options["dry_run"]}
        plan: Plan | NamePlan
        if is_table_of_names(source):
            plan = import_names(source, **told)
            text = _names(plan)
        else:
            plan = import_file(source, **told)
            text = _report(plan)
        done = "Nothing was written." if options["dry_run"] else "Written."
        whole = {"dry_run": options["dry_run"], **asdict(plan)}
        return commands.Said(whole, f"{text}\n{done}")


def _read(path: Path) -> Source:
    try:
        return read(path.read_bytes())
    except (OSError, Unreadable) as error:
        raise CommandError(f"{path.name}: {error}. Nothing was changed.") from None


def _report(plan: Plan) -> str:
    lines = [f"row {d.row} {'REFUSED' if d.is_refusal else 'doubtful'} {d.code}: {d.name}: {d.says}"
             for d in plan.doubts]  # fmt: skip
    for change in plan.changes:
        lines.append(f"{'+' if change.is_new else '~'} {change.code} {change.name}")
        lines += [f"    {name}: {_shown(before)} → {_shown(after)}"
                  for name, before, after in change.fields if not change.is_new]  # fmt: skip
    if plan.unused:
        lines.append(f"columns that nothing was taken from: {', '.join(plan.unused)}")
    new = sum(change.is_new for change in plan.changes)
    lines.append(
        f"{plan.rows} rows: {new} new, {len(plan.changes) - new} changed, {plan.unchanged} unchanged,"
        f" {plan.refused} refused; {len({d.row for d in plan.doubts})} rows are doubtful"
    )
    return "\n".join(lines)


def _names(plan: NamePlan) -> str:
    lines = [f"~ {code}: {_shown(before)} → {after}" for code, before, after in plan.changes]
    return "\n".join([*lines, f"{plan.rows} rows: {len(plan.changes)} new or changed names"])


def _shown(value: object) -> str:
    return "–" if value in (None, "", []) else str(value)
