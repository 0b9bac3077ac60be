"""Messages go out once, in their order of channels, whatever the gateway does."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.core.words import N_
from jkn.notice import jobs, partner
from jkn.notice.actions import send_out, tell
from jkn.notice.models import Notice, Outbound
from jkn.notice.queries import inbox, unread, waiting
from jkn.notice.rules import Address, as_text, following

pytestmark = pytest.mark.django_db
SITI = 11
ADDRESSES = [
    Address("whatsapp", "6281234567890"),
    Address("sms", "6281234567890"),
    Address("email", "siti@contoh.id"),
]


class Answers:
    """What the gateway says, in turn, and what it was given."""

    def __init__(self, *outcomes: partner.Outcome) -> None:
        self.outcomes = list(outcomes)
        self.given: list[partner.Message] = []

    def __call__(self, message: partner.Message) -> partner.Outcome:
        self.given.append(message)
        return self.outcomes.pop(0) if self.outcomes else partner.Outcome.TAKEN


@pytest.fixture
def answers(monkeypatch):
    def given(*outcomes: partner.Outcome) -> Answers:
        state = Answers(*outcomes)
        monkeypatch.setattr(partner, "send", state)
        return state

    return given


def a_message() -> Outbound:
    send_out(
        SITI, title=N_("Iuran diterima"), body=N_("Pembayaran {amount} sudah kami terima."),
        values={"amount": 140_000}, to=ADDRESSES,
    )  # fmt: skip
    return Outbound.objects.get()


def test_a_message_is_sent_with_its_words_filled(answers):
    row, gateway = a_message(), answers()
    jobs.send(row.account_id, row.id)
    (sent,) = gateway.given
    assert (sent.channel, sent.to) == ("whatsapp", "6281234567890")
    assert sent.text == "jkn: Iuran diterima. Pembayaran Rp140.000 sudah kami terima."
    assert Outbound.objects.get().state == "sent"
    jobs.send(row.account_id, row.id)
    assert len(gateway.given) == 1


def test_a_refused_channel_is_followed_by_the_next_at_once(answers):
    row = a_message()
    gateway = answers(partner.Outcome.REFUSED, partner.Outcome.REFUSED)
    jobs.send(row.account_id, row.id)
    assert [m.channel for m in gateway.given] == ["whatsapp", "sms", "email"]
    assert len({m.id for m in gateway.given}) == 3
    assert Outbound.objects.get().channel == "email"


def test_when_all_refuse_it_is_given_up(answers):
    row = a_message()
    answers(*[partner.Outcome.REFUSED] * 3)
    jobs.send(row.account_id, row.id)
    assert Outbound.objects.get().state == "failed"
    assert waiting() == 0


def test_a_silent_gateway_gets_the_same_message_again_then_the_next_channel(answers):
    row = a_message()
    gateway = answers(*[partner.Outcome.SILENT] * 3)
    for _ in range(3):
        with pytest.raises(jobs.GatewaySilentError):
            jobs.send(row.account_id, row.id)
    assert waiting() == 1
    jobs.send(row.account_id, row.id)
    assert [m.channel for m in gateway.given] == ["whatsapp"] * 3 + ["sms"]
    assert len({m.id for m in gateway.given}) == 2


def test_silence_has_an_end(answers):
    row = a_message()
    answers(*[partner.Outcome.SILENT] * 20)
    for _ in range(8):
        with pytest.raises(jobs.GatewaySilentError):
            jobs.send(row.account_id, row.id)
    jobs.send(row.account_id, row.id)
    assert Outbound.objects.get().state == "failed"


def test_addresses_are_sealed_and_the_job_carries_ids_only():
    row = a_message()
    assert b"628123" not in bytes(row.addresses_sealed)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("notice.send", {"account_id": SITI, "outbound_id": row.id})


def test_the_gateway_down_is_silence_not_an_error(settings):
    settings.MESSAGES_URL = "http://127.0.0.1:9"
    message = partner.Message("1", "sms", "6281234567890", "x")
    assert partner.send(message) is partner.Outcome.SILENT
    assert partner.look() is partner.Outcome.SILENT


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "taken"), (202, "taken"), (204, "taken"), (301, "silent"), (400, "refused"), (404, "refused"),
     (408, "silent"), (422, "refused"), (425, "silent"), (429, "silent"), (500, "silent"), (503, "silent")],
)  # fmt: skip
def test_what_a_status_means(status, outcome):
    assert partner.outcome_of(status) == outcome


def test_telling_puts_it_into_the_inbox_and_out():
    tell(SITI, kind="security", title=N_("Kata sandi baru"), body=N_("Sejak {on}."),
         values={"on": "2026-11-22"}, to=ADDRESSES)  # fmt: skip
    (read,) = inbox(SITI)
    assert (read.title, read.body, read.is_new) == (
        "Kata sandi baru",
        "Sejak 22 November 2026.",
        True,
    )
    assert unread(SITI) == 1
    assert Outbound.objects.get().state == "queued"


def test_the_same_thing_is_told_once():
    for _ in range(2):
        tell(SITI, kind="paid", title="Iuran diterima", body="x", to=ADDRESSES, once="7")
    tell(SITI, kind="paid", title="Iuran diterima", body="x", once="8")
    tell(12, kind="paid", title="Iuran diterima", body="x", once="7")
    assert Notice.objects.filter(account_id=SITI).count() == 2
    assert Outbound.objects.count() == 1


def test_small_words():
    assert as_text("Sudah siap?", "Buka.") == "jkn: Sudah siap? Buka."
    assert following(ADDRESSES, 0) == 1
    assert following(ADDRESSES, 2) is None
