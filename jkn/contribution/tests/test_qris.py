"""QRIS codes: sealed as the standard says, read by programs of others, refused when changed."""

from __future__ import annotations

import re

import pytest
import qriskit
import zxingcpp
from crc import Calculator, Configuration
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from jkn.contribution.models import Bill
from jkn.contribution.qr import drawn
from jkn.contribution.qris import Merchant, check, payload
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.errors import Refused
from jkn.membership.tests.factories import a_family, an_account, bearer, members_of

SHOP = Merchant(
    "JKN CONTOH", "BEKASI", "17141", "6300", "ID.CO.CONTOH.WWW", "936000000000000000", "CONTOH1",
    "ID0000000000000", "UBE",
)  # fmt: skip
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=25)
OTHERS_CRC = Calculator(
    Configuration(width=16, polynomial=0x1021, init_value=0xFFFF), optimized=True
)


def a_code(amount=70_000, bill="00ABCDEF", label="IURAN 2026-11"):
    return payload(SHOP, amount=amount, bill_number=bill, label=label)


def test_the_check_is_crc_16_ccitt_false():
    assert check("123456789") == 0x29B1


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_the_check_is_what_another_program_computes(text):
    assert check(text) == OTHERS_CRC.checksum(text.encode())


@given(st.integers(1, 10**13 - 1), PRINTABLE, PRINTABLE)
def test_every_code_is_read_back_by_another_program(amount, bill, label):
    read = qriskit.parse(a_code(amount, bill, label), strict=True)
    assert (read.amount, read.is_dynamic) == (amount, True)
    assert read.additional_data.bill_number == bill
    assert read.additional_data.reference_label == label
    assert qriskit.validate(read) == []


def test_one_changed_digit_is_refused_wherever_it_stands():
    code = a_code()
    for place in [m.start() for m in re.finditer(r"\d", code)]:
        for digit in "0123456789".replace(code[place], ""):
            assert not qriskit.is_valid(code[:place] + digit + code[place + 1 :]), place


@pytest.mark.parametrize("label", ["", "é", "\x00", "a\nb"])
def test_what_the_standard_cannot_hold_is_refused(label):
    with pytest.raises(Refused, match=r"qris\.field"):
        a_code(label=label)


# For members.


@pytest.fixture
def siti(client, on_day, db):
    on_day("2026-11-22")
    family = a_billed_family(months=3, names=("Siti", "Budi"))
    client.force_login(an_account(members_of(family)[0]))
    return family


def url(bill_id):
    return f"/api/v1/bills/{bill_id}/qris"


def test_a_bills_code_asks_for_what_is_due_and_names_an_invented_merchant(client, siti):
    bill = Bill.objects.filter(family_id=siti.family_id).latest("month")
    answer = client.get(url(bill.id)).json()

    assert (answer["bill_id"], answer["amount"]) == (str(bill.id), 210_000)
    assert answer["is_payable"] is True
    read = qriskit.parse(answer["payload"], strict=True)
    assert read.amount == 210_000
    assert "BUKAN ASLI" in str(read.merchant_name)
    assert "Siti" not in answer["payload"]


def test_another_familys_bill_and_a_paid_one_have_no_code(client, siti, db):
    bill = Bill.objects.filter(family_id=siti.family_id).latest("month")
    other = an_account(members_of(a_family())[0])
    assert client.get(url(bill.id), headers=bearer(other)).status_code == 404

    assert Bank(a_bank()).pay(va_of(siti), "R1", 210_000).status_code == 200
    assert client.get(url(bill.id)).json()["code"] == "bill.paid"


def test_production_has_them_where_the_merchant_is_registered(client, siti, settings):
    settings.PRODUCTION, settings.QRIS_REGISTERED = True, True
    page = client.get("/iuran/bayar/bri/").content.decode()
    assert 'class="qr"' in page
    assert "bank tiruan" not in page


def test_production_has_none(client, siti, settings):
    settings.PRODUCTION = True
    bill = Bill.objects.filter(family_id=siti.family_id).latest("month")
    answer = client.get(url(bill.id), headers={"X-Forwarded-Proto": "https"})
    assert (answer.status_code, answer.json()["code"]) == (503, "qris.off")
    assert "QRIS" not in client.get("/iuran/bayar/bri/").content.decode()


def test_the_pay_page_draws_it_beside_the_account_number(client, siti):
    page = client.get("/iuran/bayar/bri/").content.decode()
    assert "Hanya bank tiruan" in page
    assert 'class="qr"' in page


def test_a_camera_reads_the_drawing():
    code = a_code()
    assert zxingcpp.read_barcodes(picture(str(drawn(code))))[0].text == code


def picture(svg):
    """Return the drawing as an image: segno writes one path of runs, `h` dark and `m` light."""
    side = int(svg.partition("viewBox=")[2].split()[2].strip('"'))
    image = Image.new("L", (side * 4, side * 4), 255)
    x = y = 0.0
    for step, a, b in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", svg.partition(' d="')[2]):
        if step == "h":
            box = (x * 4, (y - 0.5) * 4, (x + float(a)) * 4 - 1, (y + 0.5) * 4 - 1)
            ImageDraw.Draw(image).rectangle(box, fill=0)
            x += float(a)
        else:
            x, y = (float(a), float(b)) if step == "M" else (x + float(a), y + float(b))
    return image
