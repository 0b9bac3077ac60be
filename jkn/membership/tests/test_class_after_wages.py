"""Two spouses at work: the family's class is never lower than either would have alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.month import Month
from jkn.membership.terms import class_after_wages, class_on

NOVEMBER, DECEMBER = date(2026, 11, 22), date(2026, 12, 1)
CLASSES = st.sampled_from(["", "1", "2"])  # what one spouse's wage gives; "" without work
# Days until something happens at work, to which spouse, and the class of the wage after it.
EVENTS = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 1), CLASSES), max_size=12)


class Home:
    """A family of workers, and what is written of its class."""

    def __init__(self, care_class, unlisted):
        self.day = NOVEMBER
        self.care_class, self.following, self.begins = care_class, "", None
        self.unlisted = unlisted
        self.alone = ["", ""]

    def class_on(self, day):
        return class_on(self.care_class, following=self.following, begins=self.begins, on=day)

    def look(self):
        """Do what the job does after a change at work."""
        today = self.class_on(self.day)
        is_coming = self.begins is not None and self.begins > self.day
        found = class_after_wages(
            today=today, coming=(self.following, self.begins) if is_coming else None,
            unlisted=self.unlisted, by_wage=min([c for c in self.alone if c], default=""),
            on=self.day,
        )  # fmt: skip
        if found is None:
            return
        if self.unlisted is None:
            self.unlisted = today
        wanted, since = found
        lower = wanted > today
        self.care_class, self.following, self.begins = (
            (today, wanted, since) if lower else (wanted, "", None)
        )


@given(st.sampled_from(["1", "2"]), st.sampled_from([None, "", "2"]), EVENTS)
def test_never_lower_than_either_alone_and_lower_only_from_a_first(care_class, unlisted, events):
    home = Home(care_class, unlisted)
    for days, who, alone in events:
        until = home.day + timedelta(days=days)
        while home.day < until:
            before = home.class_on(home.day)
            home.day += timedelta(days=1)
            after = home.class_on(home.day)
            assert after <= before or home.day.day == 1
            assert all(after <= c for c in home.alone if c)
        before = home.class_on(home.day)
        home.alone[who] = alone
        home.look()
        after = home.class_on(home.day)
        assert after <= before  # what somebody has today is taken away on no day but a 1st
        assert all(after <= c for c in home.alone if c)
    own = care_class if home.unlisted is None else home.unlisted
    known = [c for c in (*home.alone, own) if c]
    if known and events:
        assert home.class_on(Month.of(home.day).plus(1).first_day()) == min(known)


@pytest.mark.parametrize(
    ("today", "coming", "unlisted", "by_wage", "expected"),
    [
        ("2", None, "", "1", ("1", NOVEMBER)),  # she begins to work
        ("1", None, "", "2", ("2", DECEMBER)),  # she ends
        ("1", ("2", DECEMBER), "", "1", ("1", DECEMBER)),  # she begins again before that
        ("1", ("2", DECEMBER), "", "2", None),  # twice is as once
        ("1", None, "", "1", None),
        ("1", None, None, "2", None),  # his class came from the branch: it stays
        ("1", None, "2", "", ("2", DECEMBER)),  # and comes back when she ends
        ("1", None, "", "", None),  # nobody works: cover ends, the class is not asked
        ("KRIS", None, None, "1", None),
        ("1", ("KRIS", DECEMBER), "", "2", None),
    ],
)
def test_by_example(today, coming, unlisted, by_wage, expected):
    found = class_after_wages(
        today=today, coming=coming, unlisted=unlisted, by_wage=by_wage, on=NOVEMBER
    )
    assert found == expected


def test_a_lower_class_at_the_end_of_the_year_begins_in_january():
    found = class_after_wages(
        today="1", coming=None, unlisted="", by_wage="2", on=date(2026, 12, 31)
    )
    assert found == ("2", date(2027, 1, 1))
