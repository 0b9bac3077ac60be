"""Who may use what: every route × every kind of caller has its answer written here.

A route without a row fails the build, and so does one that answers otherwise. Columns: a stranger
who is not signed in; a phone alone (level 0); Siti, whose data it is; Wati, of another family;
Rina at the clinic; Andi at the branch; an administrator.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.test import Client

from jkn.account.actions.accounts import NewContact, create_account
from jkn.account.actions.sign_in import issue_token
from jkn.account.queries import devices_of, tokens_of
from jkn.account.rules import ContactKind
from jkn.config.openapi import routes
from jkn.contribution.models import Bill, Payment
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Role
from jkn.gate.doors import doors_of
from jkn.membership.tests.factories import a_staff_account, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db
CALLERS = ("nobody", "phone", "siti", "wati", "rina", "andi", "admin")

# What a kind of route answers to each of them.
EVERYBODY = (200, 200, 200, 200, 200, 200, 200)
MEMBER_PAGE = (302, 403, 200, 200, 403, 403, 403)
MEMBER_API = (401, 403, 200, 200, 403, 403, 403)
HERS_PAGE = (302, 403, 200, 404, 403, 403, 403)
HERS_API = (401, 403, 200, 404, 403, 403, 403)
SIGNED_IN_PAGE = (302, 200, 200, 200, 200, 200, 200)
SIGNED_IN_API = (401, 200, 200, 200, 200, 200, 200)
STAFF_PAGE = (302, 403, 403, 403, 200, 200, 403)
STAFF_POST = (401, 403, 403, 403, 200, 200, 403)
UNSIGNED = (400, 400, 400, 400, 400, 400, 400)  # a partner's door proves its caller by signature


@dataclass(frozen=True)
class Row:
    """One route as it is asked, and what each caller is answered."""

    path: str
    told: tuple[int, ...]
    method: str = "GET"
    body: dict[str, str] = field(default_factory=dict)
    kind: str = "application/x-www-form-urlencoded"


JSON = "application/json"
NOBODY_401 = (401, 302, 302, 302, 302, 302, 302)
