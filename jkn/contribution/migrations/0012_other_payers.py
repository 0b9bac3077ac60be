"""A ledger group may be an employer: its payments have no family, and a promise watches them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contribution", "0011_newborn_bills")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE contribution_payment DROP CONSTRAINT payment_of_family",
            "ALTER TABLE contribution_payment ADD CONSTRAINT payment_of_family FOREIGN KEY"
            " (family_id) REFERENCES membership_family (family_id)",
        ),
    ]
