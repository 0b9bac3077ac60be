"""One-time codes: sent, sent again, proven, each under limits that hold across workers."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from jkn.account.models import Code
from jkn.account.queries import contacts_of
from jkn.account.rules import (
    CODE_SECONDS,
    CODE_TRIES,
    FRESH_SECONDS,
    RESEND_SECONDS,
    Channel,
    How,
    code_digits,
    next_channel,
    typed_digits,
)
from jkn.audit.actions import record
from jkn.core.actor import SYSTEM
from jkn.core.clock import now
from jkn.core.db import sealer
from jkn.core.errors import Limited, NotFound, Refused
from jkn.core.words import N_
from jkn.gate import limits
from jkn.gate.jobs import defer


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proven code says: who can read this contact, on which channels it was sent."""

    code_id: int
    purpose: str
    kind: str  # phone or email
    contact: str
    digest: bytes
    account_id: int | None
    how: How  # sms where it was sent by SMS too


@dataclass(frozen=True, slots=True)
class Letter:
    """A code ready to go out; lives in memory only, for the moment of sending."""

    code_id: int
    number: int  # which sending this is: the same number is the same message
    channel: Channel
    address: str
    digits: str


def send_code(
    *, purpose: str, contact_kind: str, contact: str, channel: Channel, source: str,
    account_id: int | None = None,
) -> int:  # fmt: skip
    """Make a code for a phone (`628…`) or e-mail and let it be sent; return its id.

    Call it outside a transaction: the limits (3 in 15 minutes, 6 a day per contact; 300 per
    source) count even where the caller fails later. Raises `Limited`.
    """
    return _make(purpose, contact_kind, contact, channel, source, account_id=account_id)


def send_decoy(*, purpose: str, kind: str, typed: str, channel: Channel, source: str) -> int:
    """Make what looks like a code, for a person we do not know: same steps, nothing is sent."""
    return _make(purpose, kind, typed, channel, source, is_decoy=True)


def _make(
    purpose: str, kind: str, value: str, channel: Channel, source: str, **more: int | bool | None
) -> int:
    _count_send(kind, value, source)
    code = Code(
        salt=secrets.token_bytes(16), purpose=purpose, kind=kind,
        digest=sealer().index(kind, value), channel=channel, channels=channel,
        ends_at=now() + timedelta(seconds=CODE_SECONDS), **more,
    )  # fmt: skip
    code.sealed = sealer().seal(value, place=_place(code.id))
    with transaction.atomic(durable=True):
        code.save(force_insert=True)
        record(
            actor=SYSTEM, verb="account.code_sent", group=code.account_id or code.id,
            subject=code.id, purpose=purpose, channel=str(channel),
        )  # fmt: skip
        defer("account.send_code", code_id=code.id)
    return code.id


def _place(code_id: int) -> str:
    return f"account.code.{code_id}"


def _count_send(kind: str, contact: str, source: str) -> None:
    limits.check("signin.source", source)
    limits.spend("code.send", f"{kind}:{contact}")
    limits.spend("signin.source", source)


def resend_code(*, code_id: int, channel: Channel, source: str) -> None:
    """Send the same code again, on any channel, until it ends: a late SMS still fits.

    Raises `NotFound`, `Limited` (30 seconds between sendings, and the limits of `send_code`) and
    `code.ended`. Call it outside a transaction.
    """
    code = Code.objects.filter(id=code_id).first()
    if code is None or code.sealed is None:
        raise NotFound
    if code.used_at or code.tries >= CODE_TRIES or code.ends_at <= now():
        raise ended()
    waited = (now() - code.sent_at).total_seconds()
    if waited < RESEND_SECONDS:
        raise _too_soon(RESEND_SECONDS - waited)
    _count_send(code.kind, sealer().open(bytes(code.sealed), place=_place(code.id)), source)
    channels = (
        code.channels if channel in code.channels.split(",") else f"{code.channels},{channel}"
    )
    with transaction.atomic():
        # Two presses at once: only one of them finds the old moment of sending.
        moved = Code.objects.filter(id=code.id, sent_at=code.sent_at, used_at__isnull=True).update(
            sends=F("sends") + 1, sent_at=Now(), channel=channel, channels=channels,
            state="queued", attempts=0,
        )  # fmt: skip
        if not moved:
            raise _too_soon(RESEND_SECONDS)
        record(
            actor=SYSTEM, verb="account.code_resent", group=code.account_id or code.id,
            subject=code.id, channel=str(channel),
        )  # fmt: skip
        defer("account.send_code", code_id=code.id)


def _too_soon(seconds: float) -> Limited:
    left = max(1, round(seconds))
    return Limited(
        "code.too_soon", N_("Tunggu {seconds} detik, lalu kirim ulang."),
        retry_after=left, seconds=left,
    )  # fmt: skip


_TRY = """
UPDATE account_code SET tries = tries + 1
WHERE id = %s AND purpose = %s AND used_at IS NULL AND tries < %s AND ends_at > clock_timestamp()
RETURNING salt, tries, is_decoy
"""
_USE = """
UPDATE account_code SET used_at = now() WHERE id = %s AND used_at IS NULL
RETURNING kind, digest, sealed, account_id, channels
"""


def prove_code(code_id: int, digits: str, *, purpose: str) -> Proven:
    """Compare the digits that a person typed; a good one is used up by this.

    Each try is counted before it is compared, in a statement that two workers cannot both win, and
    is committed whatever comes after: so this opens its own transactions and refuses to run
    inside another. Refuses `code.invalid`, `code.wrong` and `code.ended`.
    """
    typed = typed_digits(digits)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_TRY, [code_id, purpose, CODE_TRIES])
        row = cursor.fetchone()
    if row is None:
        raise ended()
    salt, tries, is_decoy = row
    right = code_digits(settings.CODES_SECRET, code_id=code_id, salt=salt)
    if not hmac.compare_digest(right, typed) or is_decoy:
        if tries >= CODE_TRIES:
            raise ended()
        raise Refused("code.wrong", N_("Kode salah. Anda dapat mencoba {left} kali lagi."),
                      left=CODE_TRIES - tries)  # fmt: skip
    return _use(code_id, purpose)


def _use(code_id: int, purpose: str) -> Proven:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_USE, [code_id])
        row = cursor.fetchone()
        if row is None:
            raise ended()
        kind, digest, sealed, account_id, channels = row
        record(
            actor=SYSTEM, verb="account.code_proven", group=account_id or code_id,
            subject=code_id, purpose=purpose,
        )  # fmt: skip
    contact = sealer().open(sealed, place=_place(code_id))
    how = How.SMS if Channel.SMS in channels.split(",") else How.CODE
    return Proven(code_id, purpose, kind, contact, bytes(digest), account_id, how)


def ended() -> Refused:
    """Return the refusal of a code that is used, tried out, too old or not there."""
    return Refused("code.ended", N_("Kode ini sudah berakhir. Minta kode baru."))


def settle_code(code_id: int) -> None:
    """Use up the proof of a code for the one thing it was asked for; refuses `code.ended`."""
    moved = Code.objects.filter(
        id=code_id, used_at__gt=_oldest_proof(), settled_at__isnull=True
    ).update(settled_at=Now())
    if not moved:
        raise ended()


def _oldest_proof() -> datetime:
    return now() - timedelta(seconds=FRESH_SECONDS)


def proven_of(code_id: int) -> Proven:
    """Return the proof of a used code whose purpose has not happened yet; refuses `code.ended`."""
    code = Code.objects.filter(
        id=code_id, used_at__gt=_oldest_proof(), settled_at__isnull=True
    ).first()
    if code is None or code.sealed is None:
        raise ended()
    contact = sealer().open(bytes(code.sealed), place=_place(code.id))
    how = How.SMS if Channel.SMS in code.channels.split(",") else How.CODE
    return Proven(
        code.id, code.purpose, code.kind, contact, bytes(code.digest), code.account_id, how
    )


# What the job asks and reports.

PATIENCE = 2  # silent attempts on one channel before the next one is taken


def letter_of(code_id: int) -> Letter | None:
    """Return what is to be sent for a live code; None where nothing is (any more)."""
    code = Code.objects.filter(id=code_id, used_at__isnull=True, ends_at__gt=Now()).first()
    if code is None or code.sealed is None or code.state in ("sent", "failed"):
        return None
    channel, address = Channel(code.channel), ""
    if not code.is_decoy:
        address = _address(code, channel)
    digits = code_digits(settings.CODES_SECRET, code_id=code.id, salt=bytes(code.salt))
    return Letter(code.id, code.sends, channel, address, digits)


def _address(code: Code, channel: Channel) -> str:
    """Return where a code goes on a channel; empty where the person has no such contact."""
    own = sealer().open(bytes(code.sealed or b""), place=_place(code.id))
    wanted = "email" if channel is Channel.EMAIL else "phone"
    if code.kind == wanted:
        return own
    return contacts_of(code.account_id).get(wanted, "") if code.account_id else ""


def note_sent(letter: Letter) -> None:
    """Write down that the gateway took the code."""
    Code.objects.filter(id=letter.code_id, channel=letter.channel, sends=letter.number).update(
        state="sent", attempts=0
    )


def note_not_sent(letter: Letter, *, is_refused: bool) -> bool:
    """Write down that a channel refused or stayed silent; return whether to try again.

    A refusal, or the second silence, moves the code to the next channel: WhatsApp, SMS, e-mail.
    """
    with transaction.atomic():
        code = Code.objects.select_for_update().filter(id=letter.code_id).first()
        if code is None or code.channel != letter.channel or code.sends != letter.number:
            return False
        code.attempts += 1
        code.state = "trying"
        if is_refused or code.attempts >= PATIENCE:
            _move_on(code)
        code.save(update_fields=["attempts", "state", "channel", "channels"])
        return code.state != "failed"


def _move_on(code: Code) -> None:
    following = next_channel(
        Channel(code.channel), has_email=code.is_decoy or bool(_address(code, Channel.EMAIL))
    )
    if following is None:
        code.state = "failed"
        return
    code.channel, code.attempts = following, 0
    if following not in code.channels.split(","):
        code.channels = f"{code.channels},{following}"


def forget_old_codes() -> None:
    """Drop the codes of earlier days, and holds and devices whose time has run out."""
    Code.objects.filter(ends_at__lt=now() - timedelta(days=1)).delete()
