"""What a worker pays for each further member of the family, as a dated figure."""

from datetime import date

from django.db import migrations

_SEEN = "Perpres 64/2020 menurut sumber umum: 1 % untuk tiap keluarga tambahan; belum diperiksa"


def fill(apps, schema_editor):
    apps.get_model("contribution", "ContributionFigure").objects.create(
        name="wage_extra_percent", valid_from=date(2020, 7, 1), value=1, basis=_SEEN,
        verified=False,
    )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0020_cancelled_bills")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
