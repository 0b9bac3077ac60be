"""One-time codes: sent, sent again, tried, ended; known and unknown people look alike."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.account import jobs
from jkn.account.actions import codes, prove_code, resend_code, send_code, settle_code
from jkn.account.models import Code, DeviceSession
from jkn.account.queries import code_state
from jkn.account.rules import Channel, How, code_digits
from jkn.account.tests import factories as cast
from jkn.core.errors import Limited, NotFound, Refused

pytestmark = pytest.mark.django_db


def a_code(**over) -> int:
    values = {
        "purpose": "signin", "contact_kind": "phone", "contact": cast.SITI_PHONE,
        "channel": Channel.WHATSAPP, "source": "10.0.0.1",
    } | over  # fmt: skip
    return send_code(**values)


def later(code_id: int, seconds: int) -> None:
    """Let the code have been sent so many seconds ago."""
    ago = timedelta(seconds=seconds)
    code = Code.objects.get(id=code_id)
    Code.objects.filter(id=code_id).update(sent_at=code.sent_at - ago, ends_at=code.ends_at - ago)


def ask(client: Client, who: str):
    return client.post("/masuk/", {"siapa": who, "cara": "kode"})


def run_jobs(client: Client) -> None:
    """Run the deferred jobs of codes, as the worker would."""
    for job in ProcrastinateJob.objects.filter(task_name="account.send_code", status="todo"):
        jobs.send_code(**job.args)


def state_of(code_id: int) -> str:
    state = code_state(code_id)
    assert state
    return state.state


def wrong_digits(right: str) -> str:
    return f"{(int(right) + 1) % 10**6:06}"


# The pages.


def test_siti_signs_in_with_a_code(client, gateway):
    account = cast.siti()
    response = ask(client, cast.SITI_NIK)
    assert response["Location"] == "/masuk/kode/"
    run_jobs(client)
    assert [(m["channel"], m["to"]) for m in gateway.sent] == [("whatsapp", cast.SITI_PHONE)]
    assert "Kode dikirim lewat WhatsApp" in client.get("/masuk/kode/").content.decode()
    digits = gateway.last_code()
    response = client.post("/masuk/kode/", {"kode": f"{digits[:3]} {digits[3:]}"})
    assert response["Location"] == "/"
    assert client.get("/api/v1/session").json()["account"] == str(account.id)


def test_the_code_survives_an_app_switch(client, gateway):
    """The browser was closed and opened again: the same cookie, the same code, no second one."""
    cast.siti()
    ask(client, cast.SITI_NIK)
    run_jobs(client)
    digits = gateway.last_code()
    client.get("/masuk/")
    assert ask(client, cast.SITI_NIK)["Location"] == "/masuk/kode/"
    assert Code.objects.count() == 1
    assert client.post("/masuk/kode/", {"kode": digits})["Location"] == "/"


def test_people_on_one_phone_choose_by_first_name(client, gateway):
    siti, budi = cast.siti(), cast.budi()
    cast.wati()
    ask(client, "0812 3456 7890")
    run_jobs(client)
    response = client.post("/masuk/kode/", {"kode": gateway.last_code()})
    assert response["Location"] == "/masuk/pilih/"
    page = client.get("/masuk/pilih/").content.decode()
    assert "Siti" in page
    assert "Budi" in page
    assert "Aminah" not in page
    assert "Wati" not in page
    assert client.post("/masuk/pilih/", {"orang": str(budi.id)})["Location"] == "/"
    assert client.get("/api/v1/session").json()["account"] == str(budi.id)
    # The proof is used up: the way back leads nowhere.
    assert client.post("/masuk/pilih/", {"orang": str(siti.id)}).status_code == 422


def test_nobody_is_chosen_who_is_not_on_the_phone(client, gateway):
    cast.siti(), cast.budi()
    stranger = cast.wati()
    ask(client, cast.SITI_PHONE)
    run_jobs(client)
    client.post("/masuk/kode/", {"kode": gateway.last_code()})
    assert client.post("/masuk/pilih/", {"orang": str(stranger.id)}).status_code == 404
    assert not DeviceSession.objects.exists()


def test_known_and_unknown_see_the_same_pages(gateway):
    cast.siti()
    pages = []
    for who in (cast.SITI_NIK, cast.WATI_NIK):
        client = Client()
        answer = ask(client, who)
        run_jobs(client)
        state = client.get("/masuk/kode/")
        tried = client.post("/masuk/kode/", {"kode": "000000"})
        cookie = answer.cookies["masuk"].value
        pages.append(
            (answer.status_code, answer["Location"], len(cookie), plain(state), plain(tried))
        )
    assert pages[0] == pages[1]
    assert len(gateway.sent) == 1
    assert gateway.looks == 1


def plain(response) -> str:
    return re.sub(r'value="[^"]{36,}"|<!--[^>]*-->$', "", response.content.decode())


def test_a_decoy_fits_no_digits(client, gateway, settings):
    ask(client, cast.WATI_NIK)
    code = Code.objects.get()
    digits = code_digits(settings.CODES_SECRET, code_id=code.id, salt=bytes(code.salt))
    assert client.post("/masuk/kode/", {"kode": digits}).status_code == 422
    assert not DeviceSession.objects.exists()


def test_staff_do_not_sign_in_by_code_alone(client, gateway):
    cast.rina()
    assert ask(client, cast.RINA_NIK)["Location"] == "/masuk/kode/"
    run_jobs(client)
    assert gateway.sent == []


def test_the_page_of_a_code_needs_one(client):
    assert client.get("/masuk/kode/")["Location"] == "/masuk/"
    assert client.get("/masuk/pilih/").status_code == 422
    client.cookies["masuk"] = "forged:value"
    assert client.get("/masuk/kode/")["Location"] == "/masuk/"


def test_resend_takes_the_channel_that_was_pressed_and_the_same_digits(client, gateway):
    cast.siti()
    ask(client, cast.SITI_NIK)
    run_jobs(client)
    first = gateway.last_code()
    too_soon = client.post("/masuk/kode/kirim/", {"lewat": "sms"})
    assert too_soon.status_code == 429
    assert len(gateway.sent) == 1
    later(Code.objects.get().id, 31)
    assert client.post("/masuk/kode/kirim/", {"lewat": "email"})["Location"] == "/masuk/kode/"
    run_jobs(client)
    assert gateway.sent[-1]["channel"] == "email"
    assert gateway.sent[-1]["to"] == "siti@contoh.id"
    assert gateway.last_code() == first


# The acts.


def test_no_column_holds_the_digits(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    digits = gateway.last_code()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM account_code c")
        assert digits not in cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(string_agg(args::text, ''), '') FROM procrastinate_jobs")
        assert digits not in cursor.fetchone()[0]


def test_the_fourth_try_is_refused_even_when_right(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    right = gateway.last_code()
    codes = []
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            prove_code(code_id, wrong_digits(right), purpose="signin")
        codes.append(refused.value.code)
    with pytest.raises(Refused) as refused:
        prove_code(code_id, right, purpose="signin")
    assert [*codes, refused.value.code] == ["code.wrong", "code.wrong", "code.ended", "code.ended"]
    assert Code.objects.get().used_at is None


def test_a_code_works_once(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    proven = prove_code(code_id, gateway.last_code(), purpose="signin")
    assert (proven.contact, proven.how) == (cast.SITI_PHONE, How.CODE)
    with pytest.raises(Refused, match=r"code\.ended"):
        prove_code(code_id, gateway.last_code(), purpose="signin")
    settle_code(code_id)
    with pytest.raises(Refused, match=r"code\.ended"):
        settle_code(code_id)


def test_a_code_serves_only_what_it_was_asked_for(gateway):
    code_id = a_code(purpose="register")
    jobs.send_code(code_id)
    with pytest.raises(Refused, match=r"code\.ended"):
        prove_code(code_id, gateway.last_code(), purpose="signin")
    assert Code.objects.get().tries == 0


def test_after_five_minutes_it_has_ended(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    later(code_id, 301)
    with pytest.raises(Refused, match=r"code\.ended"):
        prove_code(code_id, gateway.last_code(), purpose="signin")
    with pytest.raises(Refused, match=r"code\.ended"):
        resend_code(code_id=code_id, channel=Channel.SMS, source="10.0.0.1")


@pytest.mark.parametrize(
    "digits", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34", "-12345"]
)
def test_what_is_no_code_counts_no_try(digits):
    code_id = a_code()
    with pytest.raises(Refused, match=r"code\.invalid"):
        prove_code(code_id, digits, purpose="signin")
    assert Code.objects.get().tries == 0


def test_a_code_that_was_also_sent_by_sms_is_worth_less(gateway):
    code_id = a_code()
    later(code_id, 31)
    resend_code(code_id=code_id, channel=Channel.SMS, source="10.0.0.1")
    jobs.send_code(code_id)
    assert prove_code(code_id, gateway.last_code(), purpose="signin").how == How.SMS


def test_three_codes_in_a_quarter_of_an_hour_and_no_more():
    for _ in range(3):
        a_code()
    with pytest.raises(Limited) as limited:
        a_code()
    assert 0 < limited.value.retry_after <= 15 * 60
    assert Code.objects.count() == 3


def test_resending_counts_as_sending():
    code_id = a_code()
    for _ in range(2):
        later(code_id, 31)
        resend_code(code_id=code_id, channel=Channel.WHATSAPP, source="10.0.0.1")
    later(code_id, 31)
    with pytest.raises(Limited):
        resend_code(code_id=code_id, channel=Channel.WHATSAPP, source="10.0.0.1")
    assert Code.objects.get().sends == 3


def test_an_unknown_nik_is_limited_alike(client, gateway):
    for _ in range(3):
        assert ask(Client(), cast.WATI_NIK).status_code == 302
    assert ask(Client(), cast.WATI_NIK).status_code == 429
    cast.siti()
    for _ in range(3):
        assert ask(Client(), cast.SITI_NIK).status_code == 302
    assert ask(Client(), cast.SITI_NIK).status_code == 429


def test_resending_an_unknown_code_finds_nothing():
    with pytest.raises(NotFound):
        resend_code(code_id=1, channel=Channel.SMS, source="10.0.0.1")


# The gateway.


def test_a_refused_channel_is_followed_at_once(gateway):
    gateway.status = {"whatsapp": 422}
    code_id = a_code()
    jobs.send_code(code_id)
    assert [m["channel"] for m in gateway.sent] == ["sms"]
    assert state_of(code_id) == "sent"


def test_a_silent_gateway_is_tried_twice_then_the_next_channel(client, gateway):
    cast.siti()
    gateway.status = {"whatsapp": 503}
    ask(client, cast.SITI_NIK)
    code_id = Code.objects.get().id
    with pytest.raises(jobs.GatewaySilentError):
        jobs.send_code(code_id)
    with pytest.raises(jobs.GatewaySilentError):
        jobs.send_code(code_id)
    page = client.get("/masuk/kode/").content.decode()
    assert "WhatsApp belum menjawab, kami coba SMS." in page
    jobs.send_code(code_id)
    assert gateway.sent[-1]["channel"] == "sms"
    assert state_of(code_id) == "sent"


def test_when_nobody_answers_it_is_not_the_persons_fault(client, gateway):
    cast.budi()
    gateway.status = {"whatsapp": 500, "sms": 500, "email": 500}
    ask(client, cast.BUDI_NIK)
    code_id = Code.objects.get().id
    for _ in range(3):
        with pytest.raises(jobs.GatewaySilentError):
            jobs.send_code(code_id)
    jobs.send_code(code_id)
    assert state_of(code_id) == "failed"
    assert "Bukan kesalahan Anda" in client.get("/masuk/kode/").content.decode()
    later(code_id, 31)
    assert client.post("/masuk/kode/kirim/", {"lewat": "whatsapp"}).status_code == 302


def test_a_job_that_runs_twice_sends_once(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    jobs.send_code(code_id)
    assert len(gateway.sent) == 1


def test_a_decoy_shows_the_gateways_state_too(client, gateway):
    gateway.status = {"healthz": 503}
    ask(client, cast.WATI_NIK)
    with pytest.raises(jobs.GatewaySilentError):
        jobs.send_code(Code.objects.get().id)
    assert Code.objects.get().state == "trying"


def test_a_report_about_an_earlier_sending_changes_nothing(gateway):
    code_id = a_code()
    letter = codes.letter_of(code_id)
    assert letter
    later(code_id, 31)
    resend_code(code_id=code_id, channel=Channel.SMS, source="10.0.0.1")
    assert not codes.note_not_sent(letter, is_refused=True)
    codes.note_sent(letter)
    assert (state_of(code_id), Code.objects.get().channel) == ("queued", "sms")


def test_after_all_channels_failed_sms_may_be_tried_again(gateway):
    gateway.status = {"whatsapp": 422, "sms": 422}
    code_id = a_code()
    jobs.send_code(code_id)
    assert state_of(code_id) == "failed"
    later(code_id, 31)
    resend_code(code_id=code_id, channel=Channel.WHATSAPP, source="10.0.0.1")
    jobs.send_code(code_id)
    assert Code.objects.get().channels == "whatsapp,sms"


def test_a_proof_is_read_until_it_is_used_up(gateway):
    code_id = a_code()
    with pytest.raises(Refused, match=r"code\.ended"):
        codes.proven_of(code_id)
    jobs.send_code(code_id)
    proven = prove_code(code_id, gateway.last_code(), purpose="signin")
    assert codes.proven_of(code_id) == proven
    settle_code(code_id)
    with pytest.raises(Refused, match=r"code\.ended"):
        codes.proven_of(code_id)


# Two workers.


def in_threads(count: int, act) -> list[str]:
    outcomes: list[str] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            act()
            outcomes.append("ok")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_ten_sendings_at_once_three_go_out():
    outcomes = in_threads(10, a_code)
    assert outcomes.count("ok") == 3
    assert Code.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_ten_wrong_tries_at_once_three_are_compared(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    right = gateway.last_code()
    in_threads(10, lambda: prove_code(code_id, wrong_digits(right), purpose="signin"))
    assert Code.objects.get().tries == 3
    with pytest.raises(Refused, match=r"code\.ended"):
        prove_code(code_id, right, purpose="signin")


@pytest.mark.django_db(transaction=True)
def test_of_three_right_tries_at_once_one_counts(gateway):
    code_id = a_code()
    jobs.send_code(code_id)
    right = gateway.last_code()
    outcomes = in_threads(3, lambda: prove_code(code_id, right, purpose="signin"))
    assert outcomes == ["code.ended", "code.ended", "ok"]


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_resend_send_once(gateway):
    code_id = a_code()
    later(code_id, 31)

    def again() -> None:
        resend_code(code_id=code_id, channel=Channel.SMS, source="10.0.0.1")

    assert in_threads(2, again) == ["code.too_soon", "ok"]
    assert Code.objects.get().sends == 2
