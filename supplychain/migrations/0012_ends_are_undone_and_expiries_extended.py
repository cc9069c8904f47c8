from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supplychain", "0011_recall_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="lot",
            name="extended_from",
            field=models.DateField(help_text="The expiry that packs say.", null=True),
        ),
        migrations.AddField(
            model_name="output",
            name="ended_at",
            field=models.DateTimeField(help_text="Came into its final state.", null=True),
        ),
    ]
