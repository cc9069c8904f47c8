from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supplychain", "0033_packs_stand_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="output",
            name="load",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Units without serials in containers, as canonical JSON.",
            ),
        ),
        migrations.AddIndex(
            model_name="output",
            index=models.Index(
                condition=models.Q(("spent_by__isnull", True))
                & models.Q(("load", ""), _negated=True),
                fields=["stream_id"],
                name="output_packed",
            ),
        ),
    ]
