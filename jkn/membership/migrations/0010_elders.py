"""From which age the branch may ask whether a member is still there."""

from datetime import date

from django.db import migrations

FIGURES = (
    ("elder_age", date(2018, 9, 18), 90, "Belum diperiksa: verifikasi peserta berusia di atas 90 tahun", False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("membership", "MembershipFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("membership", "0009_primary_places")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
