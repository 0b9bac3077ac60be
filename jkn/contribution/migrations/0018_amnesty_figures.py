"""Figures of an amnesty, which is off; a line belongs to a family."""

from datetime import date

from django.db import migrations

_PLANNED = "PenghapusanTunggakan: rencana pemerintah, belum ada peraturan"
# (name, valid from, value, basis, verified)
FIGURES = (
    ("amnesty_open", date(2022, 1, 1), 0, _PLANNED, False),  # 1: in force
    ("amnesty_max_months", date(2022, 1, 1), 24, _PLANNED, False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("contribution", "ContributionFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0017_amnesty"), ("membership", "0002_keys")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE contribution_amnestyline ADD CONSTRAINT amnesty_line_of_family"
            " FOREIGN KEY (family_id) REFERENCES membership_family (family_id)",
            "ALTER TABLE contribution_amnestyline DROP CONSTRAINT amnesty_line_of_family",
        ),
    ]
