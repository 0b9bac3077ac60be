"""Second proofs and passkeys: set up, used, renamed and removed by the person themselves."""

from __future__ import annotations

import base64
import secrets
import string
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from jkn.account import authenticators
from jkn.account.models import Account, Passkey, RecoveryCode
from jkn.account.queries import account, passkeys_of
from jkn.account.rules import RECOVERY_CODES, How, Strength, recovery_digest, typed_digits
from jkn.account.settings import hold_hours, site
from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.clock import now
from jkn.core.db import sealer
from jkn.core.errors import Forbidden, NotFound, Refused
from jkn.core.words import N_
from jkn.gate import limits

PASSKEYS_AT_MOST = 10
_ALPHABET = string.digits + "ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misread


def need(strength: Strength, *, at_least: Strength) -> None:
    """Refuse `proof.needed` where the fresh proofs of the session are worth less than needed."""
    if strength < at_least:
        raise Forbidden(
            "proof.needed", N_("Buktikan dulu ini Anda. SMS saja tidak cukup untuk perubahan ini.")
        )


def _record(actor: Actor, verb: str, subject: int = 0, **details: str | int | bool) -> None:
    group = actor.family_id or actor.account_id
    record(actor=actor, verb=verb, group=group, subject=subject or actor.account_id, **details)


# Authenticator (TOTP).


def _totp_place(account_id: int) -> str:
    return f"account.totp.{account_id}"


def seal_totp(*, account_id: int, secret: str) -> str:
    """Return a secret that waits for its first digits, sealed, as text for the session."""
    return base64.b64encode(sealer().seal(secret, place=_totp_place(account_id))).decode()


def open_totp(*, account_id: int, sealed: str) -> str:
    """Return the secret that waits in the session."""
    return sealer().open(base64.b64decode(sealed), place=_totp_place(account_id))


def set_totp(*, actor: Actor, sealed: str, digits: str, strength: Strength) -> list[str]:
    """Turn the authenticator on, proven by its first digits; return the new recovery codes.

    Refuses `totp.wrong` and `proof.needed` (a code by SMS alone is not enough).
    """
    need(strength, at_least=Strength.WEAK)
    secret = open_totp(account_id=actor.account_id, sealed=sealed)
    step = authenticators.totp_step(secret, typed_digits(digits))
    if step is None:
        raise _wrong_totp()
    with transaction.atomic():
        Account.objects.filter(id=actor.account_id).update(
            totp_sealed=base64.b64decode(sealed), totp_last_step=step
        )
        _record(actor, "account.totp_set")
        return _new_recovery_codes(actor)


def _wrong_totp() -> Refused:
    return Refused("totp.wrong", N_("Kode autentikator tidak cocok. Periksa jam ponsel Anda."))


@transaction.atomic
def remove_totp(*, actor: Actor, strength: Strength) -> None:
    """Turn the authenticator off, by a strong proof only; twice is as once."""
    need(strength, at_least=Strength.STRONG)
    Account.objects.filter(id=actor.account_id).update(totp_sealed=None, totp_last_step=0)
    RecoveryCode.objects.filter(account_id=actor.account_id).delete()
    _record(actor, "account.totp_removed")


@transaction.atomic
def renew_recovery_codes(*, actor: Actor, strength: Strength) -> list[str]:
    """Make new recovery codes; the old ones end. Needs a strong proof and an authenticator."""
    need(strength, at_least=Strength.STRONG)
    if account(actor.account_id).totp_sealed is None:
        raise Refused("totp.none", N_("Pasang autentikator dulu."))
    return _new_recovery_codes(actor)


def _new_recovery_codes(actor: Actor) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(account_id=actor.account_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(
            account_id=actor.account_id,
            digest=recovery_digest(settings.CODES_SECRET, account_id=actor.account_id, code=code),
        )
        for code in codes
    )
    _record(actor, "account.recovery_codes_made")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def prove_second(*, account_id: int, typed: str) -> How:
    """Check the second proof that a person typed: six digits of the app, or a recovery code.

    Tries are limited (5 in 15 minutes); digits and recovery codes count once. Refuses
    `totp.wrong` and `recovery.wrong`. Call it outside a transaction.
    """
    key = f"account:{account_id}"
    limits.spend("second.account", key)
    plain = typed.replace(" ", "")
    if len(plain) == 6 and plain.isdigit():
        _use_totp(account_id, plain)
        how = How.TOTP
    else:
        _use_recovery_code(account_id, typed)
        how = How.RECOVERY
    limits.forget("second.account", key)
    return how


def _use_totp(account_id: int, digits: str) -> None:
    own = account(account_id)
    if own.totp_sealed is None:
        raise _wrong_totp()
    secret = sealer().open(bytes(own.totp_sealed), place=_totp_place(account_id))
    step = authenticators.totp_step(secret, digits)
    # A step counts once, also where two workers compare at the same moment.
    if step is None or not Account.objects.filter(id=account_id, totp_last_step__lt=step).update(
        totp_last_step=step
    ):
        raise _wrong_totp()


def _use_recovery_code(account_id: int, typed: str) -> None:
    digest = recovery_digest(settings.CODES_SECRET, account_id=account_id, code=typed)
    own = account(account_id)
    with transaction.atomic():
        moved = RecoveryCode.objects.filter(
            account_id=account_id, digest=digest, used_at__isnull=True
        ).update(used_at=Now())
        if not moved:
            raise Refused(
                "recovery.wrong", N_("Kode pemulihan tidak cocok, atau sudah pernah dipakai.")
            )
        _record(own.as_actor(), "account.recovery_code_used")


# Passkeys.


def add_passkey(
    *, actor: Actor, credential: str, challenge: bytes, label: str, strength: Strength
) -> Passkey:
    """Add a passkey. By a weak proof it can sign in only after 72 hours; SMS alone is refused.

    Refuses `passkey.invalid`, `passkey.known`, `passkey.many` and `proof.needed`.
    """
    need(strength, at_least=Strength.WEAK)
    new = authenticators.check_new_key(credential, challenge=challenge, site=site())
    with transaction.atomic():
        Account.objects.select_for_update().get(id=actor.account_id)
        known = passkeys_of(actor.account_id)
        if len(known) >= PASSKEYS_AT_MOST:
            raise Refused("passkey.many", N_("Hapus dulu kunci yang tidak Anda pakai lagi."))
        if any(bytes(k.credential_id) == new.credential_id for k in known):
            raise Refused("passkey.known", N_("Kunci ponsel ini sudah terdaftar."))
        made = Passkey.objects.create(
            account_id=actor.account_id, credential_id=new.credential_id,
            public_key=new.public_key, sign_count=new.sign_count, transports=new.transports,
            label=(label.strip() or "Ponsel")[:60], usable_from=_usable_from(strength),
        )  # fmt: skip
        _record(actor, "account.passkey_added", made.id, held=strength < Strength.STRONG)
    return made


def _usable_from(strength: Strength) -> datetime:
    return now() if strength >= Strength.STRONG else now() + timedelta(hours=hold_hours())


@transaction.atomic
def rename_passkey(*, actor: Actor, passkey_id: int, label: str) -> None:
    """Give a passkey another name; raises `NotFound`, refuses `passkey.label`."""
    if not label.strip():
        raise Refused("passkey.label", N_("Beri nama kunci ini, misalnya Ponsel Ibu."))
    rows = Passkey.objects.filter(account_id=actor.account_id, id=passkey_id)
    if not rows.update(label=label.strip()[:60]):
        raise NotFound
    _record(actor, "account.passkey_renamed", passkey_id)


@transaction.atomic
def remove_passkey(*, actor: Actor, passkey_id: int, strength: Strength) -> None:
    """Remove a passkey: it opens nothing from now on. SMS alone is refused; raises `NotFound`."""
    need(strength, at_least=Strength.WEAK)
    if not Passkey.objects.filter(account_id=actor.account_id, id=passkey_id).delete()[0]:
        raise NotFound
    _record(actor, "account.passkey_removed", passkey_id)


def account_by_passkey(credential: str, *, challenge: bytes, asked_at: datetime) -> Account:
    """Return the account that a passkey's answer opens; refuses `passkey.invalid`.

    An answer counts once: the question must be younger than the key's last use.
    """
    account_id = authenticators.account_of(credential)
    own = Account.objects.filter(id=account_id or 0, is_active=True).first()
    key = _key_of(own.id, credential) if own else None
    if own is None or key is None:
        raise Refused("passkey.unknown", N_("Kunci ponsel ini belum terdaftar. Pakai cara lain."))
    if key.usable_from > now():
        raise Refused("passkey.held", N_("Kunci ini baru berlaku setelah masa tunggu 72 jam."))
    count = authenticators.check_answer(
        credential, challenge=challenge, site=site(), public_key=bytes(key.public_key),
        sign_count=key.sign_count,
    )  # fmt: skip
    moved = Passkey.objects.filter(
        Q(last_used__isnull=True) | Q(last_used__lt=asked_at), account_id=own.id, id=key.id
    ).update(sign_count=count, last_used=Now())
    if not moved:
        raise Refused("passkey.used", N_("Halaman ini sudah lama. Muat ulang, lalu coba lagi."))
    return own


def _key_of(account_id: int, credential: str) -> Passkey | None:
    wanted = authenticators.credential_id_of(credential)
    return Passkey.objects.filter(account_id=account_id, credential_id=wanted).first()
