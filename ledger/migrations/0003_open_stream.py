"""What an append asks, as functions; the SQL stands beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    """Let sessions keep the plans."""

    dependencies = [("ledger", "0002_append_only_triggers")]

    operations = [
        migrations.RunSQL(
            sql=(SQL / "open_stream.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "open_stream.down.sql").read_text(encoding="utf-8"),
        ),
    ]
