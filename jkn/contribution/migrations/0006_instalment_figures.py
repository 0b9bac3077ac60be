"""Figures of instalments; a plan belongs to a family."""

from datetime import date

from django.db import migrations

_SEEN = "New REHAB menurut sumber umum; pasalnya belum diperiksa"
# (name, valid from, value, basis, verified)
FIGURES = (
    ("instalment_over_months", date(2022, 1, 1), 3, _SEEN, False),
    ("instalment_max_stages", date(2022, 1, 1), 12, _SEEN, False),
    ("instalment_deadline_day", date(2022, 1, 1), 28, _SEEN, False),
    ("instalment_deadline_day_february", date(2022, 1, 1), 27, _SEEN, False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("contribution", "ContributionFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0005_instalments"), ("membership", "0002_keys")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE contribution_instalmentplan ADD CONSTRAINT plan_of_family"
            " FOREIGN KEY (family_id) REFERENCES membership_family (family_id)",
            "ALTER TABLE contribution_instalmentplan DROP CONSTRAINT plan_of_family",
        ),
    ]
