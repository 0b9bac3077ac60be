"""Partners that are down, workers and database that are killed: nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from datetime import UTC, datetime

import httpx
import pytest

from jkn.nonprod.load import Storm, storm

HEAL_SECONDS = 20
PAYMENTS = 60
STORM = Storm(clients=8, repeat=0.9, forge=0.2, alter=0.2, tries=15)


@pytest.fixture
def mood(stack):
    """Make a partner slow, failing or lying; it is well again afterwards."""
    changed = []

    def change(partner, value, **more):
        changed.append((partner, more))
        _set_mood(stack, partner, value, more)

    yield change
    for partner, more in changed:
        _set_mood(stack, partner, "sends" if partner == "messages" else "truth", more)


def _set_mood(stack, partner, value, more):
    answer = httpx.post(f"{stack.partner(partner)}/mood", data={"mood": value, **more})
    assert answer.status_code in (200, 302, 303)


def registering(stack, visitor, household):
    """Come as far as the page that asks the population register."""
    person = visitor()
    phone = household["phone"]
    before = len(stack.sent_to(phone))
    person.post("/daftar/", {"path": "keluarga", "phone": f"0{phone[2:]}", "_key": _key(phone)})
    code = stack.code_for(phone, after=before)
    answer = person.post("/daftar/kode/", {"kode": code, "_key": _key(phone)})
    assert answer.headers["location"] == "/daftar/keluarga/"
    return person


def _key(text):
    return f"00000000-0000-4000-8000-{text[-12:]:0>12}"


@pytest.mark.parametrize("says", ["slow", "failing", "lying", "silent"])
def test_a_register_in_trouble_gives_a_pending_page(stack, visitor, says):
    special = next(s for s in stack.told()["specials"] if s["says"] == says)
    head = special["members"][0]
    person = registering(stack, visitor, special)
    day = "-".join(reversed(special["typed_birth_date"].split("-")))
    typed = {"nik": head["nik"], "kk": special["typed_kk"], "birth_date": day}
    answer = person.post("/daftar/keluarga/", {**typed, "_key": _key(head["nik"])})
    assert answer.status_code == 302
    page = person.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Menunggu data kependudukan" in page.text
    again = person.get("/daftar/keluarga/?ulang=1")
    assert head["nik"] in again.text, "nothing that was typed is lost"


def test_a_register_that_was_down_is_asked_again_by_itself(stack, visitor, mood):
    household = stack.newcomer()
    head = next(p for p in household["members"] if p["relation"] == "head")
    person = registering(stack, visitor, household)
    mood("register", "failing")
    day = "-".join(reversed(head["birth_date"].split("-")))
    typed = {"nik": head["nik"], "kk": household["kk"], "birth_date": day}
    person.post("/daftar/keluarga/", {**typed, "_key": _key(head["nik"])})
    assert "Menunggu data kependudukan" in person.get("/daftar/keluarga/").text
    _set_mood(stack, "register", "truth", {})
    deadline = time.monotonic() + 90
    while person.get("/daftar/keluarga/").status_code != 302:
        assert time.monotonic() < deadline, "the register was not asked again"
        time.sleep(1)
    assert head["name"] in person.get("/daftar/keluarga/pilih/").text


def test_a_gateway_in_trouble_is_said_and_another_way_works(stack, visitor, mood):
    account = stack.member("paid")
    mood("messages", "failing", channel="whatsapp")
    person = visitor()
    answer = person.post("/masuk/", {"siapa": account["nik"], "cara": "kode"})
    assert answer.status_code == 302
    assert person.get("/masuk/kode/").status_code == 200
    code = stack.code_for(account["phone"])  # the fallback brought it
    answer = person.post("/masuk/kode/", {"kode": code})
    assert answer.status_code == 302


def test_a_dead_bank_keeps_the_pages_alive(stack, visitor):
    person = visitor(stack.account("Wati Kusuma"))
    os.kill(stack.told()["processes"]["bank"], signal.SIGKILL)
    for path in ("/", "/iuran/", "/iuran/bayar/", "/iuran/bayar/bca/"):
        assert person.get(path).status_code == 200


def test_nothing_is_lost_or_doubled_while_processes_are_killed(stack):
    accounts = [a for a in stack.told()["accounts"] if a["story"] in ("open_bill", "suspended")]
    numbers = sorted({a["va"]["BRI"] for a in reversed(accounts) if a["va"]})[:PAYMENTS]
    client = stack.bank_client()
    owed = [n for n in numbers if client.inquiry(n, request_id=f"before{n}").is_accepted]
    assert len(owed) > PAYMENTS * 2 // 3, "earlier journeys left enough to pay"
    killer = threading.Thread(target=_kill, args=[stack])
    killer.start()
    outcome = storm(client, owed, STORM)
    assert not killer.is_alive(), "all was killed while payments were under way"
    seconds = stack.await_ready(HEAL_SECONDS)
    print(
        f"storm: {len(owed)} payments, {outcome.notifications} notifications, {outcome.forged} "
        f"forged ones refused, in {outcome.seconds:.1f} s; ready again after {seconds:.1f} s"
    )
    assert (outcome.breached, outcome.unanswered, outcome.refused) == ([], [], {})
    assert set(outcome.accepted) == set(owed)
    for number in owed:
        assert client.inquiry(number, request_id=f"after{number}").code == "4042414"
    client.close()
    promises = json.loads(stack.manage("invariants", "--json"))
    assert promises["ok"], promises


def _kill(stack):
    """Kill a worker, the database, and both workers, while payments are under way."""
    before = stack.told()["processes"]
    stack.killed_at = datetime.now(UTC).isoformat()
    time.sleep(0.2)
    os.kill(before["workers"][0], signal.SIGKILL)
    time.sleep(0.2)
    # Nothing can be paid until it is back, so the storm outlasts the rest.
    os.kill(before["database"], signal.SIGKILL)
    for worker in stack.told()["processes"]["workers"]:
        time.sleep(0.3)
        with contextlib.suppress(
            ProcessLookupError
        ):  # the first one; its successor is not told yet
            os.kill(worker, signal.SIGKILL)
