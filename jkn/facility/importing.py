"""Imports a file of facilities: compares it with the directory, then writes what differs, or nothing.

What the file does not say stays as it is: doctors, sessions, reviews and codes are never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db import connection, transaction

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.facility.actions import next_version
from jkn.facility.models import Clinic, District, Facility, Village
from jkn.facility.rules import HOSPITALS, LETTERS, PRIMARY, Kind
from jkn.facility.sources import Source
from jkn.facility.spelling import squeezed
from jkn.facility.vetting import Areas, Doubt, Vetted, Vetting

_LIMITS = ("transaction_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
_PATIENCE = "10min"  # longer than daily work may take
_COMPARED = (
    "name", "kind", "grade", "district_id", "village_id", "address", "phone", "latitude",
    "longitude", "hours", "services", "contract_from", "contract_to", "origin",
)  # fmt: skip
_MERGE = (
    "INSERT INTO facility_facility ({names}) SELECT {names} FROM facility_import"
    " ON CONFLICT (code) DO UPDATE SET {renewed}"
)
_UNKNOWN_AREA = "0000"


@dataclass(frozen=True, slots=True)
class Change:
    """What importing does to one facility: (field, before, after); a new one has no before."""

    row: int
    code: str
    name: str
    is_new: bool
    fields: Sequence[tuple[str, object, object]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change, and what is doubtful in it."""

    rows: int
    changes: Sequence[Change]
    doubts: Sequence[Doubt]
    unused: Sequence[str]

    @property
    def refused(self) -> int:
        """How many rows are left out."""
        return len({d.row for d in self.doubts if d.is_refusal})

    @property
    def unchanged(self) -> int:
        """How many rows say nothing new."""
        return self.rows - self.refused - len(self.changes)


@transaction.atomic
def import_file(source: Source, *, actor: Actor, named: str, only_plan: bool) -> Plan:
    """Compare a file with the directory and, unless only a plan is wanted, write what differs."""
    for limit in _LIMITS:
        execute(f"SET LOCAL {limit} = '{_PATIENCE}'")
    version = next_version()  # one import at a time: the next waits and compares again
    plan = _plan(source)
    if only_plan or not plan.changes:
        transaction.set_rollback(True)
        return plan
    _write(plan, named=named, version=version)
    record(
        actor=actor, verb="facility.import", group=0, file=named, rows=plan.rows,
        changed=len(plan.changes), refused=plan.refused,
    )  # fmt: skip
    return plan


def _plan(source: Source) -> Plan:
    areas = Areas(
        dict(District.objects.values_list("code", "name"))
        | dict(Village.objects.values_list("code", "name"))
    )
    vetting = Vetting(areas)
    rows = vetting.judge(source.rows)
    known = _Known()
    changes = []
    for row in rows:
        held = known.match(row, vetting)
        if held is not None:
            changes += _differences(row, held)
    doubts = sorted(vetting.doubts, key=lambda d: (d.row, d.code))
    return Plan(len(source.rows), changes, doubts, source.unused)


def _differences(row: Vetted, held: Mapping[str, object]) -> list[Change]:
    code, is_new = str(held["code"]), "name" not in held
    fields = [
        (name, held.get(name), row.values[name])
        for name in _COMPARED
        if name in row.values and row.values[name] != held.get(name)
    ]
    return [Change(row.row, code, row.name, is_new, fields)] if fields else []


class _Known:
    """The facilities that are there, found by code, by the file's own id, or by name and area."""

    def __init__(self) -> None:
        rows = list(Facility.objects.values("code", *_COMPARED))
        self._by_code = {row["code"]: row for row in rows}
        self._by_origin = {row["origin"]: row for row in rows if row["origin"]}
        self._by_name: dict[tuple[str, str], list[Mapping[str, object]]] = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)
        self._taken: dict[str, int] = {}
        for row in rows:
            self._by_name[_key(row["name"], row["kind"])].append(row)
            self._count(row["code"])

    def match(self, row: Vetted, vetting: Vetting) -> Mapping[str, object] | None:
        """Return the facility that a row is about, a new one with its code alone, or None."""
        held = self._found(row)
        if len(held) > 1:
            codes = ", ".join(str(h["code"]) for h in held)
            vetting.refuse(row.row, row.name, "match.several", f"may be any of {codes}")
            return None
        found = held[0] if held else {"code": row.values.get("code") or self._new_code(row)}
        other = self._taken.setdefault(str(found["code"]), row.row)
        if other != row.row:
            said = f"the same facility as row {other} ({found['code']})"
            vetting.refuse(row.row, row.name, "match.twice", said)
            return None
        return found

    def _found(self, row: Vetted) -> Sequence[Mapping[str, object]]:
        code, origin = row.values.get("code"), row.values.get("origin")
        if code:
            return [self._by_code[str(code)]] if code in self._by_code else []
        if origin in self._by_origin:
            return [self._by_origin[str(origin)]]
        named = self._by_name.get(_key(row.name, row.kind.value), [])
        district = row.values.get("district_id")
        return [h for h in named if not district or h["district_id"] in (district, None)]

    def _new_code(self, row: Vetted) -> str:
        district = str(row.values.get("district_id") or "")
        area = district.replace(".", "")[:4] or _UNKNOWN_AREA
        start = area + LETTERS[row.kind]
        self._numbers[start] += 1
        return f"{start}{self._numbers[start]:03}"

    def _count(self, code: str) -> None:
        start, number = code[:5], code[5:]
        if number.isascii() and number.isdigit():
            self._numbers[start] = max(self._numbers[start], int(number))


def _key(name: str, kind: str) -> tuple[str, str]:
    """Return what two names of one facility have in common; all hospitals count as one kind."""
    return squeezed(name), "hospital" if Kind(kind) in HOSPITALS else kind


def _write(plan: Plan, *, named: str, version: int) -> None:
    """Write all changes by one COPY and one statement; the transaction is the caller's."""
    held = Facility.objects.in_bulk([c.code for c in plan.changes if not c.is_new])
    columns = [f.attname for f in Facility._meta.concrete_fields]
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.facility_import")
        cursor.execute("CREATE TEMP TABLE facility_import (LIKE facility_facility) ON COMMIT DROP")
        with cursor.copy(f"COPY facility_import ({names}) FROM STDIN") as copy:
            for change in plan.changes:
                row = held.get(change.code) or Facility(
                    code=change.code, source=f"imported from {named}"[:200]
                )
                for name, _, after in change.fields:
                    setattr(row, name, after)
                row.is_primary, row.version = Kind(row.kind) in PRIMARY, version
                copy.write_row([getattr(row, column) for column in columns])
        renewed = ", ".join(f"{c} = excluded.{c}" for c in (*_COMPARED, "is_primary", "version"))
        cursor.execute(_MERGE.format(names=names, renewed=renewed))


_Named: TypeAlias = type[District] | type[Village] | type[Clinic]
# By the length of the code and the dots in it.
_MODELS: dict[tuple[int, int], _Named] = {(8, 2): District, (13, 3): Village, (3, 0): Clinic}


@dataclass(frozen=True, slots=True)
class NamePlan:
    """What a table of codes and names would change: (code, before, after)."""

    rows: int
    changes: Sequence[tuple[str, str, str]]


def is_table_of_names(source: Source) -> bool:
    """Return whether a file holds areas or clinics: codes with names, and nothing of facilities."""
    return source.columns == {"kode", "nama"} or {"kode", "nama", "tingkat"} <= source.columns


@transaction.atomic
def import_names(source: Source, *, actor: Actor, named: str, only_plan: bool) -> NamePlan:
    """Compare a table of areas or of clinics with ours; write new names and codes."""
    version = next_version()
    changes = []
    for raw in source.rows:
        code, name = raw.texts.get("code", ""), raw.texts.get("name", "")
        model = _MODELS.get((len(code), code.count(".")))
        if model is None or not name:
            continue
        before = model._default_manager.filter(code=code).values_list("name", flat=True).first()
        if before != name:
            changes.append((code, before or "", name))
            _name(model, code, name, named)
    if only_plan or not changes:
        transaction.set_rollback(True)
    else:
        Facility.objects.filter(version__lt=version).update(version=version)
        record(actor=actor, verb="facility.import", group=0, file=named, changed=len(changes))
    return NamePlan(len(source.rows), changes)


def _name(model: _Named, code: str, name: str, named: str) -> None:
    values: dict[str, object] = {"name": name}
    if model is Village:
        values["district_id"] = code.rpartition(".")[0]
    if model is Clinic:
        values["source"] = f"imported from {named}"[:200]
    model._default_manager.update_or_create(code=code, defaults=values)
