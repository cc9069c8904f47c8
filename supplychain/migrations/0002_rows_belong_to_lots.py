"""Foreign keys that carry the stream; the SQL stands beside this file."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")


class Migration(migrations.Migration):
    """Let no row stand for a lot that nobody registered."""

    dependencies = [("supplychain", "0001_trade_tables")]

    operations = [
        migrations.RunSQL(
            sql=(SQL / "rows_belong_to_lots.sql").read_text(encoding="utf-8"),
            reverse_sql=(SQL / "rows_belong_to_lots.down.sql").read_text(encoding="utf-8"),
        ),
    ]
