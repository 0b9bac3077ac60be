"""Facts are kept as they are, for their time, and not without end."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import caches

from jkn.config.memory import FactsCache

memory = caches["memory"]


def test_a_fact_is_handed_out_itself():
    fact = ("Perpres 64/2020", 35_000)
    memory.set("tariff", fact, 60)
    assert memory.get("tariff") is fact
    assert memory.get("other") is None
    assert memory.get("other", 1) == 1


def test_a_fact_ends_with_its_time():
    memory.set("past", 1, timedelta(seconds=-1).total_seconds())
    assert memory.get("past") is None
    memory.set("for ever", 1, None)
    assert memory.get("for ever") == 1


def test_a_fact_is_forgotten_when_told():
    memory.set("a", 1)
    assert memory.delete("a")
    assert not memory.delete("a")
    memory.set("a", 1)
    memory.clear()
    assert memory.get("a") is None


def test_it_does_not_grow_without_end():
    small = FactsCache("", {"OPTIONS": {"MAX_ENTRIES": 3}})
    for number in range(10):
        small.set(str(number), number)
    assert sum(small.get(str(number)) is not None for number in range(10)) <= 3
