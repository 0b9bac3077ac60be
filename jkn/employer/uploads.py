"""A file of employees in two steps: what would change is shown, then it is done or forgotten."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from django.db import transaction

from jkn.core.actor import Actor
from jkn.core.db import sealer
from jkn.core.errors import Conflict, NotFound
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.employer.actions import Plan, import_employees, plan_import
from jkn.employer.models import Upload
from jkn.employer.sheet import EmployeeRow, RowError, read_sheet

_rows = msgspec.json.Decoder(list[EmployeeRow])


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a file: an upload to confirm, or its errors. Nothing is imported yet."""

    upload_id: int
    rows: int
    errors: list[RowError]


def _place(upload_id: int) -> str:
    return f"employer.upload.{upload_id}"


def take_file(*, actor: Actor, employer_id: int, raw: bytes, on: date) -> Looked:
    """Read a file and keep it to be confirmed where it has no error at all.

    Refuses `sheet.…` what cannot be read.
    """
    sheet = read_sheet(raw, on=on)
    plan = plan_import(employer_id, sheet.rows, on=on)
    errors = [*sheet.errors, *plan.errors]
    count = len(sheet.rows) + len(sheet.errors)
    if errors:
        return Looked(0, count, errors)
    return Looked(_keep(actor, employer_id, sheet.rows, plan), count, [])


@transaction.atomic
def _keep(actor: Actor, employer_id: int, rows: Sequence[EmployeeRow], plan: Plan) -> int:
    upload_id = new_id()
    text = b64encode(zlib.compress(msgspec.json.encode(rows))).decode()
    # Only the newest file waits: what somebody did not confirm is not kept for ever.
    Upload.objects.filter(employer_id=employer_id, state="preview").delete()
    Upload.objects.create(
        employer_id=employer_id, id=upload_id, sealed=sealer().seal(text, place=_place(upload_id)),
        rows=len(rows), added=len(plan.added), changed=len(plan.changed),
        by_account=actor.account_id,
    )  # fmt: skip
    return upload_id


def preview(*, employer_id: int, upload_id: int, on: date) -> Plan:
    """Return what confirming would do today; raises `NotFound` for another's or none."""
    return plan_import(employer_id, _opened(_upload(employer_id, upload_id)), on=on)


@transaction.atomic
def confirm(*, actor: Actor, employer_id: int, upload_id: int, on: date) -> Plan:
    """Import a file that was shown: all of it or nothing; twice is as once.

    Refuses `upload.changed` (a Conflict) where it does not fit any more, such as after a change
    by somebody else meanwhile.
    """
    upload = _upload(employer_id, upload_id)
    plan = import_employees(actor=actor, employer_id=employer_id, rows=_opened(upload), on=on)
    if plan.errors:
        raise Conflict(
            "upload.changed", N_("Daftar pekerja berubah sejak berkas dibaca. Unggah lagi.")
        )
    done = Upload.objects.filter(employer_id=employer_id, id=upload_id, state="preview")
    done.update(state="confirmed", sealed=None)
    return plan


def _upload(employer_id: int, upload_id: int) -> Upload:
    found = Upload.objects.filter(employer_id=employer_id, id=upload_id, state="preview").first()
    if found is None:
        raise NotFound
    return found


def _opened(upload: Upload) -> list[EmployeeRow]:
    text = sealer().open(upload.sealed or b"", place=_place(upload.id))
    return _rows.decode(zlib.decompress(b64decode(text)))
