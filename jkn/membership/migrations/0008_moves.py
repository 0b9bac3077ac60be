"""Figures of moves between segments and families."""

from datetime import date

from django.db import migrations

# (name, valid from, value, basis, verified)
FIGURES = (
    (
        "move_wait_days",
        date(2018, 9, 18),
        0,
        "Belum diperiksa: pindah segmen tanpa masa tunggu",
        False,
    ),
)


def fill(apps, schema_editor):
    figure = apps.get_model("membership", "MembershipFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("membership", "0007_layoffs")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
