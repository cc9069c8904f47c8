"""Triggers, checks and foreign keys; the SQL stands beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    """Refuse every change of what is evidence."""

    dependencies = [("ledger", "0001_tables")]

    operations = [
        migrations.RunSQL(
            sql=(SQL / "append_only_triggers.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "append_only_triggers.down.sql").read_text(encoding="utf-8"),
        ),
    ]
