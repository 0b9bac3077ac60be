"""Phone and e-mail of an account: changed at once by a strong proof, after 72 hours by a weak one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from jkn.account.actions.proofs import need
from jkn.account.models import Account, Contact, Hold
from jkn.account.queries import contact_place, contacts_of
from jkn.account.rules import Strength
from jkn.account.settings import hold_hours
from jkn.audit.actions import record
from jkn.core.actor import SYSTEM, Actor
from jkn.core.clock import now
from jkn.core.db import sealer
from jkn.core.errors import NotFound
from jkn.core.words import N_
from jkn.notice import actions as notice
from jkn.notice.rules import Address


def addresses_of(account_id: int) -> list[Address]:
    """Return where messages to an account go, in the order in which they are tried."""
    contacts = contacts_of(account_id)
    phone, email = contacts.get("phone"), contacts.get("email")
    found = [Address("whatsapp", phone), Address("sms", phone)] if phone else []
    return [*found, Address("email", email)] if email else found


def tell(
    account_id: int, *, kind: str, title: str, body: str, link: str = "", go_out: bool = True,
    once: str = "", **values: str | int,
) -> None:  # fmt: skip
    """Put a notice into a person's inbox and, unless told otherwise, send it to their contacts.

    `title` and `body` are gettext msgids with `{name}` places; they hold no NIK, code or amount
    that a stranger at the phone must not read. In the transaction of the cause; a job, which may
    run twice, says `once` what makes it the same notice.
    """
    to = addresses_of(account_id) if go_out else []
    notice.tell(
        account_id, kind=kind, title=title, body=body, values=values, link=link, to=to, once=once
    )


def tell_all(
    account_ids: Iterable[int], *, kind: str, title: str, body: str, link: str = "",
    go_out: bool = True, once: str = "", **values: str | int,
) -> None:  # fmt: skip
    """Tell several people the same: a family, or those who act for an employer. As `tell`."""
    for account_id in account_ids:
        tell(
            account_id, kind=kind, title=title, body=body, link=link, go_out=go_out, once=once,
            **values,
        )  # fmt: skip


@transaction.atomic
def change_contact(*, actor: Actor, kind: str, value: str, strength: Strength) -> bool:
    """Replace a phone or e-mail that the person has just proven; return whether it is in force.

    A weak proof is held for 72 hours, in which any signed-in device can cancel it. The old
    contact is told in both cases. Refuses `proof.needed`: SMS alone changes nothing.
    """
    need(strength, at_least=Strength.WEAK)
    Account.objects.select_for_update().get(id=actor.account_id)
    is_first = kind not in contacts_of(actor.account_id)
    in_force = is_first or strength >= Strength.STRONG
    if in_force:
        _warn(actor.account_id, N_("Nomor atau e-mail akun Anda baru saja diganti."))
        put_contact(account_id=actor.account_id, kind=kind, value=value)
        Hold.objects.filter(account_id=actor.account_id, kind=kind).delete()
    else:
        _hold(actor.account_id, kind, value)
        _warn(
            actor.account_id,
            N_("Nomor atau e-mail akun Anda akan diganti dalam {hours} jam. Bukan Anda? Batalkan."),
        )
    record(
        actor=actor, verb="account.contact_changed" if in_force else "account.contact_held",
        group=actor.family_id or actor.account_id, subject=actor.account_id, kind=kind,
    )  # fmt: skip
    return in_force


def _warn(account_id: int, body: str) -> None:
    tell(
        account_id, kind="security", title=N_("Perubahan pada akun Anda"), body=body,
        link="/pengaturan/masuk/", hours=hold_hours(),
    )  # fmt: skip


def _hold(account_id: int, kind: str, value: str) -> None:
    sealed = sealer().seal(value, place=f"account.hold.{account_id}.{kind}")
    until = now() + timedelta(hours=hold_hours())
    Hold.objects.update_or_create(
        account_id=account_id, kind=kind,
        defaults={"sealed": sealed, "until": until, "created_at": now()},
    )  # fmt: skip


def put_contact(*, account_id: int, kind: str, value: str) -> None:
    """Write a proven contact in place of the old one; the caller's act leaves the audit row."""
    Contact.objects.update_or_create(
        account_id=account_id, kind=kind,
        defaults={
            "digest": sealer().index(kind, value),
            "sealed": sealer().seal(value, place=contact_place(account_id, kind)),
            "proven_at": now(),
        },
    )  # fmt: skip


@transaction.atomic
def cancel_hold(*, actor: Actor, kind: str) -> None:
    """Cancel a change that is still held; raises `NotFound`."""
    rows = Hold.objects.filter(
        account_id=actor.account_id, kind=kind, until__gt=Now(), sealed__isnull=False
    )
    if not rows.delete()[0]:
        raise NotFound
    record(
        actor=actor, verb="account.hold_cancelled", group=actor.family_id or actor.account_id,
        subject=actor.account_id, kind=kind,
    )  # fmt: skip


def end_holds() -> int:
    """Put the changes in force whose 72 hours have passed; return how many. One by one."""
    due = list(Hold.objects.filter(until__lte=Now()).values_list("account_id", "kind")[:500])
    for account_id, kind in due:
        _end_hold(account_id, kind)
    return len(due)


@transaction.atomic
def _end_hold(account_id: int, kind: str) -> None:
    hold = (
        Hold.objects.select_for_update(skip_locked=True)
        .filter(account_id=account_id, kind=kind, until__lte=Now())
        .first()
    )
    if hold is None:
        return
    if hold.sealed is not None:
        value = sealer().open(bytes(hold.sealed), place=f"account.hold.{account_id}.{kind}")
        put_contact(account_id=account_id, kind=kind, value=value)
        own = Account.objects.get(id=account_id)
        record(
            actor=SYSTEM, verb="account.contact_changed", group=own.family_id or own.id,
            subject=own.id, kind=kind,
        )  # fmt: skip
    hold.delete()
