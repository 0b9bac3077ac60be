"""Files of employees: what is read, what is refused, and how errors name their row."""

from __future__ import annotations

import time
import tracemalloc
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.errors import Refused
from jkn.employer.sheet import MOST_ROWS, example, read_sheet

ON = date(2026, 11, 22)
HEADING = "nik;nama;tanggal_lahir;upah;mulai;kk"
LINE = "3275017101680001;Siti Rahmawati;31-01-1968;6.500.000;01-11-2026;"


def read(text, encoding="utf-8"):
    return read_sheet(text.encode(encoding), on=ON)


def refusal(raw):
    with pytest.raises(Refused) as refused:
        read_sheet(raw, on=ON)
    return refused.value.code


def errors(*lines, heading=HEADING):
    return [(e.row, e.column) for e in read("\n".join([heading, *lines])).errors]


def test_a_row_is_read_as_spreadsheets_in_indonesia_write_it():
    (row,) = read(f"{HEADING}\r\n{LINE}\r\n").rows
    assert (row.row, row.nik, row.name) == (2, "3275017101680001", "Siti Rahmawati")
    assert (row.birth_date, row.start) == (date(1968, 1, 31), date(2026, 11, 1))
    assert (row.wage, row.kk) == (6_500_000, "")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_separators_and_marks_are_found_out(separator, encoding, newline):
    text = newline.join([HEADING, LINE]).replace(";", separator)
    assert len(read(text, encoding).rows) == 1


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("01-11-2026", date(2026, 11, 1)),
        ("2026-11-01", date(2026, 11, 1)),
        ("1/11/2026", date(2026, 11, 1)),
    ],
)
def test_dates_in_both_orders(typed, day):
    (row,) = read(f"{HEADING}\n{LINE.replace('01-11-2026', typed)}").rows
    assert row.start == day


def test_headings_may_be_written_as_people_write_them():
    heading = "No. KK,Nama Lengkap,NIK,Tgl Lahir,Gaji,TMT,Bagian"
    line = ',"Rahmawati, Siti",3275017101680001,31/01/1968,"6.500.000",2026-11-01,Gudang'
    (row,) = read(f"{heading}\n{line}").rows
    assert (row.name, row.wage) == ("Rahmawati, Siti", 6_500_000)


@pytest.mark.parametrize(
    "heading",
    [
        "NIK KTP;Nama Karyawan;Tanggal Lahir;Gaji Pokok (Rp);Tanggal Masuk;No. KK",
        '"No. NIK";"Nama Pekerja";"Tgl. Lahir";"Upah (IDR)";"TMT";"Nomor KK (16 angka)"',
        f"sep=;\r\n{HEADING}",
    ],
)
def test_headings_of_spreadsheets_of_others(heading):
    (row,) = read(f"{heading}\r\n{LINE}\r\n").rows
    assert (row.row, row.name, row.wage) == (2, "Siti Rahmawati", 6_500_000)


@pytest.mark.parametrize(
    "typed",
    ["6500000", "6.500.000", "6.500.000,00", "Rp 6.500.000", "Rp6.500.000,-", "6 500 000",
     "6500000.0", "6500000.00", "6,500,000", "6,500,000.00", "6\u00a0500\u00a0000"],
)  # fmt: skip
def test_wages_as_spreadsheets_of_both_languages_write_them(typed):
    (row,) = read(f"{HEADING}\n{LINE.replace('6.500.000', typed)}").rows
    assert row.wage == 6_500_000


@pytest.mark.parametrize(
    "typed",
    ["", "0", "-6500000", "6,5", "6.5", "6500000,50", "6500000.50", "65,00,000", "6,5E+06", "1e7"],
)
def test_a_wage_that_may_mean_something_else_is_not_guessed(typed):
    assert errors(LINE.replace("6.500.000", typed)) == [(2, "upah")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "sheet.empty"),
        (b"\xef\xbb\xbf \r\n", "sheet.empty"),
        (HEADING.encode(), "sheet.empty"),
        (f"{HEADING}\n{LINE}".encode("utf-16"), "sheet.encoding"),
        (f"{HEADING}\n{LINE}".replace("Siti", "Zo\u00eb").encode("cp1252"), "sheet.encoding"),
        (b"PK\x03\x04 a workbook", "sheet.spreadsheet"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "sheet.spreadsheet"),
        (b"nama;upah\nSiti;5000000", "sheet.columns"),
        (b"nik;nik;nama;tanggal_lahir;upah;mulai\n", "sheet.column_twice"),
        (f'{HEADING}\n"{LINE}'.encode(), "sheet.quotes"),
        (b"x" * (16 * 1024 * 1024 + 1), "sheet.size"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(raw, code):
    assert refusal(raw) == code


def test_each_error_names_its_row_and_column():
    assert errors(
        LINE,
        LINE.replace("3275017101680001", "123"),
        "",
        LINE.replace("31-01-1968", "31-02-1968").replace("0001;", "0002;"),
        LINE.replace("6.500.000", "enam juta").replace("0001;", "0003;"),
        LINE.replace("Siti Rahmawati", "=HYPERLINK(1)").replace("0001;", "0004;"),
        LINE.replace("01-11-2026", "").replace("0001;", "0005;"),
        "3275017101680006;Siti",
    ) == [
        (3, "nik"), (5, "tanggal_lahir"), (6, "upah"), (7, "nama"), (8, "mulai"),
        (9, "tanggal_lahir"), (9, "upah"), (9, "mulai"),
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["=1+1", "+6281", "@SUM(A1)", "3,27502E+15"])
def test_formulas_and_what_a_spreadsheet_spoilt(cell):
    line = LINE.replace("3275017101680001", cell)
    assert errors(line) == [(2, "nik")]


def test_a_nik_twice_in_a_file_names_the_first_row():
    sheet = read("\n".join([HEADING, LINE, LINE]))
    assert [(e.row, e.column, e.values) for e in sheet.errors] == [(3, "nik", {"first": 2})]
    assert len(sheet.rows) == 1


def test_work_does_not_begin_before_birth():
    assert errors(LINE.replace("01-11-2026", "01-11-1960")) == [(2, "mulai")]


def test_the_example_is_read():
    assert len(read_sheet(example(), on=ON).rows) == 1


def long_file(rows: int, bad: dict[int, str]) -> bytes:
    """Return a file of that many rows, a NIK for each; those of `bad` stand in their row."""
    lines = [HEADING] + [
        f"{bad.get(n, f'32750{n // 9999:01}7101{68:02}{n % 9999 + 1:04}')};Siti {n};"
        f"31-01-1968;6500000;01-11-2026;"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


def test_a_hundred_thousand_rows_with_three_bad_ones_take_seconds():
    bad = {500: "123", 50_000: "", 99_999: "=A1"}
    raw = long_file(MOST_ROWS, bad)
    began = time.process_time()
    sheet = read_sheet(raw, on=ON)
    assert time.process_time() - began < 20  # some 3 s
    own = [e for e in sheet.errors if e.row - 2 in bad]
    assert [(e.row - 2, e.column) for e in own] == [(n, "nik") for n in bad]
    assert refusal(raw + b"\n" + LINE.encode()) == "sheet.rows"


def test_a_row_takes_less_than_two_kilobytes():
    raw = long_file(5_000, {})
    tracemalloc.start()
    read_sheet(raw, on=ON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000 * 2_000


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw):
    try:
        read_sheet(raw, on=ON)
    except Refused as refused:
        assert refused.code.startswith("sheet.")


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_cells_give_rows_or_errors(cells):
    text = f"{HEADING}\n" + ";".join(c.replace("\n", "").replace('"', "") for c in cells)
    try:
        sheet = read_sheet(text.encode("utf-8", "ignore"), on=ON)
    except Refused as refused:
        assert refused.code.startswith("sheet.")
    else:
        assert sheet.rows or sheet.errors
