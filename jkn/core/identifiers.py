"""The numbers that people carry: NIK, KK, card, virtual account, telephone.

Each parser takes what a person may type (spaces, dots, dashes), returns the plain form and
refuses with the rule that is broken. Sources: docs/reference/identifiers.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from jkn.core.errors import Refused
from jkn.core.words import N_

_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u200b]+")
_BIRTH_DATE = re.compile(r"([0-9]{1,2})[\s./\-]+([0-9]{1,2})[\s./\-]+([0-9]{4})")
WOMEN_DAY_OFFSET = 40  # a woman's day of birth is written plus 40 in her NIK


def plain_digits(text: str) -> str:
    """Return the text without the spaces, dots and dashes that people put between digits."""
    return _SEPARATORS.sub("", text)


def _digits(text: str, *, length: int, code: str, message: str) -> str:
    digits = plain_digits(text)
    if len(digits) != length or not (digits.isascii() and digits.isdigit()):
        raise Refused(code, message, length=length)
    return digits


def nik(text: str) -> str:
    """Return a NIK (16 digits; day of birth plus 40 for women); refuses `nik.invalid`.

    The area prefix is not checked against a list: codes change, and it names the place of first
    registration, not of domicile.
    """
    digits = _digits(
        text, length=16, code="nik.invalid", message=N_("NIK berisi {length} angka. Periksa lagi.")
    )
    day, month = int(digits[6:8]) % WOMEN_DAY_OFFSET, int(digits[8:10])
    if (
        not (1 <= day <= 31 and int(digits[6:8]) <= 71 and 1 <= month <= 12)
        or digits[12:] == "0000"
    ):
        raise Refused(
            "nik.invalid", N_("NIK ini tidak mungkin benar. Salin dari KTP atau KK Anda.")
        )
    return digits


@dataclass(frozen=True, slots=True)
class NikFacts:
    """What a NIK says of its holder when first registered; two digits of the year only."""

    area: str
    day: int
    month: int
    year_of_century: int
    is_woman: bool


def nik_facts(valid_nik: str) -> NikFacts:
    """Return what a valid NIK says: area code, birth date without century, sex."""
    day = int(valid_nik[6:8])
    return NikFacts(
        area=valid_nik[:6],
        day=day % WOMEN_DAY_OFFSET,
        month=int(valid_nik[8:10]),
        year_of_century=int(valid_nik[10:12]),
        is_woman=day > WOMEN_DAY_OFFSET,
    )


def family_card(text: str) -> str:
    """Return a family card number (nomor KK, 16 digits); refuses `kk.invalid`."""
    return _digits(
        text,
        length=16,
        code="kk.invalid",
        message=N_("Nomor KK berisi {length} angka. Periksa lagi."),
    )


def card_number(text: str) -> str:
    """Return a JKN card number (13 digits); refuses `card.invalid`."""
    return _digits(
        text,
        length=13,
        code="card.invalid",
        message=N_("Nomor kartu berisi {length} angka. Periksa lagi."),
    )


def virtual_account(text: str) -> str:
    """Return a virtual account number (16 digits); refuses `va.invalid`."""
    return _digits(
        text,
        length=16,
        code="va.invalid",
        message=N_("Nomor virtual account berisi {length} angka. Periksa lagi."),
    )


def virtual_account_of(card: str, *, prefix: str) -> str:
    """Return the virtual account of a card at a bank: 5 digits of prefix, 11 of the card."""
    return prefix + card[-11:]


def phone(text: str) -> str:
    """Return an Indonesian mobile number as `628…`; refuses `phone.invalid`.

    Takes `0812…`, `+62812…`, `62812…` and `812…`: 9 to 12 digits after the country code.
    """
    digits = plain_digits(text).lstrip("+").replace("(", "").replace(")", "")
    for prefix in ("62", "0"):
        if digits.startswith(prefix):
            digits = digits[len(prefix) :].lstrip("0")
            break
    if not (digits.isascii() and digits.isdigit() and re.fullmatch(r"8\d{8,11}", digits)):
        raise Refused(
            "phone.invalid", N_("Nomor HP dimulai 08 dan berisi 10–13 angka. Periksa lagi.")
        )
    return "62" + digits


def email(text: str) -> str:
    """Return an e-mail address in lower case; refuses `email.invalid`."""
    address = text.strip().lower()
    parts = r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s.<>\"']+"
    if len(address) > 254 or not (address.isprintable() and re.fullmatch(parts, address)):
        raise Refused(
            "email.invalid", N_("Alamat e-mail ini tidak lengkap. Contoh: siti@contoh.id.")
        )
    return address


def _day(text: str) -> date:
    typed = re.sub(r"^([0-9]{2})([0-9]{2})([0-9]{4})$", r"\1-\2-\3", text.strip())
    typed = re.sub(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$", r"\3-\2-\1", typed)
    parts = _BIRTH_DATE.fullmatch(typed)
    try:
        day, month, year = (int(part) for part in parts.groups()) if parts else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        return date.min


def calendar_day(text: str) -> date:
    """Return a day typed as day, month, year; refuses `day.invalid` what is no day since 1900."""
    day = _day(text)
    if day.year < 1900:
        raise Refused("day.invalid", N_("Tulis tanggal, bulan, tahun. Contoh: 31-08-2027."))
    return day


def birth_date(text: str, *, on: date) -> date:
    """Return a date of birth typed as day, month, year: `31-01-1968`, `31/1/1968`, `31011968`.

    The form of programs, `1968-01-31`, is taken too.

    Refuses `birth.invalid` for a day that does not exist, lies after `on` or over 120 years back.
    """
    born = _day(text)
    if born > on:
        raise Refused(
            "birth.invalid", N_("Tanggal lahir tidak boleh setelah hari ini. Periksa tahunnya.")
        )
    if born.year < on.year - 120:
        raise Refused("birth.invalid", N_("Tulis tanggal, bulan, tahun lahir. Contoh: 31-01-1968."))
    return born


def masked(number: str) -> str:
    """Return a number with its middle hidden, for pages and messages: `3275••••••••0003`."""
    if len(number) <= 8:
        return "•" * len(number)
    return number[:4] + "•" * (len(number) - 8) + number[-4:]


def age_on(birth: date, *, on: date) -> int:
    """Return the completed years of age on a day; 29 February counts from 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
