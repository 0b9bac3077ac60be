"""Turns made-up families into rows that agree with each other: people, bills, money, directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from jkn.contribution.rules import (
    BillStatus,
    Chart,
    Tariff,
    clearing,
    due_day,
    monthly_bill,
    receipt_number,
    tariff_on,
)
from jkn.core.clock import JAKARTA
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month
from jkn.core.sealing import Sealer
from jkn.facility import data
from jkn.facility.rules import PRIMARY, Nearness, nearness
from jkn.membership.rules import Status
from jkn.nonprod.people import DemoFamily, DemoPerson, Relation, Story
from jkn.nonprod.seeding.copying import NULL, Rows, copied_bytes
from jkn.nonprod.seeding.history import Change, Circumstances, History, history_of, paid_day

_SYSTEM = "sistem"
_CHILDREN_WITH_A_PLACE = 3
_CAN_BE_PAID = {Story.OPEN_BILL, Story.SUSPENDED, Story.CANDIDATE}


@dataclass(frozen=True, slots=True)
class SeededMember:
    """What an account needs to know of a person who was written."""

    person: DemoPerson
    member_id: int
    family_id: int
    status: Status


@dataclass(frozen=True, slots=True)
class SeededFamily:
    """A family that was written; `accounts` holds its virtual accounts by prefix."""

    family: DemoFamily
    members: tuple[SeededMember, ...]
    accounts: Mapping[str, str]

    @property
    def payable(self) -> Mapping[str, str]:
        """The virtual accounts on which something can be paid today, by prefix."""
        return self.accounts if self.family.story in _CAN_BE_PAID else {}


def _changes_of(family: DemoFamily, history: History, person: DemoPerson) -> tuple[Change, ...]:
    """Return the past of one person: a worker's parent, and a fourth child, wait for a place."""
    if not person.is_alive:
        return history.death()
    children = sorted(
        (p for p in family.members if p.relation == Relation.CHILD and p.is_alive),
        key=lambda p: p.birth_date,
    )
    beyond = (*children[_CHILDREN_WITH_A_PLACE:], *(
        p for p in family.members if p.relation == Relation.PARENT
    ))  # fmt: skip
    is_worker = family.story is Story.WORKER
    return history.waiting() if is_worker and person in beyond else history.changes


@dataclass
class Writer:
    """Writes families into `rows`; everything that is the same for all of them is here."""

    rows: Rows
    ids: Iterator[int]
    sealer: Sealer
    at: Circumstances
    tariffs: Sequence[Tariff]
    due_day: int
    prefixes: Sequence[str]
    partner_id: int
    bank: str
    consent: str
    _prices: dict[tuple[str, str, Month], Tariff] = field(default_factory=dict)

    def write(self, family: DemoFamily) -> SeededFamily:
        """Write one family with all its past."""
        history = history_of(family, self.at)
        family_id = next(self.ids)
        self._family(family_id, family, history)
        members = tuple(self._member(family_id, family, history, p) for p in family.members)
        self._enter("kk", family.kk, family_id, members[0].member_id)
        accounts: dict[str, str] = {}
        if history.paid or history.open:
            accounts = self._virtual_accounts(family_id, members[0])
            numbers = list(accounts.values())
            number = numbers[family.number % len(numbers)]
            self._money(family_id, family, history, number)
        return SeededFamily(family, members, accounts)

    def _family(self, family_id: int, family: DemoFamily, history: History) -> None:
        sealed = self.sealer.seal(family.kk, place=f"membership.family.kk.{family_id}")
        until = history.paid_until
        self.rows.add(
            "membership_family",
            family_id, copied_bytes(sealed), history.segment.value, family.care_class,
            family.village, history.registered_on, history.pay_from or NULL,
            history.pay_by or NULL, until.index if until else NULL,
            self.consent if history.paid or history.open else "",
        )  # fmt: skip

    def _member(
        self, family_id: int, family: DemoFamily, history: History, person: DemoPerson
    ) -> SeededMember:
        member_id = next(self.ids)
        changes = _changes_of(family, history, person)
        status = changes[-1].status
        nik = self.sealer.seal(person.nik, place=f"membership.member.nik.{member_id}")
        card = self.sealer.seal(person.card, place=f"membership.member.card.{member_id}")
        self.rows.add(
            "membership_member",
            family_id, member_id, person.name, copied_bytes(nik), copied_bytes(card),
            person.birth_date, person.sex.value, person.relation.value, status.value,
            primary_facility(family.village, family.number), history.registered_on, NULL,
        )  # fmt: skip
        for change in changes:
            self.rows.add(
                "membership_statuschange",
                family_id, next(self.ids), member_id, str(change.event), change.status.value,
                change.since, 0, _SYSTEM, change.reason, _morning(change.since),
            )  # fmt: skip
        self._enter("nik", person.nik, family_id, member_id)
        self._enter("card", person.card, family_id, member_id)
        return SeededMember(person, member_id, family_id, status)

    def _virtual_accounts(self, family_id: int, head: SeededMember) -> dict[str, str]:
        numbers = {p: virtual_account_of(head.person.card, prefix=p) for p in self.prefixes}
        for prefix, number in numbers.items():
            self.rows.add("contribution_virtualaccount", family_id, next(self.ids), prefix, number)
            self._enter("va", number, family_id, head.member_id)
        return numbers

    def _money(self, family_id: int, family: DemoFamily, history: History, number: str) -> None:
        persons = sum(p.is_alive for p in family.members)
        for month in (*history.paid, *history.open):
            tariff = self._tariff(history.segment.value, family.care_class, month)
            amount = monthly_bill(tariff, persons=persons)
            payment_id: int | str = NULL
            day = paid_day(family, month, today=self.at.today)
            if month in history.paid:
                payment_id = self._payment(family_id, family, month, number, amount, day)
            bill_id = next(self.ids)
            self.rows.add(
                "contribution_bill",
                family_id, bill_id, month.index, persons, family.care_class, tariff.monthly, amount,
                tariff.basis, history.pay_by or due_day(month, day=self.due_day),
                (BillStatus.OPEN if payment_id == NULL else BillStatus.PAID).value, payment_id,
            )  # fmt: skip
            self._journal(
                family_id, "billed", month.first_day(), NULL,
                Chart.RECEIVABLE.value, Chart.INCOME.value, amount, bill_id,
            )  # fmt: skip
            if payment_id != NULL:
                self._journal(
                    family_id, "paid", day, payment_id,
                    clearing(self.bank), Chart.RECEIVABLE.value, amount, bill_id,
                )  # fmt: skip

    def _payment(
        self, family_id: int, family: DemoFamily, month: Month, number: str, amount: int, day: date
    ) -> int:
        payment_id = next(self.ids)
        request = f"seed{family.number:09}{month.index:06}"
        paid_at = _morning(day) + timedelta(minutes=family.number % 480)
        self.rows.add(
            "contribution_payment",
            family_id, payment_id, self.partner_id, self.bank, request, f"R{request}", number,
            amount, 0, 1, day, paid_at, paid_at, receipt_number(payment_id),
        )  # fmt: skip
        self._enter("payment", f"{self.partner_id}:{request}", family_id, payment_id)
        self._enter("bankref", f"{self.partner_id}:R{request}", family_id, payment_id)
        return payment_id

    def _journal(
        self, family_id: int, kind: str, day: date, payment_id: int | str,
        debit: str, credit: str, amount: int, bill_id: int,
    ) -> None:  # fmt: skip
        journal_id = next(self.ids)
        self.rows.add(
            "contribution_journal", family_id, journal_id, kind, day, payment_id, _morning(day)
        )
        self.rows.add(
            "contribution_posting",
            family_id, next(self.ids), journal_id, debit, credit, amount, bill_id,
        )  # fmt: skip

    def _tariff(self, segment: str, care_class: str, month: Month) -> Tariff:
        key = (segment, care_class, month)
        if key not in self._prices:
            self._prices[key] = tariff_on(
                self.tariffs, segment=segment, care_class=care_class, on=month.first_day()
            )
        return self._prices[key]

    def _enter(self, kind: str, value: str, family_id: int, owner_id: int) -> None:
        digest = copied_bytes(self.sealer.index(kind, value))
        self.rows.add("account_directory", kind, digest, family_id, owner_id)


@lru_cache(maxsize=4_000)
def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), JAKARTA)


def primary_facility(village: str, number: int) -> str:
    """Return the code of a place to register that is as near as there is one; spread by number."""
    choices = _nearest(village)
    return choices[number % len(choices)]


@lru_cache(maxsize=100)
def _nearest(village: str) -> tuple[str, ...]:
    by_nearness: dict[Nearness, list[str]] = {}
    for facility in data.facilities():
        if facility.kind in PRIMARY and not facility.is_fictional:
            near = nearness(home=village, village=facility.village, district=facility.district)
            by_nearness.setdefault(near, []).append(facility.code)
    return tuple(by_nearness[min(by_nearness)])
