"""English is whole: every sentence of the code has one, and pages show it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from jkn.account.actions.accounts import create_account
from jkn.config.environment import ROOT
from jkn.contribution.tests.factories import a_billed_family
from jkn.core.actor import Level, Role
from jkn.membership.tests.factories import a_staff_account, an_account, members_of, signed_in

PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
COLLECT = "extract -F locale/babel.cfg --keyword=N_ --keyword=_ --no-location --sort-output"
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
PERSONAL = re.compile(r"@|\"(?:Last-Translator|Language-Team|Report-Msgid-Bugs-To): [^\\]")
HELP = "see docs/how-to/translate.md"


def english() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def pairs() -> dict[str, str]:
    """Return each sentence and its English; no sentence here has a plural form."""
    return {str(m.id): str(m.string or "") for m in english() if m.id}


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> set[str]:
    """The sentences that the code marks, collected as the guide says."""
    pot = tmp_path_factory.mktemp("pot") / "django.pot"
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    subprocess.run([*babel, *COLLECT.split(), "-o", str(pot), "jkn"], cwd=ROOT, check=True)
    with pot.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id}


@pytest.fixture
def in_english(tmp_path, settings) -> None:
    """Compile the catalogue for this test: a bare `pytest` need not have run `make messages`."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, english())
    settings.LOCALE_PATHS = [tmp_path]


def test_the_guide_names_the_command_of_this_test():
    guide = (ROOT / "docs" / "how-to" / "translate.md").read_text(encoding="utf-8")
    assert f"pybabel {COLLECT} -o locale/django.pot jkn" in guide


def test_every_sentence_is_translated_and_none_is_left_over(used):
    told = {ours for ours, theirs in pairs().items() if theirs}
    assert len(used) > 500
    assert used - told == set(), HELP
    assert told - used == set(), HELP


def test_nothing_waits_for_a_second_look():
    catalog = english()
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert list(catalog.obsolete) == []


def test_placeholders_agree():
    wrong = {
        ours
        for ours, theirs in pairs().items()
        if sorted(PLACEHOLDER.findall(ours)) != sorted(PLACEHOLDER.findall(theirs))
    }
    assert wrong == set()
    assert [found for _, errors in english().check() for found in errors] == []


def test_the_file_names_no_person_and_no_line_of_code():
    text = PO.read_text(encoding="utf-8")
    header, _, _ = text.partition("\n\n")
    assert not PERSONAL.search(header)
    assert not re.search(r"^#: ", text, re.MULTILINE)


class Texts(HTMLParser):
    """Collects what a page says: each text, and each label read aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value or "" for name, value in attrs if name in ("aria-label", "alt")}

    def handle_data(self, data: str) -> None:
        self.found.add(data.strip())


def said(client, path: str) -> set[str]:
    """Return what a page says to whoever chose English; no sentence of it may be Indonesian."""
    client.cookies["lang"] = "en"
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200, path
    assert '<html lang="en"' in page
    texts = Texts(page).found
    indonesian = {ours for ours, theirs in pairs().items() if ours != theirs}
    assert texts & indonesian == set(), path
    return texts


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
class TestPages:
    @pytest.mark.parametrize(
        ("path", "heading"),
        [
            ("/", "JKN cards, contributions and services on your phone"),
            ("/masuk/", "Sign in"),
            ("/daftar/", "Sign up"),
            ("/lupa/", "Forgot your password"),
            ("/pengaturan/", "Settings"),
            ("/luring/", "This page needs the internet"),
        ],
    )
    def test_strangers_read_english(self, client, path, heading):
        assert heading in said(client, path)

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("/", "2 of 2 members active"),
            ("/kartu/", "Show this code or your KTP at the counter."),
            ("/iuran/", "This month's contribution is not paid yet"),
            ("/iuran/bayar/", "Pay Rp70.000"),
            ("/iuran/bayar/bri/", "Open BRImo, or go to a BRI ATM or a BRILink agent."),
            ("/iuran/riwayat/", "No payments yet."),
            ("/pemberitahuan/", "No notifications yet."),
            ("/pengaturan/", "Sign out"),
            ("/pengaturan/masuk/", "Ways to sign in"),
            ("/pengaturan/akses/", "Who sees my data"),
            ("/pengaturan/perangkat/", "This device"),
            ("/pengaturan/token/", "No tokens yet."),
        ],
    )
    def test_members_read_english(self, on_day, path, sentence):
        on_day(date(2026, 11, 9).isoformat())
        family = a_billed_family(months=1, names=("Siti Rahmawati", "Budi Rahardjo"))
        client = signed_in(an_account(members_of(family)[0]))
        assert sentence in said(client, path)

    @pytest.mark.parametrize(
        ("path", "sentence"),
        [
            ("/petugas/", "Check a member's card"),
            ("/petugas/peserta/", "Patient registration"),
            ("/petugas/faskes/", "What members read"),
            ("/petugas/faskes/profil/", "Change the profile"),
            ("/pengaturan/", "Sign-in and contacts"),
        ],
    )
    def test_staff_read_english(self, path, sentence):
        assert sentence in said(signed_in(a_staff_account()), path)

    def test_who_is_no_member_yet_reads_english(self):
        client = signed_in(
            create_account(role=Role.MEMBER, name="Wati", level=Level.CONTACT_PROVEN)
        )
        assert "Continue your sign-up" in said(client, "/")

    def test_refusals_are_english_too(self, client):
        client.cookies["lang"] = "en"
        page = client.post("/daftar/", {"path": "keluarga", "phone": "12"}).content.decode()
        assert "A phone number starts with 08 and has 10–13 digits. Please check again." in page

    def test_without_a_choice_pages_stay_indonesian(self, client):
        page = client.get("/masuk/").content.decode()
        assert '<html lang="id"' in page
        assert "Sekali masuk di ponsel ini." in page
