"""Tariffs, figures and banks as they stood on 2026-11-22; law changes come as new rows."""

from datetime import date

from django.db import migrations

SELF = ("pbpu", "bp")
# (care class, valid from, monthly, government, basis, verified)
TARIFFS = (
    ("1", date(2020, 7, 1), 150_000, 0, "Perpres 64/2020 pasal 34; Perpres 63/2022", True),
    ("2", date(2020, 7, 1), 100_000, 0, "Perpres 64/2020 pasal 34; Perpres 63/2022", True),
    ("3", date(2020, 7, 1), 25_500, 16_500, "Perpres 64/2020 pasal 34 (belum diperiksa)", False),
    ("3", date(2021, 1, 1), 35_000, 7_000, "Perpres 64/2020 pasal 34; Perpres 63/2022", True),
)
# (name, valid from, value, basis, verified)
FIGURES = (
    ("arrears_cap_months", date(2020, 7, 1), 24, "Perpres 64/2020 pasal 42", True),
    ("due_day", date(2020, 7, 1), 10, "Perpres 82/2018 pasal 39", True),
    ("registration_wait_days", date(2018, 1, 1), 14, "Belum diperiksa: Perpres 82/2018", False),
    ("registration_lapse_days", date(2018, 1, 1), 30, "Belum diperiksa: Perpres 82/2018", False),
    ("quote_hours", date(2026, 1, 1), 24, "Standar layanan kami, bukan peraturan", True),
)
BANKS = (
    ("BRI", "Bank BRI", "88888", 1),
    ("MANDIRI", "Bank Mandiri", "89888", 2),
    ("BNI", "Bank BNI", "88888", 3),
    ("BTN", "Bank BTN", "88888", 4),
    ("BCA", "Bank BCA", "88888", 5),
)


def fill(apps, schema_editor):
    tariff = apps.get_model("contribution", "Tariff")
    figure = apps.get_model("contribution", "ContributionFigure")
    bank = apps.get_model("contribution", "Bank")
    for segment in SELF:
        for care_class, begins, monthly, government, basis, verified in TARIFFS:
            tariff.objects.create(
                segment=segment,
                care_class=care_class,
                valid_from=begins,
                monthly=monthly,
                government=government,
                basis=basis,
                verified=verified,
            )
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )
    for code, name, prefix, position in BANKS:
        bank.objects.create(code=code, name=name, prefix=prefix, position=position)


class Migration(migrations.Migration):
    dependencies = [("contribution", "0002_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
