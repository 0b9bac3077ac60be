"""Figures on pages: amounts, days and hours, in two languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils import translation

from jkn.shell import environment, formats

# 22 November 2026, 14.30 in Bekasi; and a moment that is already the next day there.
AFTERNOON = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 18, 5, tzinfo=UTC)


def test_days_and_hours_are_written_as_indonesians_do():
    with translation.override("id"):
        assert formats.day(date(2026, 8, 5)) == "5 Agustus 2026"
        assert formats.month(date(2026, 8, 5)) == "Agustus 2026"
        assert formats.clock(AFTERNOON) == "14.30 WIB"
        assert formats.moment(AFTERNOON) == "22 November 2026, 14.30 WIB"


def test_how_many_is_written_with_dots():
    assert [formats.count(n) for n in (0, 999, 10_000, 1_234_567)] == [
        "0", "999", "10.000", "1.234.567",
    ]  # fmt: skip


def test_english_readers_get_english_months():
    with translation.override("en"):
        assert formats.day(date(2026, 8, 5)) == "5 August 2026"


def test_a_moment_counts_in_wib():
    with translation.override("id"):
        assert formats.moment(NIGHT) == "1 Desember 2026, 01.05 WIB"
        assert formats.day(NIGHT) == "1 Desember 2026"
        assert formats.month(NIGHT) == "Desember 2026"


def test_a_time_without_its_zone_is_a_bug():
    with pytest.raises(ValueError, match="zone"):
        formats.clock(datetime(2026, 11, 22, 7, 30))  # noqa: DTZ001 (that is the case)


def test_templates_know_the_filters():
    text = "{{ 1250000|rupiah }} {{ d|day }} {{ m|clock }}"
    page = engines["jinja2"].from_string(text)
    with translation.override("id"):
        shown = page.render({"d": date(2026, 1, 2), "m": AFTERNOON})
    assert shown == "Rp1.250.000 2 Januari 2026 14.30 WIB"


def test_a_basis_is_translated_or_marked_as_indonesian():
    ours = "Standar layanan kami, bukan peraturan"
    assert environment.law(ours) == ours
    assert environment.law("Perpres 64/2020 <42>") == "Perpres 64/2020 &lt;42&gt;"
    with translation.override("en"):
        assert environment.law(ours) == "Our own service standard, not a regulation"
        assert environment.law("Perpres 64/2020 <42>") == (
            '<span lang="id">Perpres 64/2020 &lt;42&gt;</span>'
        )
