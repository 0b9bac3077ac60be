"""Makes load like a bank's: many payments from many clients, repeated, shuffled, forged, altered."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from jkn.nonprod.paying import altered, forged, reference, request_id, surely
from jkn.nonprod.snap_client import Answer, NoAnswer, SnapClient

_PATIENT_TRIES = 40  # while workers are killed and the database is stopped: some three minutes


@dataclass(frozen=True, slots=True)
class Storm:
    """How the load is made; shares are of the payments, 0.0 to 1.0."""

    clients: int = 32
    repeat: float = 0.3  # notified again with the same paymentRequestId, sometimes at once
    forge: float = 0.05  # a forged one beside the true one
    alter: float = 0.05  # an altered one beside the true one
    shuffle_seed: int = 1  # the order is by chance, the same for the same seed
    tries: int = _PATIENT_TRIES


@dataclass
class Outcome:
    """What the banks were told, to be compared with what the ledger says."""

    accepted: dict[str, int] = field(default_factory=dict)  # VA → rupiah
    refused: dict[str, str] = field(default_factory=dict)  # VA → responseCode
    unanswered: list[str] = field(default_factory=list)  # VA
    breached: list[str] = field(default_factory=list)  # a forged or altered one was accepted
    notifications: int = 0
    forged: int = 0  # forged and altered ones that were sent and refused
    seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, change: Callable[[Outcome], None]) -> None:
        """Write down a result; one thread at a time."""
        with self._lock:
            change(self)


@dataclass(frozen=True, slots=True)
class _Bill:
    va: str
    amount: int
    request_id: str
    reference: str


def storm(client: SnapClient, vas: Sequence[str], how: Storm) -> Outcome:
    """Ask what each account owes, then notify all payments in one shuffled crowd.

    Bounded: at most `clients` threads, and each message is tried `tries` times.
    """
    outcome, chance = Outcome(), random.Random(how.shuffle_seed)  # noqa: S311 (no secret)
    started = time.monotonic()
    with ThreadPoolExecutor(how.clients) as crowd:
        bills = [b for b in crowd.map(lambda va: _bill(client, va, outcome, how), vas) if b]
        acts: list[Callable[[], None]] = []
        for bill in bills:
            acts += _acts(client, bill, how, outcome, chance)
        chance.shuffle(acts)
        for done in [crowd.submit(act) for act in acts]:
            done.result()
    outcome.seconds = time.monotonic() - started
    return outcome


def _bill(client: SnapClient, va: str, outcome: Outcome, how: Storm) -> _Bill | None:
    number = request_id()
    try:
        answer = surely(lambda _: client.inquiry(va, request_id=number), tries=how.tries)
    except NoAnswer:
        outcome.note(lambda o: o.unanswered.append(va))
        return None
    if not answer.is_accepted:
        outcome.note(lambda o: o.refused.update({va: answer.code}))
        return None
    return _Bill(va, answer.amount, number, reference())


def _acts(
    client: SnapClient, bill: _Bill, how: Storm, outcome: Outcome, chance: random.Random
) -> list[Callable[[], None]]:
    times = 2 if chance.random() < how.repeat else 1
    acts: list[Callable[[], None]] = [lambda: _notify(client, bill, how, outcome)] * times
    if chance.random() < how.forge:
        acts.append(lambda: _attack(lambda: forged(client, bill.va, bill.amount, request_id()),
                                    bill, how, outcome))  # fmt: skip
    if chance.random() < how.alter:
        acts.append(lambda: _attack(lambda: altered(client, bill.va, bill.amount, request_id()),
                                    bill, how, outcome))  # fmt: skip
    return acts


def _notify(client: SnapClient, bill: _Bill, how: Storm, outcome: Outcome) -> None:
    def send(is_repeat: bool) -> Answer:
        outcome.note(lambda o: setattr(o, "notifications", o.notifications + 1))
        return client.payment(
            bill.va, request_id=bill.request_id, amount=bill.amount, reference=bill.reference,
            is_repeat=is_repeat,
        )  # fmt: skip

    try:
        answer = surely(send, tries=how.tries)
    except NoAnswer:
        outcome.note(lambda o: o.unanswered.append(bill.va))
        return
    if answer.is_accepted:
        outcome.note(lambda o: o.accepted.update({bill.va: bill.amount}))
    else:
        outcome.note(lambda o: o.refused.update({bill.va: answer.code}))


def _attack(send: Callable[[], Answer], bill: _Bill, how: Storm, outcome: Outcome) -> None:
    try:
        answer = surely(lambda _: send(), tries=how.tries)
    except NoAnswer:
        return  # a bank that is not answered tries again; a forger need not
    if answer.is_accepted:
        outcome.note(lambda o: o.breached.append(bill.va))
    else:
        outcome.note(lambda o: setattr(o, "forged", o.forged + 1))
