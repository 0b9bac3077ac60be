"""Days of reconciliation, words that explain lines, and keys into the ledger."""

from datetime import date

from django.db import migrations

_OURS = "Standar layanan kami, bukan peraturan"
# (name, valid from, value, basis, verified)
FIGURES = (
    ("match_days", date(2026, 1, 1), 3, _OURS, True),
    ("outstanding_days", date(2026, 1, 1), 2, _OURS, True),
)
_BANKS = "Kata di rekening koran; belum diperiksa pada tiap bank"
# (words, is debit, reason, at most, valid from, basis, verified)
RULES = (
    ("BIAYA ADM", True, "bank_fee", 100_000, date(2026, 1, 1), _BANKS, False),
    ("BIAYA TRANSFER", True, "bank_fee", 100_000, date(2026, 1, 1), _BANKS, False),
    ("BIAYA LAYANAN", True, "bank_fee", 100_000, date(2026, 1, 1), _BANKS, False),
    ("BUNGA", False, "interest", 1_000_000_000, date(2026, 1, 1), _BANKS, False),
    ("JASA GIRO", False, "interest", 1_000_000_000, date(2026, 1, 1), _BANKS, False),
    ("PAJAK", True, "tax", 200_000_000, date(2026, 1, 1), _BANKS, False),
)
LINE = "reconciliation_statementline"


def fill(apps, schema_editor):
    figure = apps.get_model("reconciliation", "ReconciliationFigure")
    for name, begins, value, basis, verified in FIGURES:
        figure.objects.create(
            name=name, valid_from=begins, value=value, basis=basis, verified=verified
        )
    rule = apps.get_model("reconciliation", "LineRule")
    for words, is_debit, reason, at_most, begins, basis, verified in RULES:
        rule.objects.create(
            words=words, is_debit=is_debit, reason=reason, at_most=at_most, valid_from=begins,
            basis=basis, verified=verified,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial"), ("contribution", "0011_newborn_bills")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(
            f"ALTER TABLE {LINE} ADD CONSTRAINT line_of_statement FOREIGN KEY (bank, statement_id)"
            " REFERENCES reconciliation_statement (bank, id)",
            f"ALTER TABLE {LINE} DROP CONSTRAINT line_of_statement",
        ),
        migrations.RunSQL(
            "ALTER TABLE reconciliation_assignment ADD CONSTRAINT assignment_of_line"
            f" FOREIGN KEY (bank, line_id) REFERENCES {LINE} (bank, id)",
            "ALTER TABLE reconciliation_assignment DROP CONSTRAINT assignment_of_line",
        ),
        migrations.RunSQL(
            "ALTER TABLE reconciliation_transfer ADD CONSTRAINT transfer_of_journal"
            " FOREIGN KEY (family_id, journal_id) REFERENCES contribution_journal (family_id, id)",
            "ALTER TABLE reconciliation_transfer DROP CONSTRAINT transfer_of_journal",
        ),
    ]
