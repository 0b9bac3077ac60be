"""Acts for which the application must be loaded; each runs in a process of its own.

`python -m bench.inside tokens|sessions|debts|capture|plain|bill|suspend|facilities`: what it needs
as JSON on standard input.
"""

from __future__ import annotations

import json
import logging
import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jkn.config.settings")
django.setup()
logging.disable(logging.WARNING)  # the sample requests would be logged

from django.conf import settings  # noqa: E402 (Django must be set up first)
from django.contrib.auth import SESSION_KEY  # noqa: E402
from django.test import Client  # noqa: E402

from bench import facilities  # noqa: E402
from bench.capture import captured, statements_of  # noqa: E402
from jkn.account.models import Account, ApiToken, DeviceSession  # noqa: E402
from jkn.account.queries import digest_of_key  # noqa: E402
from jkn.contribution.billing import bill_month, suspend_overdue  # noqa: E402
from jkn.core.clock import day_of, now  # noqa: E402
from jkn.core.db import execute  # noqa: E402
from jkn.core.options import a_month  # noqa: E402
from jkn.nonprod.seeding.plain import plain_families  # noqa: E402

LABEL = "bench"
_WARM = 60  # sample requests that only fill the process's memory
_DEBTS = """
SELECT a.number, b.amount FROM contribution_bill b
JOIN membership_family f USING (family_id)
JOIN LATERAL (SELECT number FROM contribution_virtualaccount v WHERE v.family_id = b.family_id
  ORDER BY prefix LIMIT 1) a ON true
WHERE b.status = 'open' AND b.month = %s AND f.paid_month = b.month - 1
  AND NOT EXISTS (SELECT 1 FROM contribution_posting p WHERE p.family_id = b.family_id
    AND (p.debit = 'credit' OR p.credit = 'credit'))
ORDER BY md5(b.id::text) LIMIT %s
"""


def tokens(*, count: int) -> list[str]:
    """Give members of random families a token for each request: no two reads are the same."""
    made = ["jkn_" + secrets.token_urlsafe(24) for _ in range(count)]
    owners = _members()
    ApiToken.objects.bulk_create(
        (
            ApiToken(
                digest=digest_of_key(token), account_id=random.choice(owners), label=LABEL,
                last_used=day_of(now()),
            )
            for token in made
        ),
        batch_size=1000,
    )  # fmt: skip
    return made


def sessions(*, count: int, people: int) -> list[str]:
    """Sign so many members in on `count` devices; return the cookies' keys."""
    made = [secrets.token_urlsafe(24) for _ in range(count)]
    owners = random.sample(_members(), people)
    DeviceSession.objects.bulk_create(
        (
            DeviceSession(
                digest=digest_of_key(key), account_id=owner, label=LABEL,
                data=json.dumps({SESSION_KEY: str(owner)}),
                expires_at=now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
            )
            for key, owner in ((key, random.choice(owners)) for key in made)
        ),
        batch_size=1000,
    )  # fmt: skip
    return made


def debts(*, month: int, count: int) -> list[tuple[str, int]]:
    """Return (virtual account, rupiah) of active families that owe exactly this month."""
    return [tuple(row) for row in execute(_DEBTS, [month, count])]


def capture(*, table: str, requests: list[dict[str, Any]]) -> dict[str, Any]:
    """Answer sample requests as the server would, and return the script of their statements."""
    acts = [partial(_answer, one) for one in requests]
    for act in acts[:_WARM]:
        statements_of(act)
    script = asdict(captured(acts[_WARM:], table=table))
    database: Any = settings.DATABASES["default"]
    return {**script, "session": database["OPTIONS"]["options"]}


def plain(*, count: int, paid_until: str) -> dict[str, int]:
    """Fill the ground with so many plain families."""
    plain_families(count, paid_until=a_month(paid_until))
    return {"count": count}


def bill(*, month: str) -> dict[str, float]:
    """Make the bills of a month; return their number, and our own CPU seconds."""
    begun = time.process_time()
    made = bill_month(a_month(month), on=a_month(month).first_day())
    return {"count": made, "seconds": time.process_time() - begun}


def suspend(*, on: str) -> dict[str, float]:
    """Suspend who is behind on a day; return how many families, and our own CPU seconds."""
    begun = time.process_time()
    families = suspend_overdue(on=date.fromisoformat(on))
    return {"count": families, "seconds": time.process_time() - begun}


def _answer(told: dict[str, Any]) -> None:
    body = (told["body"] or "").encode()
    answer = Client().generic(
        told["method"], told["path"], body, "application/json",
        headers={k: v for k, v in told["headers"].items() if k != "Content-Type"},
    )  # fmt: skip
    if answer.status_code != 200:
        raise RuntimeError(f"{told['path']}: {answer.status_code} {answer.content[:300]!r}")


def _members() -> list[int]:
    rows = Account.objects.filter(family_id__isnull=False, is_active=True)
    return list(rows.values_list("id", flat=True))


ACTS: dict[str, Callable[..., Any]] = {
    "tokens": tokens,
    "sessions": sessions,
    "debts": debts,
    "capture": capture,
    "plain": plain,
    "bill": bill,
    "suspend": suspend,
    "facilities": facilities.measured,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(ACTS[sys.argv[1]](**json.loads(sys.stdin.read()))))
