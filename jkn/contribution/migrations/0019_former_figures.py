"""Figures of instalments for people who have moved to another segment."""

from datetime import date

from django.db import migrations

_SEEN = "New REHAB 2.0 menurut sumber umum; pasalnya belum diperiksa"
# (name, valid from, value, basis, verified)
FIGURES = (
    ("instalment_former_over_months", date(2022, 1, 1), 1, _SEEN, False),  # two months or more
    ("instalment_former_max_stages", date(2022, 1, 1), 36, _SEEN, False),
    ("instalment_former_smallest", date(2022, 1, 1), 35_000, _SEEN, False),  # rupiah a month
)


def fill(apps, schema_editor):
    figure = apps.get_model("contribution", "ContributionFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0018_amnesty_figures")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
