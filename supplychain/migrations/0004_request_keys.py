"""Which request came under which idempotency key."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of its own: keys are of no interest to the ledger."""

    dependencies = [("supplychain", "0003_trade_finds_lots")]

    operations = [
        migrations.CreateModel(
            name="RequestKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "gln", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gln", models.CharField(max_length=13)),
                ("key", models.CharField(max_length=255)),
                ("request", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["at"], name="request_key_at")]},
        ),
    ]
