"""Who may use what: every route and method has its answer to every kind of caller here.

A route without a row fails the build, and so does one that answers otherwise. Columns: nobody is
signed in; a phone alone (level 0); Siti, whose data it is; Wati, of another family; Rina at the
clinic; Andi at the branch; an administrator. Forms are sent empty.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from jkn.account.actions.accounts import create_account
from jkn.config.openapi import routes
from jkn.contribution.models import Bill, Payment
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Role
from jkn.core.clock import today
from jkn.facility.actions import allow_review
from jkn.facility.reviews.actions import Written, write_review
from jkn.facility.reviews.rules import Aspect
from jkn.membership.tests.factories import a_staff_account, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db
CALLERS = ("nobody", "phone", "siti", "wati", "rina", "andi", "admin")

EVERYBODY = (200, 200, 200, 200, 200, 200, 200)
MEMBER_PAGE = (302, 403, 200, 200, 403, 403, 403)
MEMBER_API = (401, 403, 200, 200, 403, 403, 403)
HERS_PAGE = (302, 403, 200, 404, 403, 403, 403)  # Siti's id, asked for by each of them
MEMBER_EMPTY = (401, 403, 422, 422, 403, 403, 403)
STAFF_PAGE = (302, 403, 403, 403, 200, 200, 403)
STAFF_EMPTY = (401, 403, 403, 403, 422, 422, 403)
FACILITY_PAGE = (302, 403, 403, 403, 200, 403, 403)
FACILITY_EMPTY = (401, 403, 403, 403, 422, 403, 403)
FACILITY_NOTHING = (302, 403, 403, 403, 404, 403, 403)
FACILITY_NOTHING_SENT = (401, 403, 403, 403, 404, 403, 403)
BRANCH_PAGE = (302, 403, 403, 403, 403, 200, 403)
BRANCH_EMPTY = (401, 403, 403, 403, 403, 422, 403)
BRANCH_NOTHING = (302, 403, 403, 403, 403, 404, 403)  # an id of nothing
BRANCH_NOTHING_SENT = (401, 403, 403, 403, 403, 404, 403)
SIGNED_IN_PAGE = (302, 200, 200, 200, 200, 200, 200)
SIGNED_IN_API = (401, 200, 200, 200, 200, 200, 200)
SIGNED_IN_POST = (401, 302, 302, 302, 302, 302, 302)
SIGNED_IN_EMPTY = (401, 422, 422, 422, 422, 422, 422)
EMPLOYER_PAGE = (302, 403, 403, 403, 403, 403, 403)  # its own caller: employer/tests/test_doors.py
EMPLOYER_ONLY = (401, 403, 403, 403, 403, 403, 403)
NOT_HERS_SENT = (401, 403, 404, 404, 403, 403, 403)  # an id of nothing
NOT_MINE = (401, 404, 404, 404, 404, 404, 404)  # an id that is not theirs
EMPTY = (422, 422, 422, 422, 422, 422, 422)
TO_THE_START = (302, 302, 302, 302, 302, 302, 302)  # a step of something that was not begun
# A partner's door proves its caller by a signature; cookies and tokens of people count nothing.
NO_HEADERS = (400, 400, 400, 400, 400, 400, 400)
NO_SIGNATURE = (401, 401, 401, 401, 401, 401, 401)

TABLE = {
    "GET home:home": (200, 200, 200, 200, 302, 302, 302),
    "GET home:card": MEMBER_PAGE,
    "GET home:card-of": HERS_PAGE,
    "GET home:family": MEMBER_PAGE,
    "GET home:settings": EVERYBODY,
    "POST home:settings": EMPTY,
    "GET home:staff": STAFF_PAGE,
    "GET home:figures": BRANCH_PAGE,
    "GET home:api-card": MEMBER_API,
    "GET home:alive": EVERYBODY,
    "GET home:ready": EVERYBODY,
    "GET home:api-family": MEMBER_API,
    "GET contribution:contribution": MEMBER_PAGE,
    "GET contribution:pay": MEMBER_PAGE,
    "POST contribution:renew": (401, 403, 409, 409, 403, 403, 403),
    "GET contribution:pay-at": MEMBER_PAGE,
    "GET contribution:history": MEMBER_PAGE,
    "GET contribution:receipt": HERS_PAGE,
    "GET contribution:receipt-file": HERS_PAGE,
    "GET contribution:register": (302, 200, 302, 302, 403, 403, 403),
    "POST contribution:register": (401, 422, 302, 302, 403, 403, 403),
    "GET contribution:register-choose": (302, 302, 302, 302, 403, 403, 403),
    "POST contribution:register-choose": (401, 302, 302, 302, 403, 403, 403),
    "GET contribution:api-bills": MEMBER_API,
    "POST contribution:api-pay": (401, 403, 409, 404, 403, 403, 403),
    "GET contribution:api-payments": MEMBER_API,
    "GET contribution:api-statement": MEMBER_API,
    "POST contribution:snap-token": NO_HEADERS,
    "POST contribution:snap-inquiry": NO_HEADERS,
    "POST contribution:snap-payment": NO_HEADERS,
    "POST contribution:snap-status": NO_HEADERS,
    "POST contribution:snap-qr-notify": NO_HEADERS,
    "GET contribution:ahead": MEMBER_PAGE,
    "GET contribution:api-qris": (401, 403, 409, 404, 403, 403, 403),
    "GET contribution:care-class": MEMBER_PAGE,
    "GET contribution:desk-class": BRANCH_PAGE,
    "GET contribution:desk-move": BRANCH_PAGE,
    "GET contribution:desk-newborn": BRANCH_PAGE,
    "GET contribution:fine": MEMBER_PAGE,
    "GET contribution:history-month": MEMBER_PAGE,
    "GET contribution:history-year": MEMBER_PAGE,
    "GET contribution:instalments": MEMBER_PAGE,
    "GET contribution:newborn": MEMBER_PAGE,
    "GET contribution:other-family": MEMBER_PAGE,
    "POST contribution:ahead": MEMBER_EMPTY,
    "POST contribution:api-instalments": MEMBER_EMPTY,
    "POST contribution:care-class": MEMBER_EMPTY,
    "POST contribution:desk-class": BRANCH_EMPTY,
    "POST contribution:desk-move": BRANCH_EMPTY,
    "POST contribution:desk-newborn": BRANCH_EMPTY,
    "POST contribution:instalments": MEMBER_EMPTY,
    "GET contribution:amnesty": BRANCH_PAGE,
    "POST contribution:amnesty": BRANCH_EMPTY,
    "GET contribution:amnesty-batch": (302, 403, 403, 403, 403, 404, 403),
    "POST contribution:amnesty-batch": (401, 403, 403, 403, 403, 404, 403),
    "GET contribution:former": MEMBER_PAGE,
    "POST contribution:former": (401, 403, 404, 404, 403, 403, 403),
    "GET contribution:autodebit": MEMBER_PAGE,
    "POST contribution:autodebit": MEMBER_EMPTY,
    "POST contribution:autodebit-end": (401, 403, 409, 409, 403, 403, 403),
    "POST contribution:autodebit-check": (401, 403, 302, 302, 403, 403, 403),
    "GET contribution:api-autodebit": MEMBER_API,
    "POST contribution:api-autodebit": MEMBER_EMPTY,
    "DELETE contribution:api-autodebit": (401, 403, 409, 409, 403, 403, 403),
    "POST contribution:instalments-stop": (401, 403, 409, 409, 403, 403, 403),
    "POST contribution:newborn": MEMBER_EMPTY,
    "POST contribution:other-family": MEMBER_EMPTY,
    "GET employer:own": MEMBER_PAGE,
    "GET employer:extras": MEMBER_PAGE,
    "POST employer:extras": MEMBER_EMPTY,
    "POST employer:extra-end": NOT_HERS_SENT,
    "GET employer:api-extras": MEMBER_API,
    "POST employer:api-extras": MEMBER_EMPTY,
    "DELETE employer:api-extra": NOT_HERS_SENT,
    "GET employer:start": EMPLOYER_PAGE,
    "GET employer:employees": EMPLOYER_PAGE,
    "GET employer:add": EMPLOYER_PAGE,
    "GET employer:upload": EMPLOYER_PAGE,
    "GET employer:preview": EMPLOYER_PAGE,
    "GET employer:example": EMPLOYER_PAGE,
    "GET employer:employee": EMPLOYER_PAGE,
    "GET employer:wage": EMPLOYER_PAGE,
    "GET employer:end": EMPLOYER_PAGE,
    "GET employer:bills": EMPLOYER_PAGE,
    "GET employer:bill": EMPLOYER_PAGE,
    "GET employer:history": EMPLOYER_PAGE,
    "GET employer:receipt": EMPLOYER_PAGE,
    "GET employer:year": EMPLOYER_PAGE,
    "GET employer:year-file": EMPLOYER_PAGE,
    "GET employer:receipt-file": EMPLOYER_PAGE,
    "POST employer:add": EMPLOYER_ONLY,
    "POST employer:upload": EMPLOYER_ONLY,
    "POST employer:preview": EMPLOYER_ONLY,
    "POST employer:wage": EMPLOYER_ONLY,
    "POST employer:end": EMPLOYER_ONLY,
    "POST employer:again": EMPLOYER_ONLY,
    "POST employer:api-employees": EMPLOYER_ONLY,
    "GET employer:api-bills": EMPLOYER_ONLY,
    "GET employer:api-employees": EMPLOYER_ONLY,
    "GET employer:desk": BRANCH_PAGE,
    "POST employer:desk": BRANCH_EMPTY,
    "GET employer:desk-employer": (302, 403, 403, 403, 403, 404, 403),
    "GET treasury:refunds": MEMBER_PAGE,
    "POST treasury:refunds": MEMBER_EMPTY,
    "GET treasury:api-refunds": MEMBER_API,
    "POST treasury:api-refunds": MEMBER_EMPTY,
    "GET treasury:office": BRANCH_PAGE,
    "GET treasury:journal": BRANCH_PAGE,
    "POST treasury:journal": BRANCH_EMPTY,
    "GET treasury:journal-file": BRANCH_PAGE,
    "GET treasury:journal-entry": (302, 403, 403, 403, 403, 404, 403),
    "GET treasury:balance": BRANCH_PAGE,
    "POST treasury:balance": BRANCH_EMPTY,
    "GET treasury:desk-refunds": BRANCH_PAGE,
    "POST treasury:desk-refunds": BRANCH_EMPTY,
    "GET treasury:desk-refund-new": BRANCH_PAGE,
    "POST treasury:desk-refund-new": BRANCH_EMPTY,
    "GET treasury:desk-refund": (302, 403, 403, 403, 403, 404, 403),
    "POST treasury:desk-refund": (401, 403, 403, 403, 403, 404, 403),
    "GET reconciliation:home": BRANCH_PAGE,
    "POST reconciliation:home": BRANCH_EMPTY,
    "GET reconciliation:lines": BRANCH_PAGE,
    "GET reconciliation:line": BRANCH_NOTHING,
    "GET reconciliation:explain": BRANCH_NOTHING,
    "POST reconciliation:explain": BRANCH_NOTHING_SENT,
    "GET reconciliation:assign": BRANCH_NOTHING,
    "POST reconciliation:assign": BRANCH_NOTHING_SENT,
    "GET reconciliation:decide": BRANCH_NOTHING,
    "POST reconciliation:decide": BRANCH_NOTHING_SENT,
    "GET reconciliation:missing": BRANCH_PAGE,
    "GET reconciliation:export": BRANCH_PAGE,
    "GET membership:start": (200, 200, 302, 302, 200, 200, 200),
    "POST membership:start": (422, 422, 302, 302, 422, 422, 422),
    "GET membership:start-code": TO_THE_START,
    "POST membership:start-code": TO_THE_START,
    "GET membership:claim": (302, 200, 302, 302, 403, 403, 403),
    "POST membership:claim": (401, 422, 302, 302, 403, 403, 403),
    "GET membership:seen-by": MEMBER_PAGE,
    "GET membership:check": STAFF_PAGE,
    "POST membership:check": STAFF_EMPTY,
    "POST membership:api-card-checks": STAFF_EMPTY,
    "GET membership:vclaim-by-card": NO_SIGNATURE,
    "GET membership:vclaim-by-nik": NO_SIGNATURE,
    "GET membership:vclaim-unknown": NO_SIGNATURE,
    "POST membership:vclaim-unknown": NO_SIGNATURE,
    "PUT membership:vclaim-unknown": NO_SIGNATURE,
    "DELETE membership:vclaim-unknown": NO_SIGNATURE,
    "GET membership:primary": HERS_PAGE,
    "POST membership:primary": (401, 403, 422, 404, 403, 403, 403),
    "GET membership:desk-parent": BRANCH_PAGE,
    "POST membership:desk-parent": BRANCH_EMPTY,
    "GET membership:desk-primary": BRANCH_PAGE,
    "POST membership:desk-primary": BRANCH_EMPTY,
    "GET membership:api-primary": MEMBER_API,
    "POST membership:api-primary": MEMBER_EMPTY,
    "GET membership:correct": HERS_PAGE,
    "GET membership:correction": (302, 403, 403, 403, 403, 404, 403),
    "GET membership:corrections": BRANCH_PAGE,
    "GET membership:desk": BRANCH_PAGE,
    "GET membership:desk-act": BRANCH_PAGE,
    "GET membership:desk-family": BRANCH_PAGE,
    "GET membership:desk-member": BRANCH_PAGE,
    "POST membership:correct": (401, 403, 422, 404, 403, 403, 403),
    "POST membership:correction": (401, 403, 403, 403, 403, 404, 403),
    "POST membership:desk": BRANCH_EMPTY,
    "POST membership:desk-act": BRANCH_EMPTY,
    "GET reviews:reviews": EVERYBODY,
    "GET reviews:write": MEMBER_PAGE,
    "POST reviews:write": MEMBER_EMPTY,
    "GET reviews:report": SIGNED_IN_PAGE,
    "POST reviews:report": SIGNED_IN_EMPTY,
    "GET reviews:staff": STAFF_PAGE,
    "GET reviews:answer": (302, 403, 403, 403, 200, 403, 403),
    "POST reviews:answer": (401, 403, 403, 403, 422, 403, 403),
    "GET reviews:decide": BRANCH_PAGE,
    "POST reviews:decide": BRANCH_EMPTY,
    "GET reviews:api-reviews": EVERYBODY,
    "GET own:start": STAFF_PAGE,
    "GET own:look": BRANCH_PAGE,
    "GET own:profile": FACILITY_PAGE,
    "POST own:profile": FACILITY_EMPTY,
    "GET own:plans": FACILITY_PAGE,
    "GET own:add-plan": FACILITY_PAGE,
    "POST own:add-plan": FACILITY_EMPTY,
    "GET own:change-plan": FACILITY_NOTHING,
    "POST own:change-plan": FACILITY_EMPTY,
    "GET own:end-plan": FACILITY_NOTHING,
    "POST own:end-plan": FACILITY_EMPTY,
    "GET own:leave": FACILITY_PAGE,
    "POST own:leave": FACILITY_EMPTY,
    "GET own:end-leave": FACILITY_NOTHING,
    "POST own:end-leave": FACILITY_NOTHING_SENT,
    "GET own:rooms": FACILITY_NOTHING,  # Rina's is no hospital: facility/tests/test_own_beds.py
    "GET own:new-room": FACILITY_NOTHING,
    "POST own:new-room": FACILITY_NOTHING_SENT,
    "GET own:room": FACILITY_NOTHING,
    "POST own:room": FACILITY_NOTHING_SENT,
    "GET own:close-room": FACILITY_NOTHING,
    "POST own:close-room": FACILITY_NOTHING_SENT,
    "GET account:sign-in": (200, 302, 302, 302, 302, 302, 302),
    "POST account:sign-in": EMPTY,
    "GET account:by-passkey": EVERYBODY,
    "POST account:by-passkey": EMPTY,
    "GET account:code": TO_THE_START,
    "POST account:code": TO_THE_START,
    "POST account:resend": EMPTY,
    "GET account:choose": EMPTY,
    "POST account:choose": EMPTY,
    "GET account:second": TO_THE_START,
    "POST account:second": TO_THE_START,
    "GET account:sign-out": EVERYBODY,
    "POST account:sign-out": TO_THE_START,
    "GET account:forgotten": EVERYBODY,
    "POST account:forgotten": EMPTY,
    "GET account:new-password": TO_THE_START,
    "POST account:new-password": TO_THE_START,
    "GET account:devices": SIGNED_IN_PAGE,
    "POST account:end-others": SIGNED_IN_POST,
    "POST account:end-device": NOT_MINE,
    "GET account:tokens": SIGNED_IN_PAGE,
    "POST account:tokens": SIGNED_IN_POST,
    "POST account:end-token": NOT_MINE,
    "GET account:settings": SIGNED_IN_PAGE,
    "GET account:password": SIGNED_IN_PAGE,
    "POST account:password": SIGNED_IN_POST,
    "GET account:phone": TO_THE_START,
    "POST account:phone": SIGNED_IN_POST,
    "GET account:email": TO_THE_START,
    "POST account:email": SIGNED_IN_POST,
    "GET account:contact-code": TO_THE_START,
    "POST account:contact-code": SIGNED_IN_POST,
    "POST account:contact-resend": SIGNED_IN_POST,
    "POST account:stop-change": NOT_MINE,
    "GET account:add-key": TO_THE_START,
    "POST account:add-key": SIGNED_IN_POST,
    "GET account:one-key": (302, 404, 404, 404, 404, 404, 404),
    "POST account:one-key": NOT_MINE,
    "GET account:authenticator": TO_THE_START,
    "POST account:authenticator": SIGNED_IN_POST,
    "GET account:drop-authenticator": TO_THE_START,
    "POST account:drop-authenticator": SIGNED_IN_POST,
    "GET account:recovery-codes": TO_THE_START,
    "POST account:recovery-codes": SIGNED_IN_POST,
    "GET account:proof": SIGNED_IN_PAGE,
    "POST account:proof": SIGNED_IN_EMPTY,
    "POST account:proof-key": SIGNED_IN_EMPTY,
    "GET account:proof-code": TO_THE_START,
    "POST account:proof-code": SIGNED_IN_POST,
    "POST account:proof-resend": SIGNED_IN_POST,
    "GET account:api-session": EVERYBODY,
    "GET account:api-sessions": SIGNED_IN_API,
    "DELETE account:api-session-end": NOT_MINE,
    "GET notice:inbox": SIGNED_IN_PAGE,
    "GET facility:search": EVERYBODY,
    "GET facility:places": EVERYBODY,
    "GET facility:one": EVERYBODY,
    "GET facility:api-search": EVERYBODY,
    "GET facility:api-one": EVERYBODY,
    "GET facility:aplicares-classes": NO_SIGNATURE,
    "GET facility:aplicares-read": NO_SIGNATURE,
    "POST facility:aplicares-create": NO_SIGNATURE,
    "POST facility:aplicares-update": NO_SIGNATURE,
    "POST facility:aplicares-delete": NO_SIGNATURE,
    "GET facility:aplicares-unknown": NO_SIGNATURE,
    "POST facility:aplicares-unknown": NO_SIGNATURE,
    "PUT facility:aplicares-unknown": NO_SIGNATURE,
    "DELETE facility:aplicares-unknown": NO_SIGNATURE,
    "GET facility:antrean-clinics": NO_SIGNATURE,
    "GET facility:antrean-fp": NO_SIGNATURE,
    "GET facility:antrean-doctors": NO_SIGNATURE,
    "GET facility:antrean-schedule": NO_SIGNATURE,
    "POST facility:antrean-schedule-update": NO_SIGNATURE,
    "GET facility:antrean-unknown": NO_SIGNATURE,
    "POST facility:antrean-unknown": NO_SIGNATURE,
    "PUT facility:antrean-unknown": NO_SIGNATURE,
    "DELETE facility:antrean-unknown": NO_SIGNATURE,
    "GET facility:vclaim-clinics": NO_SIGNATURE,
    "GET facility:vclaim-facilities": NO_SIGNATURE,
    "GET facility:vclaim-attending": NO_SIGNATURE,
    "GET facility:vclaim-doctors": NO_SIGNATURE,
    "GET facility:vclaim-provinces": NO_SIGNATURE,
    "GET facility:vclaim-regencies": NO_SIGNATURE,
    "GET facility:vclaim-districts": NO_SIGNATURE,
    "GET facility:vclaim-classes": NO_SIGNATURE,
    "GET facility:vclaim-ways-out": NO_SIGNATURE,
    "GET facility:phone": EVERYBODY,
    "GET facility:map": EVERYBODY,
    "GET facility:api-pack": EVERYBODY,
    "GET worker": EVERYBODY,
    "GET manifest": EVERYBODY,
    "GET offline": EVERYBODY,
    "GET unsure": EVERYBODY,
    "GET openapi": EVERYBODY,
}
# What stands for the ids in an address; other ids are of nobody.
HERS = (
    "home:card-of",
    "contribution:receipt",
    "contribution:receipt-file",
    "contribution:api-pay",
    "contribution:api-qris",
    "membership:correct",
    "membership:primary",
)
SAMPLES = {
    "<slug:number>": "00004711", "<slug:bank>": "bri", "<slug:kind>": "phone",
    "<slug:name>": "meninggal", "<slug:code>": "3275P002", "<slug:area>": "3275",
}  # fmt: skip


def doors():
    """Return every route with each of its methods, as the service itself lists them."""
    return {
        f"{method} {name}": path
        for path, name, found in routes()
        for door in found
        for method in door.methods
        if method != "HEAD"
    }


def test_every_route_has_a_door_and_a_row():
    closed = [name for _, name, found in routes() if not found]
    assert closed == []
    assert sorted(doors()) == sorted(TABLE)


@pytest.fixture
def callers(on_day):
    """Browsers of everybody, and the ids of Siti's things."""
    on_day("2026-11-22")
    family = a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))
    wati = a_billed_family(months=1, names=("Wati Lestari",))
    assert Bank(a_bank()).pay(va_of(family), "R1", 140_000).status_code == 200
    accounts = {
        "phone": create_account(role=Role.MEMBER, name="Calon peserta"),
        "siti": an_account(members_of(family)[0]),
        "wati": an_account(members_of(wati)[0]),
        "rina": a_staff_account(),
        "andi": a_staff_account(role=Role.BRANCH, name="Andi", facility_id=""),
        "admin": a_staff_account(role=Role.ADMIN, name="Admin", facility_id=""),
    }
    browsers = {"nobody": Client()} | {who: signed_in(a) for who, a in accounts.items()}
    payment = Payment.objects.get(family_id=family.family_id).id
    ids = dict.fromkeys(HERS, payment) | {
        "home:card-of": members_of(family)[0].id,
        "membership:correct": members_of(family)[0].id,
        "membership:primary": members_of(family)[0].id,
        "contribution:api-pay": Bill.objects.filter(family_id=family.family_id)[0].id,
        "contribution:api-qris": Bill.objects.filter(family_id=family.family_id)[0].id,
        "contribution:history-year": 2026,
        "<int:family_id>": family.family_id,
        "<int:member_id>": members_of(family)[0].id,
    }
    ids |= dict.fromkeys(("reviews:report", "reviews:decide"), a_review(accounts["siti"], OTHER))
    ids["reviews:answer"] = a_review(accounts["siti"], accounts["rina"].facility_id)
    return browsers, ids


OTHER = SAMPLES["<slug:code>"]


def a_review(siti, place):
    """Return the id of Siti's review of a facility."""
    allow_review(
        facility_id=place, person_id=siti.person_id, visited_on=today(), source="visit",
        reference="1",
    )  # fmt: skip
    written = Written(dict.fromkeys(Aspect, 4), "Baik.")
    public_id = write_review(actor=siti.as_actor(), facility_id=place, written=written, on=today())
    return public_id.split("-")[1]


@pytest.mark.parametrize("row", TABLE)
def test_each_caller_gets_the_answer_of_the_table(callers, row):
    browsers, ids = callers
    method, name = row.split(" ")
    path = doors()[row]
    for sample, value in SAMPLES.items():
        path = path.replace(sample, value)
    for sample in ("<int:family_id>", "<int:member_id>"):
        path = path.replace(sample, str(ids.get(name, ids[sample])))
    path = re.sub(r"<int:\w+>", str(ids.get(name, 4711)), path)
    path = re.sub(r"<\w+>", "1", path)
    form = "application/x-www-form-urlencoded"
    told = tuple(browsers[who].generic(method, path, b"", form).status_code for who in CALLERS)
    assert told == TABLE[row]


@pytest.mark.parametrize("row", [row for row, told in TABLE.items() if told[0] == 302])
def test_who_is_not_signed_in_is_sent_to_sign_in_or_to_the_start(callers, row):
    method = row.split(" ")[0]
    path = re.sub(r"<[\w:]+>", "1", doors()[row])
    answer = callers[0]["nobody"].generic(method, path)
    assert answer["Location"].startswith(("/masuk/", "/daftar/", "/lupa/"))


def test_a_strangers_id_and_no_id_are_answered_byte_for_byte_alike(callers):
    browsers, ids = callers
    for name in HERS:
        rows = [row for row in TABLE if row.endswith(f" {name}")]
        method, path = rows[0].split(" ")[0], doors()[rows[0]]
        hers, nobodys = (
            browsers["wati"].generic(
                method, re.sub(r"<int:\w+>", str(i), path), b"", "application/json"
            )
            for i in (ids[name], 4711)
        )
        assert hers.status_code == nobodys.status_code == 404
        assert plain(hers) == plain(nobodys)
        assert sorted(hers.headers) == sorted(nobodys.headers)


def plain(answer):
    """Return an answer without what is new in each: form tokens, the padding, the own address."""
    text = answer.content.decode()
    return re.sub(r'name="(csrfmiddlewaretoken|_key)" value="[^"]*"|<!--.*-->|/\d+/', "", text)
