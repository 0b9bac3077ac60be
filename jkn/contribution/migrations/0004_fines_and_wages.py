"""Figures of the service fine and of workers' shares; law changes come as new rows."""

from datetime import date

from django.db import migrations

_FINE = "Perpres 64/2020 pasal 42"
_WAGE = "Perpres 64/2020 pasal 30 dan 32"
# (name, valid from, value, basis, verified)
FIGURES = (
    ("fine_percent", date(2020, 7, 1), 5, _FINE, True),
    ("fine_max_months", date(2020, 7, 1), 12, _FINE, True),
    ("fine_ceiling", date(2020, 7, 1), 30_000_000, _FINE, True),
    ("fine_window_days", date(2020, 7, 1), 45, _FINE, True),
    ("wage_employer_percent", date(2020, 7, 1), 4, _WAGE, True),
    ("wage_worker_percent", date(2020, 7, 1), 1, _WAGE, True),
    ("wage_ceiling", date(2020, 7, 1), 12_000_000, _WAGE, True),
    ("wage_floor", date(2020, 7, 1), 0, "Belum diperiksa: UMK sebelum 2025 tidak dimuat", False),
    ("wage_floor", date(2025, 1, 1), 5_690_752, "Belum diperiksa: UMK Kota Bekasi 2025", False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("contribution", "ContributionFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0003_law")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
