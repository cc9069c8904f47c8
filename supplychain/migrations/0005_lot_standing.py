"""What judging an entry asks, as a function; the SQL stands beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    """Let sessions keep the plan."""

    dependencies = [("supplychain", "0004_request_keys")]

    operations = [
        migrations.RunSQL(
            sql=(SQL / "lot_standing.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "lot_standing.down.sql").read_text(encoding="utf-8"),
        ),
    ]
