"""Composite foreign keys inside the family; money rows are never changed."""

from django.db import migrations

FAMILY = "membership_family (family_id)"
KEYS = (
    ("contribution_virtualaccount", "va_of_family", "(family_id)", FAMILY),
    ("contribution_bill", "bill_of_family", "(family_id)", FAMILY),
    (
        "contribution_bill",
        "bill_paid_by",
        "(family_id, payment_id)",
        "contribution_payment (family_id, id) DEFERRABLE INITIALLY IMMEDIATE",
    ),
    ("contribution_payment", "payment_of_family", "(family_id)", FAMILY),
    ("contribution_quote", "quote_of_family", "(family_id)", FAMILY),
    (
        "contribution_journal",
        "journal_of_payment",
        "(family_id, payment_id)",
        "contribution_payment (family_id, id)",
    ),
    (
        "contribution_posting",
        "posting_of_journal",
        "(family_id, journal_id)",
        "contribution_journal (family_id, id)",
    ),
    (
        "contribution_posting",
        "posting_of_bill",
        "(family_id, bill_id)",
        "contribution_bill (family_id, id)",
    ),
)
FIXED = ("contribution_payment", "contribution_journal", "contribution_posting")


class Migration(migrations.Migration):
    dependencies = [
        ("contribution", "0001_initial"),
        ("membership", "0002_keys"),
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
        migrations.RunSQL(
            "CREATE INDEX bill_open ON contribution_bill (family_id) INCLUDE (month, amount)"
            " WHERE status = 'open'",
            "DROP INDEX bill_open",
        ),
        migrations.RunSQL(
            "CREATE INDEX posting_credit ON contribution_posting (family_id)"
            " WHERE debit = 'credit' OR credit = 'credit'",
            "DROP INDEX posting_credit",
        ),
    ]
