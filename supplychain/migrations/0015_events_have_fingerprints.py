"""An event of a partner's file is known again in any other file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Say the fingerprint, and find it."""

    dependencies = [("supplychain", "0014_more_than_was_sent")]

    operations = [
        migrations.AddField(
            "importedevent",
            "fingerprint",
            models.CharField(
                blank=True,
                default="",
                help_text="The same for the same event in any file.",
                max_length=64,
            ),
        ),
        migrations.AddIndex(
            "importedevent", models.Index(fields=["fingerprint"], name="event_fingerprint")
        ),
    ]
