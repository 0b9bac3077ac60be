"""Figures of autodebit; a mandate belongs to a family, a debit to its mandate."""

from datetime import date

from django.db import migrations

_SEEN = "Autodebit menurut sumber umum; pasalnya belum diperiksa"
_OWN = "Keputusan layanan ini; belum ada sumber"
# (name, valid from, value, basis, verified)
FIGURES = (
    ("autodebit_day_first", date(2022, 1, 1), 5, _SEEN, False),
    ("autodebit_day_second", date(2022, 1, 1), 20, _SEEN, False),
    ("autodebit_notice_days", date(2022, 1, 1), 3, _OWN, False),
    ("autodebit_late_days", date(2022, 1, 1), 2, _OWN, False),
    ("autodebit_confirm_days", date(2022, 1, 1), 3, _OWN, False),
    # 1: new families of the class must use autodebit. Off until a person has read the article.
    ("autodebit_required_class_1", date(2022, 1, 1), 0, _SEEN, False),
    ("autodebit_required_class_2", date(2022, 1, 1), 0, _SEEN, False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("contribution", "ContributionFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [("contribution", "0015_autodebit"), ("membership", "0002_keys")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE contribution_mandate ADD CONSTRAINT mandate_of_family"
            " FOREIGN KEY (family_id) REFERENCES membership_family (family_id)",
            "ALTER TABLE contribution_mandate DROP CONSTRAINT mandate_of_family",
        ),
        migrations.RunSQL(
            "ALTER TABLE contribution_debit ADD CONSTRAINT debit_of_mandate"
            " FOREIGN KEY (family_id, mandate_id) REFERENCES contribution_mandate (family_id, id)",
            "ALTER TABLE contribution_debit DROP CONSTRAINT debit_of_mandate",
        ),
        migrations.RunSQL(
            "ALTER TABLE contribution_debit ADD CONSTRAINT debit_of_payment"
            " FOREIGN KEY (family_id, payment_id) REFERENCES contribution_payment (family_id, id)",
            "ALTER TABLE contribution_debit DROP CONSTRAINT debit_of_payment",
        ),
    ]
