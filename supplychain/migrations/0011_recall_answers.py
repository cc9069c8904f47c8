from django.db import migrations, models


class Migration(migrations.Migration):
    """Who acknowledged which recall."""

    dependencies = [("supplychain", "0010_imports_tell_four_outcomes")]

    operations = [
        migrations.CreateModel(
            name="RecallAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recall", models.CharField(help_text="The recall's entry.", max_length=64)),
                ("gln", models.CharField(max_length=13)),
                ("found", models.BigIntegerField()),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("at",),
                "constraints": [
                    models.UniqueConstraint(fields=("recall", "gln"), name="recall_answered_once")
                ],
            },
        ),
    ]
