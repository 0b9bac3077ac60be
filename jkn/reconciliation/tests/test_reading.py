"""Reading statement files: what is written is read, and what is wrong is said by its row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.reconciliation.reading import read_file
from jkn.reconciliation.rules import Unreadable, identities
from jkn.reconciliation.tests.paper import (
    ACCOUNT,
    Move,
    as_csv,
    as_mt940,
    balances,
    english,
    indonesian,
)

WORDS = st.sampled_from(["SETORAN", "X" * 70, "TRANSFER DARI " * 9 + "A", "BIAYA, ADM; 5/7"])
# To the sen, as banks count.
EXACT = st.integers(-(10**12), 10**12).map(Decimal) | st.decimals(-(10**12), 10**12, places=2)
MOVES = st.lists(
    st.builds(
        Move,
        amount=EXACT,
        reference=st.integers(0, 10**16 - 1).map(str) | st.sampled_from(["", "R1"]),
        description=WORDS,
        day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    ),
    min_size=1, max_size=8,
)  # fmt: skip
# Cores that are shared may make the making of examples slow; that says nothing of the parser.
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
FORMS = st.fixed_dictionaries(
    {
        "mark": st.sampled_from(";,\t"),
        "money": st.sampled_from([indonesian, english, lambda amount: f"{Decimal(amount):.2f}"]),
        "day": st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"]),
    }
)


def told(read):
    return [(e.day, e.amount, e.balance, e.reference) for e in read.entries]


def expected(moves, opening):
    return [(m.day, m.amount, balance, m.reference) for m, balance in balances(moves, opening)]


def faults(content, form=""):
    with pytest.raises(Unreadable) as refused:
        read_file(content if isinstance(content, bytes) else content.encode(), form=form)
    return [(f.row, f.message.format(**f.values)) for f in refused.value.faults]


@patient
@given(MOVES, EXACT, FORMS)
def test_a_csv_is_read_as_it_was_written(moves, opening, form):
    moves = sorted(moves, key=lambda m: m.day)
    (read,) = read_file(as_csv(moves, opening=opening, **form).encode())
    assert told(read) == expected(moves, opening)
    assert [e.description for e in read.entries] == [m.description for m in moves]
    assert (read.account, read.opening) == (ACCOUNT, opening)
    assert read.closing == opening + sum(m.amount for m in moves)


@patient
@given(MOVES, EXACT)
def test_an_mt940_is_read_as_it_was_written(moves, opening):
    (read,) = read_file(as_mt940(moves, opening=opening).encode())
    assert told(read) == expected(moves, opening)
    assert (read.account, read.opening) == (ACCOUNT, opening)


@patient
@given(MOVES)
def test_both_formats_know_a_line_by_the_same_identity(moves):
    moves = sorted(moves, key=lambda m: m.day)
    of_csv, of_mt940 = (read_file(f(moves).encode())[0] for f in (as_csv, as_mt940))
    known = [list(identities("b", ACCOUNT, read.entries)) for read in (of_csv, of_mt940)]
    assert known[0] == known[1]
    assert len(set(known[0])) == len(moves)


@patient
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    try:
        read_file(content)
    except Unreadable as refused:
        assert refused.faults


@patient
@given(st.text(alphabet=":206128CFMD0123456789,IDRNTRF\n-{}/;. abT", max_size=300))
def test_any_text_is_read_or_refused_in_both_formats(text):
    for form in ("csv", "mt940"):
        try:
            read_file(text.encode(), form=form)
        except Unreadable as refused:
            assert refused.faults


SITI = Move(140_000, "R1", "SETORAN 8888800000000011 SITI")
FEE = Move(-5_000, "", "BIAYA ADM")


def test_the_virtual_account_stands_in_the_description():
    (read,) = read_file(as_csv([SITI, FEE]).encode())
    assert [e.number for e in read.entries] == ["8888800000000011", ""]


def test_amount_with_mark_is_read_with_its_sign():
    rows = 'date,description,amount,d/k,balance\n2026-11-20,A,"1,000.00",K,"1,000.00"\n'
    (read,) = read_file((rows + "20/11/2026,B,400.00,D,600\n").encode())
    assert [e.amount for e in read.entries] == [1000, -400]


def test_newest_first_is_turned_round():
    rows = "Tanggal;Keterangan;Debit;Kredit;Saldo\n21/11/2026;B;50;;950\n20/11/2026;A;;1000;1000\n"
    (read,) = read_file(rows.encode())
    assert [(e.amount, e.balance) for e in read.entries] == [(1000, 1000), (-50, 950)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_usual_encoding_is_read(encoding):
    rows = as_csv([Move(1000, "R1", "Café Señor")])
    (read,) = read_file(rows.encode(encoding))
    assert read.entries[0].description == "Café Señor"


def test_a_quoted_line_break_belongs_to_its_cell_and_rows_are_counted_on():
    rows = 'Tanggal;Keterangan;Debit;Kredit;Saldo\n20/11/2026;"SETOR\nTUNAI";;10;10\nx;B;;5;15\n'
    assert faults(rows) == [(4, "Tanggal ini tidak ada. Contoh: 28/02/2027.")]
    (read,) = read_file(rows.replace("\nx;", "\n21/11/2026;").encode())
    assert read.entries[0].description == "SETOR TUNAI"


def test_totals_at_the_foot_are_compared():
    rows = as_csv([SITI, FEE])
    assert read_file((rows + "Saldo akhir;;;;;135.000,00\n").encode())
    told = faults(rows + "Saldo akhir;;;;;135.001,00\n")
    assert told == [
        (0, "Saldo akhir tidak sama dengan saldo awal dan mutasi. Selisih Rp1.")
    ]  # fmt: skip


def test_a_balance_that_does_not_follow_is_said_by_its_row():
    rows = as_csv([SITI, FEE, SITI]).replace("135.000,00", "130.000,00")
    assert [row for row, _ in faults(rows)] == [4, 5]
    assert "Selisih -Rp5.000" in faults(rows)[0][1]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("29/02/2027;A;R;;10,00;10,00", "Tanggal ini tidak ada"),
        ("31-04-2026;A;R;;10,00;10,00", "Tanggal ini tidak ada"),
        (";A;R;;10,00;10,00", "Tanggal kosong"),
        ("20/11/2026;A;R;;sepuluh;10,00", "Jumlah uang tidak terbaca"),
        ("20/11/2026;A;R;;10,5050;10,50", "Jumlah uang tidak terbaca"),
        ("20/11/2026;A;R;;10.5050;10,50", "lebih kecil dari satu sen"),
        ("20/11/2026;A;R;;999.999.999.999.999.999,00;10,00", "terlalu besar"),
        ("20/11/2026;A;R;;;10,00", "Jumlah kosong"),
        ("20/11;A;R;;10,00;10,00", "Tahun tidak ada"),
        ("31/04;A;R;;10,00;10,00", "Tanggal ini tidak ada"),
        ("20/11/2026;A;R;;10,00;", "Saldo kosong"),
    ],
)
def test_a_bad_row_is_said_with_its_number_and_what_to_do(row, why):
    head = "Tanggal;Keterangan;Referensi;Debit;Kredit;Saldo\n"
    ((number, message),) = faults(head + row + "\n")
    assert number == 2
    assert why in message


def test_29_february_of_a_leap_year_is_a_day():
    (read,) = read_file(as_csv([Move(1, day=date(2028, 2, 29))]).encode())
    assert read.entries[0].day == date(2028, 2, 29)


def test_three_bad_rows_of_100000_are_all_said():
    rows = as_csv([Move(1000, f"R{n}") for n in range(100_000)]).splitlines()
    for place in (10, 50_000, 99_999):
        rows[place] = rows[place].replace("20/11/2026", "30/02/2026")
    assert [row for row, _ in faults("\n".join(rows))] == [11, 50_001, 100_000]


@pytest.mark.parametrize(
    "rows",
    [
        "", "a;b;c\n1;2;3\n", "Tanggal;Jumlah;Saldo\n", "Tanggal;Keterangan;Saldo;Debit\n",
        "Tanggal;Keterangan;Debit;Kredit\n", "Tanggal;Keterangan;Debit;Kredit;Saldo\n",
        ":61:2611201120CR1,00NTRFX",
    ],
)  # fmt: skip
def test_a_file_that_is_no_statement_is_refused_plainly(rows):
    assert len(faults(rows)) == 1


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x1f\x8b"])
def test_a_spreadsheet_or_packed_file_is_named_as_such(begin):
    ((_, message),) = faults(begin + as_csv([SITI]).encode())
    assert message == "Berkas ini bukan CSV atau MT940. Unduh lagi dari bank sebagai CSV."


@pytest.mark.parametrize(
    ("limit", "most", "text"),
    [
        ("tabular._MOST_ROWS", 9, as_csv([SITI]) + "\n" * 9),
        ("mt940._MOST_ROWS", 9, as_mt940([SITI]) + "\n" * 9),
        ("mt940.MOST_LINES", 2, as_mt940([SITI] * 3)),
        ("mt940.MOST_STATEMENTS", 2, f"{as_mt940([])}\n" * 3),
    ],
)
def test_a_file_beyond_all_measure_is_left_early(monkeypatch, limit, most, text):
    assert read_file(text.encode())
    monkeypatch.setattr(f"jkn.reconciliation.{limit}", most)
    assert faults(text) == [(0, "Berkas ini terlalu panjang. Unduh per minggu.")]


def test_several_statements_in_one_mt940_file():
    text = as_mt940([SITI]) + "\r\n" + as_mt940([FEE], opening=140_000)
    read = read_file(text.encode())
    assert [(r.opening, r.closing) for r in read] == [(0, 140_000), (140_000, 135_000)]


def test_a_reversal_of_a_credit_goes_out_and_of_a_debit_comes_in():
    text = as_mt940([Move(-10), Move(20)])
    text = text.replace("1120DR10,00", "1120RCR10,00").replace("1120CR20,00", "1120RDR20,00")
    assert [e.amount for e in read_file(text.encode())[0].entries] == [-10, 20]


def test_swift_blocks_and_supplementary_details_are_read():
    text = as_mt940([SITI]).replace(":86:", "TAMBAHAN\r\n:86:")
    (read,) = read_file(f"{{1:F01BANKIDJA0}}{{2:I940X}}{{4:\r\n{text}}}".encode())
    assert read.entries[0].description.startswith("TAMBAHAN SETORAN")
    again = as_mt940([SITI]).replace(":62F:", ":86:LAGI\r\n:62F:")
    assert read_file(again.encode())[0].entries[0].description.endswith("LAGI")


def test_the_booking_day_of_december_may_follow_a_value_day_of_january():
    text = as_mt940([Move(10, day=date(2027, 1, 1))]).replace("2701010101", "2701011231")
    assert read_file(text.encode())[0].entries[0].day == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("140000,00\r\n-", "140001,00\r\n-", "Selisih Rp1."),
        ("IDR", "USD", "bukan rupiah"),
        ("2611201120CR", "2702291120CR", "Tanggal ini tidak ada"),
        ("2611201120CR", "2611200229CR", "Tanggal ini tidak ada"),
        ("140000,00NTRF", "140000,505NTRF", ":61: tidak terbaca"),
        ("140000,00NTRF", "140000,50NTRF", "Selisih -Rp0,50"),
        ("NTRF", "", ":61: tidak terbaca"),
        (":62F:", ":64:", "tidak ada"),
    ],
)
def test_a_bad_mt940_field_is_refused(old, new, why):
    text = as_mt940([SITI]).replace(old, new)
    assert any(why in message for _, message in faults(text))
