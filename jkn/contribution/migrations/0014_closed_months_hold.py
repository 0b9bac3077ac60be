"""A closed month refuses journals and stays closed; journals are found by day and by payment."""

from django.db import migrations

# Once a statement, not once a row: the billing run writes a million journals.
FUNCTION = """
CREATE FUNCTION refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  oldest date;
BEGIN
  SELECT min(day) INTO oldest FROM made;
  IF EXISTS (SELECT 1 FROM contribution_closedmonth
      WHERE month >= extract(year FROM oldest)::int * 12 + extract(month FROM oldest)::int - 1) THEN
    RAISE EXCEPTION 'the month of % is closed', oldest USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("contribution", "0013_closed_months"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION refuse_closed_month()"),
        migrations.RunSQL(
            "CREATE TRIGGER month_is_open AFTER INSERT ON contribution_journal"
            " REFERENCING NEW TABLE AS made"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month()",
            "DROP TRIGGER month_is_open ON contribution_journal",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON contribution_closedmonth"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "DROP TRIGGER never_changed ON contribution_closedmonth",
        ),
        migrations.RunSQL(
            "CREATE INDEX journal_by_day ON contribution_journal (day, id)",
            "DROP INDEX journal_by_day",
        ),
        migrations.RunSQL(
            "CREATE INDEX journal_by_payment ON contribution_journal (payment_id)"
            " WHERE payment_id IS NOT NULL",
            "DROP INDEX journal_by_payment",
        ),
    ]
