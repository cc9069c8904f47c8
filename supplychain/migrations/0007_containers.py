from django.db import migrations, models


class Migration(migrations.Migration):
    """Cases and pallets, and what is in what."""

    dependencies = [("supplychain", "0006_verification_messages")]

    operations = [
        migrations.CreateModel(
            name="Container",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stream_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stream_id", models.UUIDField()),
                ("id", models.CharField(max_length=40)),
                ("parent", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["id"], name="container_id"),
                    models.Index(
                        condition=models.Q(("parent", ""), _negated=True),
                        fields=["parent"],
                        name="container_parent",
                    ),
                ],
            },
        ),
    ]
