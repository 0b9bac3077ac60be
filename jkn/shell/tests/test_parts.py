"""The components: fields with their errors, rows, tags, forms."""

from __future__ import annotations

import re

from django import forms
from django.test import RequestFactory

from jkn.core.words import MISSING
from jkn.shell.tests.factories import a_page, a_request

REQUIRED = {"required": MISSING}


class AskForm(forms.Form):
    nik = forms.CharField(label="NIK", help_text="16 angka", min_length=16)
    bank = forms.ChoiceField(
        label="Bank", choices=[("A", "Bank Citra"), ("B", "Bank Nusa")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="Saya setuju")

    def clean(self):
        raise forms.ValidationError("Dua isian tidak cocok.")


def shown(form, main):
    return a_page(a_request(), main, form=form)


def test_a_field_has_label_hint_and_input():
    page = shown(AskForm(), '{{ ui.field(form["nik"], autocomplete="off", inputmode="numeric") }}')
    assert '<label for="id_nik">NIK</label>' in page
    assert '<span class="hint" id="id_nik-h">16 angka</span>' in page
    (field,) = re.findall(r'<input[^>]*name="nik"[^>]*>', page)
    assert 'inputmode="numeric"' in field
    assert 'aria-describedby="id_nik-h"' in field


def test_a_wrong_field_says_why_keeps_what_was_typed_and_is_linked_from_the_top():
    form = AskForm({"nik": "3275<b>", "bank": "A", "agree": "on"})
    page = shown(form, '{{ ui.errors(form) }}{{ ui.field(form["nik"]) }}')
    assert 'class="field wrong"' in page
    assert 'value="3275&lt;b&gt;"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_nik-h id_nik-e"' in page
    assert '<a href="#id_nik">' in page
    assert "<p>Dua isian tidak cocok.</p>" in page


def test_what_was_left_empty_is_named_at_the_top_where_its_error_does_not():
    class TwoForm(forms.Form):
        nik = forms.CharField(label="NIK", error_messages=REQUIRED)
        name = forms.CharField(label="Nama", error_messages={"required": "Tulis namanya."})

    page = shown(TwoForm({}), "{{ ui.errors(form) }}")
    assert ">NIK: Bagian ini wajib diisi.</a>" in page
    assert ">Tulis namanya.</a>" in page


def test_a_form_without_errors_has_no_summary():
    assert "errs" not in shown(AskForm(), "{{ ui.errors(form) }}")


def test_choices_are_rows_with_the_chosen_one_marked():
    page = shown(
        AskForm(initial={"bank": "B"}), '{{ ui.options(form["bank"], hints={"A": "VA"}) }}'
    )
    assert re.search(r'value="B"[^>]* checked', page)
    assert not re.search(r'value="A"[^>]* checked', page)
    assert "<small>VA</small>" in page
    assert "<legend>Bank</legend>" in page


def test_a_checkbox_is_one_row_to_press():
    page = shown(AskForm(), '{{ ui.field(form["agree"]) }}')
    assert re.search(r'<label class="opt"><input type="checkbox"[^>]*><span>Saya setuju', page)


def test_every_form_carries_a_token_and_a_key_of_its_own():
    page = shown(AskForm(), "{{ ui.form_top() }}{{ ui.form_top() }}")
    keys = re.findall(r'name="_key" value="([0-9a-f-]{36})"', page)
    assert len(set(keys)) == 2
    assert page.count('name="csrfmiddlewaretoken"') == 2


def test_a_form_shown_again_keeps_its_key():
    request = RequestFactory().post("/", {"_key": "abc-1"})
    assert 'name="_key" value="abc-1"' in a_page(request, "{{ ui.form_top() }}")


def test_small_components():
    page = a_page(
        a_request(),
        '{{ ui.tag("bad", "Tidak aktif") }}{{ ui.row("/iuran/", "bill", "Iuran", "Bayar") }}'
        '{{ ui.back("/", "Beranda") }}{{ ui.button("Bayar") }}{{ ui.go("/x/", "Lihat", "alt") }}'
        '{{ ui.sum([("Nama", "Siti")]) }}{{ ui.money(140000) }}{{ ui.copy("va", "Salin nomor") }}'
        '{% call ui.note("ok") %}<b>Tersimpan</b>{% endcall %}{{ ui.signout() }}',
    )
    assert '<span class="tag bad">' in page
    assert "<small>Bayar</small>" in page
    assert "<dt>Nama</dt><dd>Siti</dd>" in page
    assert '<span class="fig">Rp140.000</span>' in page
    assert 'data-copy="va" hidden' in page
    assert '<div class="note ok" role="status">' in page
    assert '<form method="post" action="/keluar/" data-signout>' in page
