"""Statements as Indonesian banks and common programs write them: each says the same two lines."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.reconciliation.reading import read_file
from jkn.reconciliation.rules import Unreadable

VA = "8888800000000011"
WORDS = f"SETORAN VA {VA} SITI"

CSV = {
    "KlikBCA Bisnis": f"""\
"Informasi Rekening - Mutasi Rekening"," "," "," "," ",
,
"No. rekening : 0987654321"
"Periode : 01/11/2026 - 30/11/2026"
"Tanggal Transaksi","Keterangan","Cabang","Jumlah","Saldo"
"03/11/2026","{WORDS}    ","0000","1,150,000.00 CR","3,150,000.00"
"05/11/2026","BIAYA ADM","0998","6,500.00 DB","3,143,500.00"
"Saldo Awal : 2,000,000.00"
"Mutasi Debet : 6,500.00","1"
"Mutasi Kredit : 1,150,000.00","1"
"Saldo Akhir : 3,143,500.00"
""",
    "KlikBCA Individual, a comma without quotes": f"""\
Account No.,=,'0987654321
Currency,=,IDR

Date,Description,Branch,Amount,,Balance
'03/11/2026,{WORDS}, BEKASI,'0000,1150000.00,CR,3150000.00
'05/11/2026,BIAYA ADM,'0998,6500.00,DB,3143500.00
Starting Balance,=,2000000.00
Credit,=,1150000.00
Debet,=,6500.00
Ending Balance,=,3143500.00
""",
    "Mandiri Kopra": f"""\
Mandiri Cash Management - Account Statement
Account No,0987654321
Posting Date,Remark,Reference No,Debit,Credit,Balance
"03 Nov 2026 10:15:30","{WORDS}","","0.00","1,150,000.00","3,150,000.00"
"05 Nov 2026 10:15:30","BIAYA ADM","","6,500.00",".00","3,143,500.00"
Opening Balance,"2,000,000.00"
Closing Balance,"3,143,500.00"
""",
    "Mandiri, one line": f"""\
AccountNo;Ccy;PostDate;Remarks;AdditionalDesc;Credit Amount;Debit Amount;Close Balance
0987654321;IDR;2026-11-03 10:00:00;SETORAN;VA {VA} SITI;1150000.00;0.00;3150000.00
0987654321;IDR;2026-11-05 10:00:00;BIAYA ADM;;0.00;6500.00;3143500.00
""",
    "BRI CMS": f"""\
NOREK;TGL_TRAN;JAM_TRAN;DESK_TRAN;SALDO_AWAL_MUTASI;MUTASI_DEBET;MUTASI_KREDIT;SALDO_AKHIR_MUTASI
000987654321;2026-11-03 00:00:00;10:00;{WORDS};2000000.00;0.00;1150000.00;3150000.00
000987654321;2026-11-05 00:00:00;10:00;BIAYA ADM;3150000.00;6500.00;0.00;3143500.00
""",
    "BRI internet": f"""\
Laporan Mutasi Rekening
No. Rekening : 0009-87-654321-0
Tanggal Transaksi,Uraian Transaksi,Teller,Debet,Kredit,Saldo
03/11/26,"{WORDS}",0000123,"0,00","1.150.000,00","3.150.000,00"
05/11/26,"BIAYA ADM",0000123,"6.500,00","0,00","3.143.500,00"
Dicetak tanggal 30/11/2026
""",
    "BNI": f"""\
"No.","Post Date","Value Date","Branch","Journal No.","Description","Amount","Db/Cr","Balance"
"1","03/11/2026 10.15.30","01/11/2026","0998","71","{WORDS}","1,150,000.00","Cr.","3,150,000.00"
"2","05/11/2026 10.15.30","05/11/2026","0998","72","BIAYA ADM","6,500.00","Db.","3,143,500.00"
""",
    "CIMB": f"""\
Tgl. Txn;Tgl. Valuta;Deskripsi;No. Ref/Cek;Debit (Rp);Kredit (Rp);Saldo (Rp)
03-Nov-2026;03-Nov-2026;{WORDS};;-;1,150,000.00;3,150,000.00
05-Nop-2026;05-Nop-2026;BIAYA ADM;;6,500.00;-;3,143,500.00
""",
    "two languages": f"""\
Tanggal/Date|Keterangan/Remarks|Nominal/Amount|Saldo/Balance
3 November 2026|{WORDS}|+1.150.000,00|3.150.000,00
5 November 2026|BIAYA ADM|-6.500,00|3.143.500,00
""",
    "signs of bookkeepers": f"""\
sep=;
posting_date;description;amount;running_balance
20261103;{WORDS};IDR 1,150,000.00;IDR 3,150,000.00
20261105;BIAYA ADM;(6,500.00);3,143,500.00
""",
    "no balances but an opening one": f"""\
Tgl;Uraian;Masuk;Keluar
;SALDO AWAL;2.000.000;
03/11/2026;{WORDS};Rp 1.150.000,00;
05/11/2026;BIAYA ADM;;Rp 6.500,00
Saldo Akhir;;;3.143.500
""",
}  # fmt: skip


@pytest.mark.parametrize("text", CSV.values(), ids=CSV)
def test_a_csv_of_a_bank_is_read_as_it_is(text):
    (read,) = read_file(text.encode())
    assert (read.opening, read.closing) == (2_000_000, 3_143_500)
    assert [(e.day, e.amount, e.balance) for e in read.entries] == [
        (date(2026, 11, 3), 1_150_000, 3_150_000), (date(2026, 11, 5), -6_500, 3_143_500),
    ]  # fmt: skip
    assert [e.number for e in read.entries] == [VA, ""]
    assert read.entries[0].description.startswith("SETORAN VA")


def test_the_account_is_told_by_a_line_before_or_by_its_column():
    for bank in ("KlikBCA Bisnis", "KlikBCA Individual, a comma without quotes", "Mandiri Kopra"):
        assert read_file(CSV[bank].encode())[0].account == "0987654321"
    assert read_file(CSV["BRI CMS"].encode())[0].account == "000987654321"
    payers = CSV["BRI CMS"].replace("000987654321;2026-11-05", "000111222333;2026-11-05")
    assert read_file(payers.encode())[0].account == ""


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("3,143,500.00", "3,143,600.00", "Selisih Rp100"),
        ("Saldo Akhir : 3", "Saldo Akhir : 4", "Selisih Rp1.000.000"),
        ("05/11/2026", "31/11/2026", "Tanggal ini tidak ada"),
        ("05/11/2026", "05/11/202699", "Tanggal ini tidak ada"),
        ("05/11/2026", "PEND", "Tanggal ini tidak ada"),
        ("6,500.00 DB", "6,500.50 DB", "Selisih Rp0,50"),
        ("6,500.00 DB", "6,500.00 XX", "tidak terbaca"),
        ('"6,500.00 DB"', '""', "Jumlah kosong"),
    ],
)
def test_what_is_wrong_in_such_a_file_is_still_said(old, new, why):
    with pytest.raises(Unreadable) as refused:
        read_file(CSV["KlikBCA Bisnis"].replace(old, new).encode())
    assert any(why in f.message.format(**f.values) for f in refused.value.faults)


NO_YEAR = """\
"No. rekening : 0987654321"
"{period}"
Tanggal,Keterangan,Jumlah,Saldo
'{first},SETOR TUNAI,"1,000.00 CR","1,000.00"
'{last},BIAYA ADM,"400.00 DB",600.00
"""


@pytest.mark.parametrize(
    ("period", "first", "last", "days"),
    [
        ("Periode : 01/11/2026 - 30/11/2026", "03/11", "05/11", ("2026-11-03", "2026-11-05")),
        ("Periode 15 Des 2026 s/d 14 Jan 2027", "31/12", "01/01", ("2026-12-31", "2027-01-01")),
        ("PERIODE: DESEMBER 2026", "1 Des 09:15", "31-Des", ("2026-12-01", "2026-12-31")),
        ("Periode: Nov 2026 - Jan 2027", "30 Nov", "2 Jan", ("2026-11-30", "2027-01-02")),
        ("Statement Period: 2028-02-01 to 2028-02-29", "1/2", "29/2", ("2028-02-01", "2028-02-29")),
        ("Bulan : 11/2026", "03/11", "05/11", ("2026-11-03", "2026-11-05")),
        ("Laporan mutasi bulan November 2026", "03/11", "05/11", ("2026-11-03", "2026-11-05")),
        ("Tanggal 15/12/2026 s/d 14/01/2027", "20/12", "5/1", ("2026-12-20", "2027-01-05")),
        ("Tahun,2026", "03/11", "05/11", ("2026-11-03", "2026-11-05")),
        ("Dari : 15/12/2026\"\n\"Sampai : 14/01/2027", "20/12", "5/1", ("2026-12-20", "2027-01-05")),
    ],
)  # fmt: skip
def test_a_day_without_a_year_has_that_of_the_statements_period(period, first, last, days):
    text = NO_YEAR.format(period=period, first=first, last=last)
    (read,) = read_file(text.encode())
    assert [e.day.isoformat() for e in read.entries] == list(days)


@pytest.mark.parametrize(
    ("period", "last", "why"),
    [
        ("KCU BEKASI", "05/11", "Tahun tidak ada"),
        ("Periode : 31/02/2026 - 30/11/2026", "05/11", "Tahun tidak ada"),
        ("Periode : 01/11/2026 - 30/11/2026", "05/12", "di luar periode"),
        ("Periode : 01/11/2025 - 30/11/2026", "05/11", "di luar periode"),
        ("Periode : 01/02/2026 - 28/02/2026", "29/02", "di luar periode"),
        ("Periode : 01/11/2026 - 30/11/2026", "31/11", "Tanggal ini tidak ada"),
        ("Periode : 01/11/2026 - 30/11/2026", "05/13", "Tanggal ini tidak ada"),
    ],
)
def test_a_day_whose_year_nobody_can_know_is_refused_in_words(period, last, why):
    with pytest.raises(Unreadable) as refused:
        read_file(NO_YEAR.format(period=period, first="03/11/2026", last=last).encode())
    assert [f.row for f in refused.value.faults] == [5]
    assert why in refused.value.faults[0].message


def test_lines_without_any_balance_are_refused_in_words():
    text = CSV["no balances but an opening one"].replace(";SALDO AWAL;2.000.000;\n", "")
    with pytest.raises(Unreadable) as refused:
        read_file(text.encode())
    assert [f.row for f in refused.value.faults] == [1]
    assert "saldo awal" in refused.value.faults[0].message


MESSAGE = f"""\
:20:STMT2611
:25:BMRIIDJA/0987654321IDR
:28C:00001/001
:60F:C261101IDR2000000,00
:61:2611031103C1150000,00NTRFNONREF//FT26307
:86:SETORAN VA {VA}
SITI
:61:261105D6500,00NCHGnonref
:86:BIAYA ADM
:62F:C261130IDR3143500,00
:64:C261130IDR3143500,00
-
"""
MT940 = {
    "plain": MESSAGE,
    "blocks of SWIFT": f"{{1:F01BMRIIDJA}}{{2:O940X}}{{3:{{108:MT}}}}{{4:\n{MESSAGE}}}{{5:{{C:A}}}}",
    "lines of a program before it": f"BMRIIDJA\n940\nBMRIIDJA\n{MESSAGE}",
    "control letters around it": f"\x01{MESSAGE.rstrip()}\x03",
    "points for commas": MESSAGE.replace(",00", ".00"),
    "an empty row within the details": MESSAGE.replace("\nSITI", "\n\nSITI"),
    "details in parts": MESSAGE.replace(f"VA {VA}", f"?20VA ?21{VA[:5]}?22{VA[5:]}?32SITI"),
    "the account in field 61": MESSAGE.replace(f"VA {VA}", "VA").replace("NONREF", VA),
}


@pytest.mark.parametrize("text", MT940.values(), ids=MT940)
def test_an_mt940_of_a_bank_is_read_as_it_is(text):
    (read,) = read_file(text.encode())
    assert (read.account, read.opening, read.closing) == ("0987654321", 2_000_000, 3_143_500)
    assert [(e.day, e.amount, e.reference, e.number) for e in read.entries] == [
        (date(2026, 11, 3), 1_150_000, "FT26307", VA), (date(2026, 11, 5), -6_500, "", ""),
    ]  # fmt: skip
    assert read.entries[0].description.startswith("SETORAN")
    assert "SITI" in read.entries[0].description
