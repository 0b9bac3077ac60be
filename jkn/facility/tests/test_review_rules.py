"""Rules of reviews: contacts and insults are found, plain stories pass; averages from enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.errors import Conflict, Refused
from jkn.facility.reviews.queries import insults
from jkn.facility.reviews.rules import (
    NEXT,
    Aspect,
    Spread,
    State,
    Verdict,
    check_text,
    contacts_in,
    insults_in,
    next_state,
    spreads,
    tidy,
)

CONTACTS = (
    "Hubungi 081234567890 ya",
    "WA 0812-3456-7890",
    "telp (021) 8888 1234",
    "+62 812 3456 7890",
    "62.812.3456.789",
    "0 8 1 2 3 4 5 6 7 8 9",
    "０８１２３４５６７８９０",
    "٠٨١٢٣٤٥٦٧٨٩",
    "0812\u200b3456\u200b7890",
    "surat ke siti@contoh.id",
    "siti (at) contoh (dot) co.id",
    "siti @ contoh . com",
    "lihat https://contoh.example/x",
    "buka http : // contoh",
    "www.contoh.example",
    "klinik-lain.com lebih baik",
    "pesan di bit.ly/abc",
    "IG: siti_r",
    "instagram = siti",
    "ikuti @sitirahma",
    "NIK saya 3275017101680001",
    "kartu 0001944358911",
    "rekening 1234567890123",
)
STORIES = (
    "",
    "Bagus.",
    "Antre dari jam 08.00-16.00, lama sekali.",
    "Buka 07:30 sampai 14:00, datang 22-11-2026.",
    "Menunggu 45 menit, bayar Rp150.000 untuk parkir.",
    "Poli penyakit dalam lantai 2, loket 12 sampai 14, dokternya ramah.",
    "Anak saya digigit anjing, suntikan rabies cepat diberikan.",
    "Rumah sakit tipe B/C, kamar 301, ranjang 4.",
    "Tensi 120/80, gula 140, suhu 36.5.",
    "Petugas online: cepat. Nomor antrean A012.",
    "5 dari 5 bintang! Terima kasih dok & suster <3",
    "Dokter Asuransi menjelaskan kasus saya; Bu Asuti baik.",
    "Begonia di taman bagus, idiom yang dipakai mudah.",
)
INSULTS = (
    "goblok",
    "GOBLOK!",
    "dokternya gobloook",
    "g0bl0k banget",
    "g o b l o k",
    "g.o.b.l.o.k",
    "gobl\u200bok",
    "göblok",
    "gobloknya petugas ini",
    "petugas t0l0l",
    "dasar anjing",
    "Dasar   ANJING!!!",
    "b4ngs4t",
    "ａｓｕ",
)


@pytest.mark.parametrize("text", CONTACTS)
def test_contacts_are_found_and_named(text):
    with pytest.raises(Refused) as told:
        check_text(text, insults=insults())
    assert told.value.code == "review.contact"
    assert told.value.values["found"]


@pytest.mark.parametrize("text", STORIES)
def test_a_plain_story_passes(text):
    check_text(text, insults=insults())


@pytest.mark.parametrize("text", INSULTS)
def test_insults_are_found_however_they_are_spelled(text):
    with pytest.raises(Refused) as told:
        check_text(text, insults=insults())
    assert told.value.code == "review.insult"


def test_the_list_is_plain_and_finds_itself():
    assert len(insults()) == len(set(insults())) > 20
    for insult in insults():
        assert insult in insults_in(f"Petugas itu {insult} sekali.", insults())


def test_what_nobody_sees_is_taken_out_and_lines_stay():
    assert tidy(" satu\u200b \r\n\x00 dua\u202e \r tiga\ufeff ") == "satu\ndua\ntiga"


@given(text=st.text(max_size=300))
def test_any_text_is_judged_and_tidied_without_an_error(text):
    assert tidy(tidy(text)) == tidy(text)
    contacts_in(text)
    insults_in(text, insults())


@given(
    digits=st.text("0123456789", min_size=8, max_size=11), gap=st.sampled_from(["", " ", "-", "."])
)
def test_a_phone_is_found_however_it_is_grouped(digits, gap):
    assert contacts_in(f"Telepon saya 0{gap}{gap.join(digits)} malam")


# Averages.

ratings = st.lists(st.integers(1, 5), min_size=1, max_size=200)


@given(stars=ratings)
def test_the_average_is_that_of_the_stars_rounded_half_up(stars):
    counts = tuple(stars.count(n) for n in range(1, 6))
    spread = Spread(Aspect.STAFF, counts)
    assert spread.persons == len(stars)
    exact = sum(stars) * 10 / len(stars)
    assert -0.5 <= exact - spread.tenths < 0.5 + 1e-9
    assert 10 <= spread.tenths <= 50


def counted(persons):
    return [(a.value, 4, persons) for a in Aspect]


def test_an_average_only_from_enough_reviews():
    assert spreads(counted(4), at_least=5) == ()
    found = spreads(counted(5), at_least=5)
    assert [s.aspect for s in found] == list(Aspect)
    assert found[0].counts == (0, 0, 0, 5, 0)
    assert spreads([], at_least=0) == ()


def test_4_25_is_rounded_up():
    assert Spread(Aspect.STAFF, (0, 0, 0, 3, 1)).tenths == 43


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_that_changes_nothing_is_refused(state, verdict):
    if (state, verdict) in NEXT:
        assert next_state(state, verdict) is NEXT[state, verdict]
        return
    with pytest.raises(Conflict):
        next_state(state, verdict)
