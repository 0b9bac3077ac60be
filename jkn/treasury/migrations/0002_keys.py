"""A refund belongs to its family and its journals; until when it is paid out."""

from datetime import date

from django.db import migrations

KEYS = (
    ("refund_of_family", "(family_id)", "membership_family (family_id)"),
    *(
        (f"refund_{name}", f"(family_id, {name}_journal_id)", "contribution_journal (family_id, id)")
        for name in ("held", "paid", "back")
    ),
)
# (name, valid from, value, basis, verified)
FIGURES = (
    ("refund_working_days", date(2020, 7, 1), 14, "Standar layanan kami, belum diperiksa", False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("treasury", "TreasuryFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [
        ("treasury", "0001_initial"),
        ("contribution", "0002_keys"),
        ("membership", "0002_keys"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.RunSQL(
                f"ALTER TABLE treasury_refund ADD CONSTRAINT {name} FOREIGN KEY {columns}"
                f" REFERENCES {to}",
                f"ALTER TABLE treasury_refund DROP CONSTRAINT {name}",
            )
            for name, columns, to in KEYS
        ),
    ]
