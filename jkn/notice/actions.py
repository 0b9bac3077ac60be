"""Notices are written into inboxes and messages handed to the gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from jkn.core.db import sealer
from jkn.gate.jobs import defer
from jkn.notice.models import Notice, Outbound
from jkn.notice.partner import Message, Outcome
from jkn.notice.rules import ATTEMPTS_AT_MOST, PATIENCE, Address, as_text, filled, following
from jkn.notice.values import in_words


@transaction.atomic
def tell(
    account_id: int, *, kind: str, title: str, body: str,
    values: Mapping[str, str | int] | None = None, link: str = "", to: Sequence[Address] = (),
    once: str = "",
) -> int | None:  # fmt: skip
    """Put a notice into an inbox and send it to the addresses, tried in order; return its id.

    `title` and `body` are gettext msgids with `{name}` places; `amount` and dates are written out
    when read. With `once` the same (account, kind, once) is told a single time: a repetition
    changes nothing and returns None. In the transaction of the cause.
    """
    row = Notice(
        account_id=account_id, kind=kind, title=title, body=body, values=dict(values or {}),
        link=link, once=once,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    if to:
        send_out(account_id, title=title, body=body, values=values or {}, to=to)
    return row.id


@transaction.atomic
def send_out(
    account_id: int, *, title: str, body: str, values: Mapping[str, str | int],
    to: Sequence[Address],
) -> int:  # fmt: skip
    """Queue a message that goes out after COMMIT by the job `notice.send`; return its id."""
    row = Outbound(
        account_id=account_id, title=title, body=body, values=dict(values), channel=to[0].channel
    )
    plain = msgspec.json.encode([(a.channel, a.to) for a in to]).decode()
    row.addresses_sealed = sealer().seal(plain, place=_place(row))
    row.save(force_insert=True)
    defer("notice.send", account_id=account_id, outbound_id=row.id)
    return row.id


def _place(row: Outbound) -> str:
    return f"notice.outbound.{row.account_id}.{row.id}"


def _addresses(row: Outbound) -> list[Address]:
    pairs = msgspec.json.decode(sealer().open(bytes(row.addresses_sealed), place=_place(row)))
    return [Address(channel, to) for channel, to in pairs]


def message_of(account_id: int, outbound_id: int) -> Message | None:
    """Return the message that is still to be sent, or None where it is sent or given up."""
    row = Outbound.objects.filter(account_id=account_id, id=outbound_id, state="queued").first()
    if row is None:
        return None
    address = _addresses(row)[row.present]
    # In Indonesian: nobody has chosen a language on the telephone that gets it.
    values = in_words(row.values)
    text = as_text(filled(row.title, values), filled(row.body, values))
    return Message(f"{row.id}-{row.present}", address.channel, address.to, text)


@transaction.atomic
def note_outcome(account_id: int, outbound_id: int, outcome: Outcome) -> bool:
    """Write down what the gateway said; return whether to try again.

    A refusal, or the third silence, moves the message to its next address.
    """
    row = (
        Outbound.objects.select_for_update()
        .filter(account_id=account_id, id=outbound_id, state="queued")
        .first()
    )
    if row is None:
        return False
    if outcome is Outcome.TAKEN:
        row.state = "sent"
        row.sent_at = Now()
    else:
        _try_next(row, is_refused=outcome is Outcome.REFUSED)
    row.save(update_fields=["state", "sent_at", "attempts", "present", "channel"])
    return row.state == "queued"


def _try_next(row: Outbound, *, is_refused: bool) -> None:
    row.attempts += 1
    addresses = _addresses(row)
    is_enough = is_refused or row.attempts % PATIENCE == 0
    after = following(addresses, row.present) if is_enough else row.present
    if row.attempts >= ATTEMPTS_AT_MOST or (after is None and is_refused):
        row.state = "failed"
    elif after is not None:
        row.present, row.channel = after, addresses[after].channel


@transaction.atomic
def mark_read(account_id: int, *, up_to: int) -> int:
    """Mark the notices up to an id as read; return how many were new."""
    rows = Notice.objects.filter(account_id=account_id, id__lte=up_to, read_at__isnull=True)
    return rows.update(read_at=Now())
