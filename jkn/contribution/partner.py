"""The bank that debits accounts, as an HTTP partner; protocol: docs/reference/autodebit.md.

Wire names are allowed here and nowhere above. Every call carries an id of ours: the same id twice
is the same mandate or the same debit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings

from jkn.contribution.debits import DebitProblem, problem_of
from jkn.core.errors import Unavailable
from jkn.core.words import N_
from jkn.gate.outside import Heard, Silent, post_json

_NOT_THERE = 404
BELIEVABLE_YEARS = range(2000, 2100)  # beyond them no page could show the time in WIB
Text = Annotated[str, msgspec.Meta(max_length=300)]
Reference = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{0,64}$")]


class _MandateAnswer(msgspec.Struct, frozen=True):
    status: Literal["pending", "active", "refused", "ended"]
    reason: Text = ""
    confirm_url: Text = ""


class _DebitAnswer(msgspec.Struct, frozen=True):
    status: Literal["paid", "refused"]
    reason: Text = ""
    amount: int = 0
    reference: Reference = ""
    paid_at: Text = ""


_mandates = msgspec.json.Decoder(_MandateAnswer)
_debits = msgspec.json.Decoder(_DebitAnswer)


@dataclass(frozen=True, slots=True)
class MandateHeard:
    """What the bank says of a mandate."""

    is_active: bool
    problem: DebitProblem | None  # refused, or ended at the bank
    confirm_url: str


@dataclass(frozen=True, slots=True)
class DebitHeard:
    """What the bank says of a debit: `problem` is None where the money was taken."""

    problem: DebitProblem | None
    amount: int
    reference: str
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """The account that is to be debited, as the bank must know it."""

    bank: str
    number: str
    holder: str
    day: int


def open_mandate(mandate_id: int, account: Account) -> MandateHeard:
    """Ask the bank for a mandate; it checks the name. Raises `Unavailable("bank.down")`."""
    body = {
        "id": str(mandate_id), "bank": account.bank, "account": account.number,
        "holder": account.holder, "day": account.day,
    }  # fmt: skip
    return _mandate(_post("mandates", mandate_id, body))


def mandate_status(mandate_id: int) -> MandateHeard | None:
    """Ask how a mandate stands; None where the bank knows no such. Raises `Unavailable`."""
    heard = _post("mandates/status", mandate_id, {"id": str(mandate_id)})
    return None if heard.status == _NOT_THERE else _mandate(heard)


def close_mandate(mandate_id: int) -> None:
    """Tell the bank that a mandate has ended; one that it does not know is fine.

    Raises `Unavailable`.
    """
    heard = _post("mandates/end", mandate_id, {"id": str(mandate_id)})
    if heard.status not in (200, _NOT_THERE):
        raise _down()


def debit(debit_id: int, *, mandate_id: int, amount: int) -> DebitHeard:
    """Debit `amount` rupiah, once for each id however often it is asked. Raises `Unavailable`."""
    body = {"id": str(debit_id), "mandate": str(mandate_id), "amount": amount, "currency": "IDR"}
    return _debit(_post("debits", debit_id, body), amount)


def debit_status(debit_id: int, *, amount: int) -> DebitHeard | None:
    """Ask what became of a debit; None where the bank never heard of it. Raises `Unavailable`."""
    heard = _post("debits/status", debit_id, {"id": str(debit_id)})
    return None if heard.status == _NOT_THERE else _debit(heard, amount)


def cancel_debit(debit_id: int, *, amount: int) -> DebitHeard:
    """Forbid a debit that the bank has not made; the answer says whether it had. `Unavailable`."""
    return _debit(_post("debits/cancel", debit_id, {"id": str(debit_id)}), amount)


def _post(path: str, key: int, body: dict[str, Any]) -> Heard:
    url = f"{settings.BANK_URL.rstrip('/')}/autodebit/{path}"
    try:
        return post_json(url, body, {"Idempotency-Key": str(key)})
    except Silent:
        raise _down() from None


def _mandate(heard: Heard) -> MandateHeard:
    try:
        answer = _mandates.decode(heard.body if heard.status == 200 else b"")
    except (msgspec.DecodeError, ValueError):
        raise _down() from None
    is_open = answer.status in ("pending", "active")
    is_address = answer.confirm_url.startswith(("http://", "https://"))
    return MandateHeard(
        is_active=answer.status == "active",
        problem=None if is_open else _problem(answer.status, answer.reason),
        confirm_url=answer.confirm_url if is_address else "",
    )


def _problem(status: str, reason: str) -> DebitProblem:
    return DebitProblem.AT_BANK if status == "ended" else problem_of(reason)


def _debit(heard: Heard, amount: int) -> DebitHeard:
    """Return the answer; one about another sum, or without a reference, proves nothing."""
    try:
        answer = _debits.decode(heard.body if heard.status == 200 else b"")
    except (msgspec.DecodeError, ValueError):
        raise _down() from None
    if answer.status == "refused":
        return DebitHeard(problem_of(answer.reason), 0, "", None)
    paid_at = _moment(answer.paid_at)
    if answer.amount != amount or not answer.reference or paid_at is None:
        raise _down()
    return DebitHeard(None, amount, answer.reference, paid_at)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    is_believable = moment.tzinfo is not None and moment.year in BELIEVABLE_YEARS
    return moment if is_believable else None


def _down() -> Unavailable:
    return Unavailable("bank.down", N_("Bank belum menjawab. Kami coba lagi."))
