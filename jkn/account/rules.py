"""Rules of signing in: what people may type, how codes come about, what a proof is worth."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from jkn.core import identifiers
from jkn.core.errors import Refused
from jkn.core.words import N_

# Service settings, not law (docs/reference/limits.md).
CODE_SECONDS = 5 * 60
CODE_TRIES = 3
CODE_DIGITS = 6
RESEND_SECONDS = 30
FRESH_SECONDS = 15 * 60  # how long a proof counts as "just now"
HOLD_HOURS = 72
PASSWORD_LENGTH = (8, 128)
RECOVERY_CODES = 8
STAFF_SESSION_SECONDS = 12 * 3600  # staff share computers: one shift
ANONYMOUS_SECONDS = 24 * 3600  # a registration that is half done, before anyone is signed in
TOUCH_SECONDS = 3600  # "last seen" is written at most this often


class Key(StrEnum):
    """What leads to one family and member, and is unique in the whole system."""

    NIK = "nik"
    CARD = "card"
    FAMILY_CARD = "kk"
    VIRTUAL_ACCOUNT = "va"
    PAYMENT = "payment"
    EMPLOYER = "employer"  # a number of an employer leads to its own ledger group
    ACCOUNT = "account"  # the person's number; its member_id is the id of the person's one account


class ContactKind(StrEnum):
    """What an account can be found by besides the directory; several accounts may share one."""

    PHONE = "phone"
    EMAIL = "email"
    NIK = "nik"  # staff only: a clerk's NIK may stand in the directory as a member's as well


class Channel(StrEnum):
    """Ways on which a message goes out."""

    WHATSAPP = "whatsapp"
    SMS = "sms"
    EMAIL = "email"


class How(StrEnum):
    """By what a person proved who they are."""

    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105 (a word, not a secret)
    TOTP = "totp"
    RECOVERY = "recovery"
    CODE = "code"  # one-time code by WhatsApp or e-mail
    SMS = "sms"  # one-time code that was also sent by SMS
    DESK = "desk"  # seen face to face


class Strength(IntEnum):
    """What a proof allows: SMS alone never changes a phone number, bank account or passkey."""

    NONE = 0
    SMS = 1
    WEAK = 2  # allowed, but held for 72 hours, and the old channel is told
    STRONG = 3


_STRENGTH = {
    How.PASSKEY: Strength.STRONG,
    How.TOTP: Strength.STRONG,
    How.RECOVERY: Strength.STRONG,
    How.DESK: Strength.STRONG,
    How.PASSWORD: Strength.STRONG,
    How.CODE: Strength.WEAK,
    How.SMS: Strength.SMS,
}


def strength(proofs: Mapping[str, int], *, at: int, password_is_held: bool) -> Strength:
    """Return what the proofs of a session are worth at a second since 1970.

    `proofs` maps a `How` to the second of the proof. A password that was set by a code alone is
    worth no more than the code until its hold has ended.
    """
    best = Strength.NONE
    for how, moment in proofs.items():
        if at - moment > FRESH_SECONDS:
            continue
        worth = _STRENGTH[How(how)]
        if how == How.PASSWORD and password_is_held:
            worth = Strength.SMS
        best = max(best, worth)
    return best


def code_digits(secret: str, *, code_id: int, salt: bytes) -> str:
    """Return the six digits of a code: derived whenever they are needed, stored nowhere."""
    mac = hmac.digest(secret.encode(), f"code:{code_id}:".encode() + bytes(salt), hashlib.sha256)
    return f"{int.from_bytes(mac, 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def typed_digits(text: str) -> str:
    """Return what a person typed as a code, without spaces and dashes; refuses `code.invalid`."""
    digits = identifiers.plain_digits(text)
    if not re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", digits):
        raise Refused("code.invalid", N_("Kode berisi {length} angka."), length=CODE_DIGITS)
    return digits


def next_channel(channel: Channel, *, has_email: bool) -> Channel | None:
    """Return where a code goes when a channel refuses or stays silent: WhatsApp, SMS, e-mail."""
    if channel is Channel.WHATSAPP:
        return Channel.SMS
    if channel is Channel.SMS and has_email:
        return Channel.EMAIL
    return None


def check_password_length(password: str) -> None:
    """Refuse `password.short` or `password.long`; nothing else is asked of a password."""
    least, most = PASSWORD_LENGTH
    if len(password) < least:
        raise Refused("password.short", N_("Kata sandi paling sedikit {least} huruf."), least=least)
    if len(password) > most:
        raise Refused("password.long", N_("Kata sandi paling banyak {most} huruf."), most=most)


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a person typed to say who they are, in its plain form."""

    kind: str  # nik, card, phone, email
    value: str

    @property
    def is_shared(self) -> bool:
        """Whether several people may have the same one."""
        return self.kind in (ContactKind.PHONE, ContactKind.EMAIL)


def identifier(text: str) -> Identifier:
    """Return what was typed: e-mail, NIK (16 digits), card (13), else phone.

    Card numbers of members begin with 000; 13 digits that begin with 08 are a telephone.
    Refuses `identifier.missing` and what the parser of the kind refuses.
    """
    typed = text.strip()
    if not typed:
        raise Refused("identifier.missing", N_("Isi NIK, nomor kartu, nomor HP, atau e-mail."))
    if "@" in typed:
        return Identifier("email", identifiers.email(typed))
    digits = identifiers.plain_digits(typed)
    if len(digits) == 16:
        return Identifier("nik", identifiers.nik(digits))
    if len(digits) == 13 and not digits.startswith(("08", "62", "+62")):
        return Identifier("card", identifiers.card_number(digits))
    if digits.lstrip("+").startswith(("0", "62", "8")) and 9 <= len(digits) <= 15:
        return Identifier("phone", identifiers.phone(digits))
    raise Refused(
        "identifier.invalid", N_("NIK 16 angka, nomor kartu 13 angka, HP dimulai 08. Periksa lagi.")
    )


def safe_path(text: str, *, otherwise: str = "") -> str:
    """Return a path of our own pages to go on to; anything else gives `otherwise`."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not is_own or len(text) > 300 or not re.fullmatch(r"[\x21-\x5b\x5d-\x7e]+", text):
        return otherwise
    return text


_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "Chromebook"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_label(user_agent: str) -> str:
    """Return short words for a device, such as `Chrome, Android`; only from known words."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


def first_name(name: str) -> str:
    """Return the first word of a name, by which people on one phone choose themselves."""
    return name.split(" ", 1)[0]


_PLAIN_CODE = re.compile(r"[^0-9A-Z]")


def plain_recovery_code(text: str) -> str:
    """Return a recovery code as it is compared: capitals and digits only, no dash."""
    return _PLAIN_CODE.sub("", text.upper().replace("O", "0").replace("I", "1").replace("L", "1"))


def recovery_digest(secret: str, *, account_id: int, code: str) -> bytes:
    """Return what is stored of a recovery code (it has 50 bits of chance)."""
    text = f"recovery:{account_id}:{plain_recovery_code(code)}"
    return hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
