"""Composite foreign keys inside the employer; lines of bills are never changed; figures of law."""

from datetime import date

from django.db import migrations

EMPLOYER = "employer_employer (employer_id)"
KEYS = (
    ("employer_employee", "employee_of_employer", "(employer_id)", EMPLOYER),
    ("employer_wage", "wage_of_employee", "(employer_id, employee_id)",
     "employer_employee (employer_id, id)"),
    ("employer_employerbill", "employer_bill_of_employer", "(employer_id)", EMPLOYER),
    ("employer_employerbill", "employer_bill_of_payment", "(employer_id, payment_id)",
     "contribution_payment (family_id, id)"),
    ("employer_billline", "line_of_bill", "(employer_id, bill_id)",
     "employer_employerbill (employer_id, id)"),
    ("employer_billline", "line_of_employee", "(employer_id, employee_id)",
     "employer_employee (employer_id, id)"),
    ("employer_upload", "upload_of_employer", "(employer_id)", EMPLOYER),
)
FIXED = ("employer_wage", "employer_billline")
FIGURES = (
    ("class_2_up_to_wage", date(2020, 7, 1), 4_000_000,
     "Perpres 82/2018 pasal 51 menurut sumber kedua", False),
)


def fill(apps, schema_editor):
    figure = apps.get_model("employer", "EmployerFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )


class Migration(migrations.Migration):
    dependencies = [
        ("employer", "0001_initial"),
        ("contribution", "0012_other_payers"),
        ("audit", "0002_append_only"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {to}",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, columns, to in KEYS
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
                f"DROP TRIGGER never_changed ON {table}",
            )
            for table in FIXED
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
