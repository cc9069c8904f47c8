"""With each page of an index stand the roots of its leaves by 16."""

from django.db import migrations, models

# Of the pages that are there already: a node is sha256(1 ‖ left ‖ right), a leaf sha256(0 ‖ data).
_FILL = """
ALTER TABLE ledger_indexpage DISABLE TRIGGER ledger_written_once;
CREATE FUNCTION ledger_twig(leaves bytea, first int, many int) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
    IF many = 1 THEN
        RETURN sha256('\\x00'::bytea || substring(leaves FROM 1 + 80 * first FOR 80));
    END IF;
    RETURN sha256('\\x01'::bytea || ledger_twig(leaves, first, many / 2)
        || ledger_twig(leaves, first + many / 2, many / 2));
END
$$;
UPDATE ledger_indexpage SET twigs = coalesce((
    SELECT string_agg(ledger_twig(leaves, 16 * n, 16), ''::bytea ORDER BY n)
    FROM generate_series(0, length(leaves) / 1280 - 1) n), ''::bytea);
DROP FUNCTION ledger_twig(bytea, int, int);
ALTER TABLE ledger_indexpage ENABLE ALWAYS TRIGGER ledger_written_once;
ALTER TABLE ledger_indexpage ADD CONSTRAINT ledger_indexpage_whole_twigs
    CHECK (length(twigs) = length(leaves) / 1280 * 32);
"""


class Migration(migrations.Migration):
    """Add the column, and fill it for the pages that are there."""

    dependencies = [("ledger", "0007_witnesses_cosign")]

    operations = [
        migrations.AddField(
            "indexpage",
            "twigs",
            models.BinaryField(default=b"", max_length=512),
            preserve_default=False,
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
