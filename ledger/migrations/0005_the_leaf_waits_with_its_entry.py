"""The inbox has the leaf hash of what came in, so that no changed byte is ever logged."""

from django.db import migrations, models

_FILL = """
UPDATE ledger_inbox SET leaf = sha256('\\x00'::bytea || e.jws) FROM ledger_entry e
    WHERE e.stream_id = ledger_inbox.stream_id AND e.entry_id = ledger_inbox.entry_id;
"""


class Migration(migrations.Migration):
    """Add the column; what waits already gets the hash of what is stored."""

    dependencies = [("ledger", "0004_suspension_and_rotation")]

    operations = [
        migrations.AddField(
            "inbox", "leaf", models.BinaryField(default=b"", max_length=32), preserve_default=False
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
