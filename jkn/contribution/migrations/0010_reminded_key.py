"""A reminder belongs to a bill of its family."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contribution", "0009_reminded")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE contribution_reminded ADD CONSTRAINT reminded_of_bill"
            " FOREIGN KEY (family_id, bill_id) REFERENCES contribution_bill (family_id, id)",
            "ALTER TABLE contribution_reminded DROP CONSTRAINT reminded_of_bill",
        ),
    ]
