"""How a bank pays a virtual account by SNAP: well, twice, late, out of order, forged, altered."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from jkn.nonprod.snap_client import Answer, NoAnswer, SnapClient, payment_body

TRIES = 8  # a bank repeats until it has an answer; some 25 seconds in all
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_DELAY_SECONDS = 60


class How(StrEnum):
    """How a payment is notified."""

    NORMAL = "normal"
    REPEAT = "repeat"  # the same notification twice
    DELAY = "delay"  # late
    REORDER = "reorder"  # two virtual accounts, notified in the other order
    FORGE = "forge"  # signed with another secret
    ALTER = "alter"  # another amount than was signed


@dataclass(frozen=True, slots=True)
class Step:
    """One message to us and what came back; `answer` is None where nothing did."""

    act: str  # inquiry, payment
    va: str
    amount: int
    reference: str
    answer: Answer | None

    @property
    def code(self) -> str:
        """The responseCode, or ""."""
        return self.answer.code if self.answer else ""

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted."""
        return self.answer is not None and self.answer.is_accepted


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody at the bank's counter asks for; no amount: what is owed."""

    va: str
    amount: int | None = None
    how: How = How.NORMAL
    other_va: str = ""
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True)
class _Notification:
    va: str
    request_id: str
    reference: str
    amount: int


def reference() -> str:
    """Return a new reference number of the bank."""
    return f"{time.time_ns() // 1_000_000}{secrets.randbelow(1_000_000):06}"


def request_id() -> str:
    """Return a new id for an inquiry and its payment."""
    return f"{time.time_ns():020}{secrets.randbelow(1_000_000):06}"


def surely(
    send: Callable[[bool], Answer],
    *,
    tries: int = TRIES,
    pause: Callable[[float], None] = time.sleep,
) -> Answer:
    """Send until there is a clear answer; `send` is told whether it is a repetition.

    No answer, 5xx and 429 are not clear. Raises `NoAnswer` after the last try.
    """
    wait = FIRST_PAUSE_SECONDS
    for attempt in range(tries):
        try:
            answer = send(attempt > 0)
        except NoAnswer:
            if attempt == tries - 1:
                raise
        else:
            is_clear = answer.code != "" and answer.status < 500 and answer.status != 429
            # A token that was withdrawn or lost is asked for again, with the next try.
            if is_clear and not _token_refused(answer):
                return answer
            if attempt == tries - 1:
                return answer
        pause(wait)
        wait = min(wait * 2, LONGEST_PAUSE_SECONDS)
    raise AssertionError("unreachable")


def pay(
    client: SnapClient, order: Order, *, pause: Callable[[float], None] = time.sleep
) -> list[Step]:
    """Do what was asked for and return every step. Nothing is raised for an answer of theirs."""
    vas = [order.va, order.other_va] if order.how is How.REORDER else [order.va]
    steps: list[Step] = []
    notifications: list[_Notification] = []
    for va in vas:
        asked = _asked(client, va, order.amount, pause)
        steps.append(asked[0])
        if asked[1] is not None:
            notifications.append(asked[1])
    if order.how is How.DELAY:
        pause(min(order.delay_seconds, LONGEST_DELAY_SECONDS))
    for notification in reversed(notifications):
        steps += _notified(client, notification, order.how, pause)
    return steps


def _asked(
    client: SnapClient, va: str, amount: int | None, pause: Callable[[float], None]
) -> tuple[Step, _Notification | None]:
    """Inquire; whoever names an amount pays it even where the inquiry says no."""
    number = request_id()
    try:
        answer = surely(lambda _: client.inquiry(va, request_id=number), pause=pause)
    except NoAnswer:
        return Step("inquiry", va, 0, "", None), None
    quoted = answer.amount if answer.is_accepted else 0
    step = Step("inquiry", va, quoted, "", answer)
    to_pay = amount or quoted
    return step, _Notification(va, number, reference(), to_pay) if to_pay else None


def _notified(
    client: SnapClient, told: _Notification, how: How, pause: Callable[[float], None]
) -> list[Step]:
    if how is How.FORGE:
        return [_step(told, lambda: forged(client, told.va, told.amount, told.request_id))]
    if how is How.ALTER:
        return [_step(told, lambda: altered(client, told.va, told.amount, told.request_id))]

    def send(is_repeat: bool) -> Answer:
        return client.payment(
            told.va, request_id=told.request_id, amount=told.amount, reference=told.reference,
            is_repeat=is_repeat,
        )  # fmt: skip

    times = 2 if how is How.REPEAT else 1
    return [_step(told, lambda: surely(send, pause=pause)) for _ in range(times)]


def forged(client: SnapClient, va: str, amount: int, number: str) -> Answer:
    """Send a payment that is signed with another secret than ours."""
    body = payment_body(va, request_id=number, amount=amount, reference=reference())
    return client.call("/transfer-va/payment", body, secret=secrets.token_hex(16))


def altered(client: SnapClient, va: str, amount: int, number: str) -> Answer:
    """Send another amount than the one that was signed."""
    given = reference()
    signed = payment_body(va, request_id=number, amount=amount, reference=given)
    text = json.dumps(signed).replace(f'"{amount}.00"', f'"{amount * 10}.00"')
    return client.call("/transfer-va/payment", signed, sent=text)


def _step(told: _Notification, send: Callable[[], Answer]) -> Step:
    try:
        answer: Answer | None = send()
    except NoAnswer:
        answer = None
    return Step("payment", told.va, told.amount, told.reference, answer)


def _token_refused(answer: Answer) -> bool:
    return answer.code[:3] == "401" and answer.code[5:] == "01"
