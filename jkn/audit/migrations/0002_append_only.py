"""SQL that Django has no words for: ids made in statements, and rows that are never changed."""

from django.db import migrations

NEW_ID = """
CREATE FUNCTION new_id() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT ((extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1577836800000) << 22
    | floor(random() * 4194304)::bigint
$$
"""
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(NEW_ID, "DROP FUNCTION new_id()"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION refuse_change()"),
        migrations.RunSQL(
            "ALTER TABLE audit_entry ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE audit_entry DROP COLUMN tx",
        ),
        migrations.RunSQL(
            "CREATE INDEX audit_entry_tx ON audit_entry (tx, id)", "DROP INDEX audit_entry_tx"
        ),
        migrations.RunSQL(
            "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON audit_entry"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "DROP TRIGGER never_changed ON audit_entry",
        ),
    ]
