"""Siapa melihat data saya: everything that others did with the family's data, in plain words."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from jkn.audit.actions import mark_own_read, record, record_read
from jkn.core.actor import SYSTEM
from jkn.membership.presenters import PURPOSES, VERBS
from jkn.membership.tests.factories import (
    a_family,
    a_staff_account,
    actor_of,
    an_account,
    members_of,
    signed_in,
)

pytestmark = pytest.mark.django_db
PATH = "/pengaturan/akses/"
FAMILIES = "account|membership|contribution|instalments|autodebit|amnesty|reconciliation|treasury"
VERB = re.compile(rf'"((?:{FAMILIES})\.[a-z_]+)"')
# Put together in the code from a state.
BY_STATE = {
    *(f"autodebit.{state}" for state in ("active", "suspended", "ended")),
    *(f"instalments.{state}" for state in ("completed", "missed", "stopped")),
    *(f"treasury.refund_{act}" for act in ("proposed", "approved", "refused", "paid", "returned")),
}
PACKAGE = Path(__file__).resolve().parents[2]


@pytest.fixture
def siti(db):
    return an_account(members_of(a_family())[0])


def page_of(account):
    return signed_in(account).get(PATH).content.decode()


def test_each_read_by_staff_is_shown_newest_first(siti):
    rina = a_staff_account()
    for purpose in ("registration", "emergency"):
        record_read(
            actor=actor_of(rina), verb="membership.card_checked", group=siti.family_id,
            purpose=purpose,
        )  # fmt: skip
        time.sleep(0.002)  # ids are in order from one millisecond to the next
    page = page_of(siti)
    assert page.count("<b>Memeriksa kartu</b>Rina") == 2
    assert page.index("Gawat darurat") < page.index("Pendaftaran pasien")


def test_own_reads_are_left_out_and_own_acts_say_you(siti):
    mark_own_read(actor=actor_of(siti), verb="membership.card", group=siti.family_id)
    record(actor=actor_of(siti), verb="membership.registered", group=siti.family_id)
    page = page_of(siti)
    assert "<b>Mendaftarkan keluarga</b>Anda" in page
    assert "membership.card" not in page


def test_a_stranger_sees_nothing_of_it(siti):
    record_read(
        actor=actor_of(a_staff_account(name="Dewi Petugas")), verb="membership.card_checked",
        group=siti.family_id, purpose="counter",
    )  # fmt: skip
    wati = an_account(members_of(a_family(names=("Wati Lestari",)))[0])
    assert "Dewi" not in page_of(wati)


def test_budi_sees_who_looked_at_the_familys_data(siti):
    record(actor=SYSTEM, verb="contribution.paid", group=siti.family_id)
    family = a_family(names=("Ani", "Budi"))
    ani, budi = members_of(family)
    record_read(
        actor=actor_of(a_staff_account()), verb="membership.card_checked", group=family.family_id,
        subject=ani.id, purpose="counter",
    )  # fmt: skip
    assert "Rina" in page_of(an_account(budi))


def test_at_most_a_hundred_are_shown(siti):
    for _ in range(105):
        record(actor=SYSTEM, verb="contribution.paid", group=siti.family_id)
    assert page_of(siti).count('<li class="past">') == 100


def test_every_act_has_words():
    """A person reads sentences, not the codes of programs."""
    recorded = set()
    for path in PACKAGE.rglob("*.py"):
        if "/tests/" in str(path) or "nonprod" in str(path):
            continue
        recorded |= set(VERB.findall(text_of(path)))
    about_nobodys_family = {
        "membership.card_unknown", "amnesty.looked", "amnesty.proposed",
        "reconciliation.explained", "reconciliation.exported", "reconciliation.lines_looked",
        "reconciliation.loaded", "reconciliation.missing_looked",
        "treasury.close_proposed", "treasury.close_refused", "treasury.month_closed",
    }  # fmt: skip
    assert (recorded | BY_STATE) - set(VERBS) == about_nobodys_family
    assert set(PURPOSES) == {"registration", "emergency", "referral", "counter", "reconciliation"}


def test_what_the_system_did_is_said_in_the_readers_language(siti):
    record(actor=SYSTEM, verb="autodebit.sent", group=siti.family_id)
    client = signed_in(siti)
    client.cookies["lang"] = "en"
    page = client.get(PATH).content.decode()
    assert "Sent a debit to the bank" in page
    assert "the system" in page


def text_of(path):
    """Return the parts of a file that write an audit row of an act."""
    source = path.read_text(encoding="utf-8")
    calls = re.findall(r"(?:\brecord|_record|record_read)\((?:[^()]|\([^()]*\))*\)", source)
    return "\n".join(calls)


@pytest.mark.parametrize("who", ["stranger", "newcomer", "staff"])
def test_it_is_the_members_own_page(client, who):
    if who == "stranger":
        assert client.get(PATH)["Location"].startswith("/masuk/")
    elif who == "staff":
        assert signed_in(a_staff_account()).get(PATH).status_code == 403
    else:
        low = an_account(members_of(a_family())[0], level=0)
        assert signed_in(low).get(PATH).status_code == 403
