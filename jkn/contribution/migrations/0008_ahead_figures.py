"""How far one may pay ahead; a choice belongs to a family."""

from datetime import date

from django.db import migrations

# (name, valid from, value, basis, verified)
FIGURES = (
    ("ahead_max_months", date(2020, 7, 1), 12, "Standar layanan kami, bukan peraturan", True),
)


def fill(apps, schema_editor):
    figure = apps.get_model("contribution", "ContributionFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0007_ahead"), ("membership", "0002_keys")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE contribution_aheadchoice ADD CONSTRAINT ahead_of_family"
            " FOREIGN KEY (family_id) REFERENCES membership_family (family_id)",
            "ALTER TABLE contribution_aheadchoice DROP CONSTRAINT ahead_of_family",
        ),
    ]
