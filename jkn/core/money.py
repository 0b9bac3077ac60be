"""Money is whole rupiah in an `int`; rates, and what a bank says to the sen, are `Decimal`.

Rounding happens here only.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from jkn.core.errors import Refused
from jkn.core.words import N_

# Above every amount this system can meet, below what a 64-bit column holds.
MAX_RUPIAH = 10**15


def share(amount: int, rate: Decimal) -> int:
    """Return `rate` of `amount` rupiah, rounded half up to whole rupiah."""
    return int((amount * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def rupiah(amount: int | Decimal) -> str:
    """Format as Indonesians write it: `Rp1.250.000`, `-Rp5.000`, with sen `Rp1.234,56`."""
    whole, sen = split_sen(abs(Decimal(amount)))
    sign, behind = "-" if amount < 0 else "", f",{sen:02}" if sen else ""
    return f"{sign}Rp{whole:,}".replace(",", ".") + behind


def split_sen(exact: Decimal) -> tuple[int, int]:
    """Return the whole rupiah of an amount, towards zero, and the sen that are left of it.

    Both have the amount's sign: -246,91 gives -246 and -91. Nothing is rounded.
    """
    whole = int(exact)
    return whole, int((exact - whole) * 100)


def with_sen(amount: int, sen: int) -> Decimal:
    """Return the amount that `split_sen` took apart."""
    return amount + Decimal(sen) / 100


def whole_rupiah(text: str) -> int:
    """Return the amount of a text such as `150000.00` in whole rupiah.

    Raises `Refused("money.invalid")` for a fraction of a rupiah, a sign, an exponent, or an
    amount that is not above zero and at most `MAX_RUPIAH`.
    """
    digits, _, cents = text.partition(".")
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 16
    try:
        fraction = Decimal(f"0.{cents}") if cents else Decimal(0)
    except InvalidOperation:
        fraction = Decimal(1)
    cents_plain = cents == "" or (cents.isascii() and cents.isdigit() and len(cents) <= 4)
    if not (plain and cents_plain and fraction == 0 and 0 < int(digits) <= MAX_RUPIAH):
        raise Refused("money.invalid", N_("Jumlah uang harus rupiah bulat di atas nol."))
    return int(digits)


_TYPED = re.compile(r"(?:rp\.?)?(\d{1,3}(?:\.\d{3})+|\d{1,16})(?:,(?:0{1,2}|-))?", re.IGNORECASE)


def typed_rupiah(text: str) -> int:
    """Return the amount that a person typed: `4000000`, `4.000.000`, `Rp 4.000.000,00`.

    Raises `Refused("money.invalid")` for everything else, and above `MAX_RUPIAH`.
    """
    found = _TYPED.fullmatch("".join(text.split()))
    if found is None or not text.isascii():
        raise Refused("money.invalid", N_("Jumlah uang harus rupiah bulat di atas nol."))
    return whole_rupiah(found[1].replace(".", ""))
