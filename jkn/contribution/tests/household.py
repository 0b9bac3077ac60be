"""A second telling of membership and money, in plain Python with lists: what the machine compares.

It shares no code with the service. Months are plain numbers (year times 12 plus month less one).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

CAP = 24
PRICES = {"1": 150_000, "2": 100_000, "3": 35_000}
REGISTRATION_DAYS = 30
COUNTED = ("active", "suspended_arrears", "candidate")


def number(day: date) -> int:
    """Return the month of a day as a number."""
    return day.year * 12 + day.month - 1


def last_day_of(month: int) -> date:
    """Return the last day of a month."""
    return date(*divmod_month(month + 1), 1) - timedelta(days=1)


def divmod_month(month: int) -> tuple[int, int]:
    """Return the year and the month of the year."""
    return month // 12, month % 12 + 1


@dataclass
class Due:
    """A bill: of the whole family, or of one baby; `who` it counts, at `price` a person."""

    month: int
    price: int
    who: set[int]
    member: int | None = None
    status: str = "open"

    @property
    def amount(self) -> int:
        """What it asks for; a cancelled one is for nobody and keeps its last sum."""
        return self.price * max(1, len(self.who))


@dataclass
class Stages:
    """A plan of instalments."""

    arrears: int
    stages: int
    first: int
    oldest: int
    status: str = "active"

    def later(self, month: int) -> int:
        """What is left to months after this one."""
        begun = max(1, min(self.stages, month - self.first + 1))
        each, odd = divmod(self.arrears, self.stages)
        return sum(each + (n < odd) for n in range(begun, self.stages))


@dataclass(frozen=True)
class Newborn:
    """A baby that was registered in time, in a later month than that of its birth."""

    who: int
    born: int
    first: int  # the month that is to be paid in time
    pay_by: date


@dataclass
class Household:
    """A family, as people would keep it in a book."""

    care_class: str
    people: dict[int, str]  # id → status
    paid: int | None
    pay_by: date | None = None
    bills: list[Due] = field(default_factory=list)
    credit: int = 0
    received: int = 0
    refunded: int = 0  # of it, sent back by the bank
    plans: list[Stages] = field(default_factory=list)
    ahead: tuple[int, date] | None = None
    needed: int | None = None  # paid up to here, nobody is behind who is not billed any more
    begins: int | None = None  # bills begin again
    newborns: list[Newborn] = field(default_factory=list)  # whose days are not over

    @property
    def plan(self) -> Stages | None:
        """The plan that runs."""
        return next((p for p in self.plans if p.status == "active"), None)

    def open(self, through: int) -> list[Due]:
        """Open bills up to a month, the oldest first."""
        rows = [b for b in self.bills if b.status == "open" and b.month <= through]
        return sorted(rows, key=lambda b: b.month)

    def counted(self) -> set[int]:
        """Who is billed."""
        return {who for who, status in self.people.items() if status in COUNTED}

    def monthly(self) -> int:
        """What a month costs all who are counted."""
        return PRICES[self.care_class] * len(self.counted())

    def leave(self, who: int, how: str, month: int) -> None:
        """Somebody is not billed any more, for a reason of a month."""
        before = self.people[who]
        if before in COUNTED:
            self.needed = max(self.needed or 0, month - (before != "suspended_arrears"))
        self.people[who] = how

    def come_back(self, who: int, month: int) -> None:
        """Months in which nobody was billed are not owed; a debt of earlier ones stays."""
        assert self.paid is not None
        if not self.counted():
            self.begins = month
            if self.needed is not None and self.paid >= self.needed:
                self.paid = max(self.paid, month - 1)
        self.people[who] = "suspended_arrears" if month > self.paid + 1 else "active"

    def refit(self) -> None:
        """Before the first payment the one bill counts who is registered now."""
        if self.paid is not None:
            return
        kinds = ("candidate", "registration_lapsed")
        (bill,) = self.bills
        left = {who for who, status in self.people.items() if status in kinds}
        bill.status = "open" if left else "cancelled"
        if left:
            bill.who = left

    def bury(self, who: int, month: int) -> None:
        """Nothing is owed for the dead after the month of the death; what was paid is credit."""
        self.leave(who, "deceased", month)
        self.refit()
        for bill in self.bills if self.paid is not None else ():
            if bill.month <= month or who not in bill.who:
                continue
            if bill.status == "paid":
                self.credit += bill.price
            elif bill.status == "open" and len(bill.who) == 1:
                bill.status = "cancelled"
            elif bill.status == "open":
                bill.who = bill.who - {who}
        if self.plan and not any(b.status == "open" for b in self.bills):
            self.plan.status = "completed"

    def collectable(self, on: date) -> tuple[list[Due], list[Due]]:
        """Bills that are asked for, and those above the cap."""
        now = number(on)
        bills = self.open(now)
        floor = None
        if self.plan and not self.missed(on):
            floor = self.plan.oldest
        else:
            own = [b for b in bills if not self.plan or b.month >= self.plan.oldest]
            behind = sorted({b.month for b in own if b.month < now})
            floor = behind[-CAP] if len(behind) >= CAP else (behind[0] if behind else now)
        return [b for b in bills if b.month >= floor], [b for b in bills if b.month < floor]

    def missed(self, on: date) -> bool:
        """Whether a stage of an earlier month was left unpaid."""
        plan, now = self.plan, number(on)
        if plan is None or now <= plan.first:
            return False
        earlier = [b for b in self.open(now - 1) if b.month >= plan.oldest]
        return sum(b.amount for b in earlier) - self.credit - plan.later(now - 1) > 0

    def due(self, on: date) -> int:
        """Rupiah that a bank asks for, without what is to be paid ahead."""
        asked, _ = self.collectable(on)
        later = self.plan.later(number(on)) if self.plan and not self.missed(on) else 0
        return max(0, sum(b.amount for b in asked) - self.credit - later)

    def free(self, on: date) -> int:
        """Credit that no bill of today needs."""
        asked, _ = self.collectable(on)
        return max(0, self.credit - sum(b.amount for b in asked))

    def with_ahead(self, on: date) -> int:
        """Rupiah that a bank asks for."""
        asked, above = self.collectable(on)
        behind = {b.month for b in asked if b.month < number(on)}
        if self.ahead is None or on > self.ahead[1] or above or len(behind) > 1:
            return self.due(on)
        if self.plan and not self.missed(on) and self.plan.later(number(on)):
            return self.due(on)
        return self.due(on) + self.ahead[0]

    def settle(self, money: int, on: date) -> bool:
        """Let money and credit pay what they can; return whether anything was paid or closed."""
        asked, above = self.collectable(on)
        purse, chosen = self.credit + money, []
        for bill in asked:
            if bill.amount > purse:
                break
            purse -= bill.amount
            chosen.append(bill)
        is_all = len(chosen) == len(asked)
        waits = any(p.status != "completed" for p in self.plans)
        if waits and not is_all and "suspended_arrears" in self.people.values():
            chosen = [b for b in chosen if b.month < number(on) - 1]
        if not (chosen or money):
            return False
        self.credit += money - sum(b.amount for b in chosen)
        for bill in chosen:
            bill.status = "paid"
        if is_all:
            for bill in above:
                bill.status = "beyond_cap"
        self._follow(chosen, is_all=is_all, on=on)
        return True

    def _follow(self, chosen: list[Due], *, is_all: bool, on: date) -> None:
        now, before = number(on), self.paid
        reached = before
        if is_all and (chosen or before is None):
            newest = max((b.month for b in chosen), default=now)
            reached = max(newest, now if before is None else newest, before or newest)
        else:
            for bill in chosen:
                if reached is not None and bill.month == reached + 1:
                    reached = bill.month
        if reached is not None and (reached != before or (is_all and chosen)):
            self.paid = reached
            if now <= reached + 1:
                self.pay_by = None
                for who, status in self.people.items():
                    if status in ("candidate", "registration_lapsed", "suspended_arrears"):
                        self.people[who] = "active"
        if self.plan and is_all:
            self.plan.status = "completed"

    def bill(self, month: int) -> bool:
        """Make the family's bill of a month, where there is none."""
        known = any(b.month == month and b.member is None for b in self.bills)
        if self.paid is None or self.paid >= month or known or not self.monthly():
            return False
        if self.begins is not None and month < self.begins:
            return False
        self.bills.append(Due(month, PRICES[self.care_class], self.counted()))
        return True

    def bill_since_birth(self, baby: Newborn) -> bool:
        """Bill a newborn's months before its first one, where that one was not paid in time."""
        of_first = [b for b in self.bills if b.month == baby.first and baby.who in b.who]
        is_open = any(b.status == "open" for b in of_first)
        if self.people[baby.who] != "candidate" or not is_open:
            return False
        price = PRICES[self.care_class]
        for month in range(baby.born, baby.first):
            self.bills.append(Due(month, price, {baby.who}, baby.who))
        return True

    def new_day(self, on: date) -> None:
        """What a day brings: bills, credit, missed stages, suspension, lapse."""
        now = number(on)
        for month in (now - 2, now - 1, now):
            self.bill(month)
        if self.credit > 0 and self.open(now):
            self.settle(0, on)
        late = [baby for baby in self.newborns if baby.pay_by < on]
        self.newborns = [baby for baby in self.newborns if baby.pay_by >= on]
        billed = [self.bill_since_birth(baby) for baby in late]
        if any(billed) and self.credit > 0:
            self.settle(0, on)
        if self.missed(on):
            self.end_plan("missed")
        if self.paid is not None and self.paid < now - 1:
            self._turn("active", "suspended_arrears", now)
        if self.paid is None and self.pay_by is not None and self.pay_by < on:
            self._turn("candidate", "registration_lapsed", now)

    def end_plan(self, how: str) -> None:
        """End the plan early: months above the cap are closed, paid months count."""
        plan = self.plan
        assert plan is not None
        for bill in self.bills:
            if bill.status == "open" and bill.month < plan.oldest:
                bill.status = "beyond_cap"
        left = [b.month for b in self.bills if b.status == "open"]
        if left and min(left) > plan.oldest:
            self.paid = min(left) - 1
        plan.status = how

    def _turn(self, before: str, after: str, month: int) -> None:
        for who in [w for w, status in self.people.items() if status == before]:
            if after in COUNTED:
                self.people[who] = after
            else:
                self.leave(who, after, month)

    def may_plan(self, on: date, stages: int) -> Stages | None:
        """The plan that would be made, or None where it is refused."""
        now = number(on)
        if (self.plan and not self.missed(on)) or self.paid is None or self.paid >= now - 1:
            return None
        asked, above = self.collectable(on)
        behind = [b for b in asked if b.month < now]
        if len({b.month for b in (*above, *behind)}) <= 3 or on.day > (27 if on.month == 2 else 28):
            return None
        arrears = sum(b.amount for b in behind) - self.credit
        if arrears < stages:
            return None
        return Stages(arrears, stages, now, behind[0].month)
