"""Many families of one kind, made by the database itself: for benches and tests of batch runs.

They have no past and no accounts; what is sealed is not, for nothing of it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence

from jkn.core.db import execute
from jkn.core.month import Month
from jkn.facility.actions import shift_places

_FKTP = "3275P001"  # of all of them
_FIRST = 1_000_000_000_000_000  # ids of their own, in order: family n has this + 10 n
_FAMILIES = """
INSERT INTO membership_family
  (family_id, kk_sealed, segment, care_class, village, registered_on, paid_month, consent)
SELECT %(first)s + 10 * n, ''::bytea, CASE WHEN n %% 10 = 0 THEN 'bp' ELSE 'pbpu' END,
  (1 + n %% 3)::text, '32.75.01.1001', '2021-03-01', %(paid)s, ''
FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n
"""
_MEMBERS = """
INSERT INTO membership_member (family_id, id, name, nik_sealed, card_sealed, birth_date, sex,
  relation, status, facility_id, since)
SELECT %(first)s + 10 * n, %(first)s + 10 * n + place, 'Orang ' || n, ''::bytea, ''::bytea,
  '1980-01-31', 'f', CASE WHEN place = 0 THEN 'head' ELSE 'child' END, 'active', %(fktp)s,
  '2021-03-01'
FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n, generate_series(0, n %% 4) place
"""
_CHANGES = """
INSERT INTO membership_statuschange
  (family_id, id, member_id, event, status, since, by_account, by_name, reason)
SELECT %(first)s + 10 * n, %(first)s + 10 * n + place, %(first)s + 10 * n + place, 'registered',
  'active', '2021-03-01', 0, 'sistem', ''
FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n, generate_series(0, n %% 4) place
"""
_DIRECTORY = """
INSERT INTO account_directory (kind, digest, family_id, member_id)
SELECT kind, sha256((kind || n || '.' || place)::bytea), %(first)s + 10 * n,
  %(first)s + 10 * n + place
FROM generate_series(%(begin)s::bigint, %(end)s::bigint) n, generate_series(0, n %% 4) place,
  unnest(ARRAY['nik', 'card']) kind
"""
_AT_ONCE = 50_000


def plain_families(count: int, *, paid_until: Month) -> None:
    """Make so many active families that pay for themselves, of one to four people."""
    _make((_FAMILIES, _MEMBERS, _CHANGES), count, paid=paid_until.index)
    shift_places({_FKTP: sum(1 + n % 4 for n in range(1, count + 1))}, on=paid_until.first_day())


def enter_plain_people(count: int) -> None:
    """Let the people of so many plain families be found: by numbers that nobody has."""
    _make((_DIRECTORY,), count)


def _make(statements: Sequence[str], count: int, **more: int) -> None:
    for begin in range(1, count + 1, _AT_ONCE):
        end = min(begin + _AT_ONCE - 1, count)
        for statement in statements:
            execute(statement, {"first": _FIRST, "fktp": _FKTP, "begin": begin, "end": end, **more})
