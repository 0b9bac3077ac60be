"""Composite foreign keys inside the family; status changes are never changed."""

from django.db import migrations

KEYS = (
    ("membership_member", "member_of_family", "(family_id)", "membership_family (family_id)"),
    (
        "membership_statuschange",
        "change_of_member",
        "(family_id, member_id)",
        "membership_member (family_id, id)",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("membership", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {to}",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, columns, to in KEYS
        ),
        migrations.RunSQL(
            "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON membership_statuschange"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "DROP TRIGGER never_changed ON membership_statuschange",
        ),
    ]
