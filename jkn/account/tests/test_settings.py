"""/pengaturan/masuk/: password, phone and e-mail, fresh proofs and holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from jkn.account import jobs
from jkn.account.actions.contacts import end_holds
from jkn.account.models import Code, Contact, Hold
from jkn.account.queries import contact_of, holds_of
from jkn.account.tests import factories as cast
from jkn.account.tests.test_codes import later, run_jobs
from jkn.account.tests.test_passkeys import proven_by
from jkn.account.tests.test_sign_in import sign_in
from jkn.account.tests.test_who_asks import signed_in
from jkn.audit.models import Entry
from jkn.core.clock import now
from jkn.notice.jobs import send
from jkn.notice.models import Outbound

pytestmark = pytest.mark.django_db
NEW_PHONE = "6285711112222"
PAGES = [
    "/pengaturan/masuk/", "/pengaturan/masuk/sandi/", "/pengaturan/masuk/hp/",
    "/pengaturan/masuk/email/", "/pengaturan/masuk/kunci/", "/pengaturan/masuk/autentikator/",
    "/pengaturan/token/", "/pengaturan/perangkat/", "/pengaturan/bukti/", "/keluar/",
]  # fmt: skip


def change_phone(client, gateway, phone: str = "0857-1111-2222"):
    asked = client.post("/pengaturan/masuk/hp/", {"nilai": phone})
    assert asked["Location"] == "/pengaturan/masuk/kontak/kode/", asked
    run_jobs(client)
    return client.post("/pengaturan/masuk/kontak/kode/", {"kode": gateway.last_code()})


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_their_owner_and_ask_strangers_to_sign_in(path):
    account = cast.siti()
    assert signed_in(account).get(path).status_code == 200
    if path != "/keluar/":
        answer = Client().get(path)
        assert answer["Location"] == f"/masuk/?lanjut={path}"


def test_a_phone_is_replaced_at_once_by_a_strong_proof_and_the_old_one_is_told(gateway):
    account = cast.siti()
    client = signed_in(account)
    assert change_phone(client, gateway)["Location"] == "/pengaturan/masuk/?ok=kontak"
    assert gateway.sent[0]["to"] == NEW_PHONE
    assert contact_of(account.id, "phone") == NEW_PHONE
    assert Entry.objects.filter(verb="account.contact_changed").count() == 1
    out = Outbound.objects.get()
    send(out.account_id, out.id)
    assert gateway.sent[-1]["to"] == cast.SITI_PHONE
    assert "085" not in gateway.sent[-1]["text"]


def test_by_a_code_alone_it_is_held_for_72_hours(gateway):
    account = cast.siti()
    client = signed_in(account)
    proven_by(client, "code")
    assert change_phone(client, gateway)["Location"] == "/pengaturan/masuk/?ok=tunggu"
    assert contact_of(account.id, "phone") == cast.SITI_PHONE
    assert holds_of(account.id)["phone"].until > now() + timedelta(hours=71)
    assert end_holds() == 0
    Hold.objects.update(until=now())
    assert end_holds() == 1
    assert contact_of(account.id, "phone") == NEW_PHONE
    assert end_holds() == 0


def test_a_held_change_is_cancelled_from_any_device(gateway):
    account = cast.siti()
    thief, owner = signed_in(account), signed_in(account)
    proven_by(thief, "code")
    change_phone(thief, gateway)
    assert "Batalkan" in owner.get("/pengaturan/masuk/").content.decode()
    assert owner.post("/pengaturan/masuk/batal/phone/").status_code == 302
    assert holds_of(account.id) == {}
    assert owner.post("/pengaturan/masuk/batal/phone/").status_code == 404
    assert owner.post("/pengaturan/masuk/batal/password/").status_code == 404


def test_sms_alone_changes_nothing(gateway):
    account = cast.siti()
    client = signed_in(account)
    proven_by(client, "sms")
    for kind in ("hp", "email"):
        answer = client.post(f"/pengaturan/masuk/{kind}/", {"nilai": "085711112222"})
        assert answer["Location"].startswith("/pengaturan/bukti/")
    assert not Code.objects.exists()
    assert contact_of(account.id, "phone") == cast.SITI_PHONE


def test_the_code_goes_to_the_new_phone_and_nowhere_else(gateway):
    """Else who holds the old e-mail could prove a phone that is not theirs."""
    client = signed_in(cast.siti())
    client.post("/pengaturan/masuk/hp/", {"nilai": "085711112222"})
    later(Code.objects.get().id, 31)
    client.post("/pengaturan/masuk/kontak/kode/kirim/", {"lewat": "email"})
    run_jobs(client)
    assert all(m["to"] == NEW_PHONE for m in gateway.sent)


def test_a_wrong_code_changes_nothing(gateway):
    account = cast.siti()
    client = signed_in(account)
    client.post("/pengaturan/masuk/hp/", {"nilai": "085711112222"})
    run_jobs(client)
    wrong = f"{(int(gateway.last_code()) + 1) % 10**6:06}"
    assert client.post("/pengaturan/masuk/kontak/kode/", {"kode": wrong}).status_code == 422
    assert contact_of(account.id, "phone") == cast.SITI_PHONE


@pytest.mark.parametrize("typed", ["", "123", "08", "+1 555 0100", "x" * 50])
def test_bad_phones_are_refused(typed):
    client = signed_in(cast.siti())
    assert client.post("/pengaturan/masuk/hp/", {"nilai": typed}).status_code == 422
    assert not Code.objects.exists()


def test_an_old_proof_is_asked_again_in_four_ways(gateway):
    account = cast.siti()
    client = signed_in(account)
    session = client.session
    session["proofs"] = {"password": 1}
    session.save()
    assert client.get("/pengaturan/masuk/hp/")["Location"].startswith("/pengaturan/bukti/")
    form = {"cara": "sandi", "sandi": "salah sekali", "lanjut": "/pengaturan/masuk/hp/"}
    assert client.post("/pengaturan/bukti/", form).status_code == 422
    form["sandi"] = cast.PASSWORD
    assert client.post("/pengaturan/bukti/", form)["Location"] == "/pengaturan/masuk/hp/"
    assert client.get("/pengaturan/masuk/hp/").status_code == 200


def test_a_proof_by_code(gateway):
    account = cast.siti()
    client = signed_in(account)
    proven_by(client, "sms")
    asked = client.post("/pengaturan/bukti/", {"cara": "email", "lanjut": "/pengaturan/masuk/hp/"})
    assert asked["Location"] == "/pengaturan/bukti/kode/"
    run_jobs(client)
    assert gateway.sent[0]["to"] == "siti@contoh.id"
    answer = client.post("/pengaturan/bukti/kode/", {"kode": gateway.last_code()})
    assert answer["Location"] == "/pengaturan/masuk/hp/"
    assert "72 jam" in client.get("/pengaturan/masuk/hp/").content.decode()


def test_a_password_is_changed_with_the_old_one_only():
    account = cast.siti()
    client = signed_in(account)
    path = "/pengaturan/masuk/sandi/"
    assert client.post(path, {"lama": "salah sekali", "sandi": "baru sekali 1"}).status_code == 422
    assert client.post(path, {"lama": cast.PASSWORD, "sandi": "pendek"}).status_code == 422
    assert sign_in(Client(), cast.SITI_NIK).status_code == 302
    assert (
        client.post(path, {"lama": cast.PASSWORD, "sandi": " spasi juga boleh "}).status_code == 302
    )
    assert sign_in(Client(), cast.SITI_NIK, " spasi juga boleh ").status_code == 302
    assert sign_in(Client(), cast.SITI_NIK).status_code == 422


def test_an_email_is_added_and_proves_itself(gateway):
    account = cast.wati()
    client = signed_in(account)
    client.post("/pengaturan/masuk/email/", {"nilai": "Wati@Contoh.ID"})
    run_jobs(client)
    assert gateway.sent[0]["to"] == "wati@contoh.id"
    client.post("/pengaturan/masuk/kontak/kode/", {"kode": gateway.last_code()})
    assert contact_of(account.id, "email") == "wati@contoh.id"
    assert Contact.objects.filter(account_id=account.id).count() == 2


def test_the_jobs_run_with_their_timestamp():
    jobs.end_held_changes(0)
    jobs.forget(0)
