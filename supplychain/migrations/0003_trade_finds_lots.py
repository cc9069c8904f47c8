"""A party's lots are found by what it traded, not by every output that it ever had."""

from django.db import migrations, models

TRADE = """
INSERT INTO supplychain_trade (stream_id, gln)
SELECT stream_id, holder FROM supplychain_output
UNION SELECT stream_id, made_by FROM supplychain_output
UNION SELECT stream_id, receiver FROM supplychain_output WHERE receiver <> ''
"""


class Migration(migrations.Migration):
    """Take the trade over from the outputs that are there."""

    dependencies = [("supplychain", "0002_rows_belong_to_lots")]

    operations = [
        migrations.CreateModel(
            name="Trade",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream_id",
                        "gln",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stream_id", models.UUIDField()),
                ("gln", models.CharField(max_length=13)),
            ],
            options={
                "verbose_name_plural": "trade",
                "indexes": [models.Index(fields=["gln"], name="trade_of_a_party")],
            },
        ),
        migrations.RunSQL(TRADE, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="output", name="output_history"),
    ]
