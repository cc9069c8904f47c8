"""What is asked and answered about packs, and whom we ask."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Local rows and a reference table: of no interest to the ledger."""

    dependencies = [("supplychain", "0005_packs")]

    operations = [
        migrations.CreateModel(
            name="Responder",
            fields=[
                (
                    "company_prefix",
                    models.CharField(
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9]{4,12}\\Z", "Expected 4 to 12 digits."
                            )
                        ],
                        verbose_name="GS1 company prefix",
                    ),
                ),
                ("gln", models.CharField(max_length=13, verbose_name="GLN")),
                ("address", models.CharField(max_length=500)),
            ],
            options={
                "ordering": ("company_prefix",),
            },
        ),
        migrations.CreateModel(
            name="VerificationMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_by_us", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("gtin", models.CharField(max_length=14)),
                ("lot", models.CharField(max_length=20)),
                ("serial", models.CharField(max_length=20)),
                ("expiry", models.DateField()),
                ("requester", models.CharField(max_length=13)),
                ("responder", models.CharField(blank=True, default="", max_length=13)),
                ("context", models.CharField(max_length=40)),
                ("corr_uuid", models.CharField(max_length=36)),
                ("address", models.CharField(blank=True, default="", max_length=45)),
                ("status", models.SmallIntegerField()),
                ("verified", models.BooleanField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("info", models.CharField(blank=True, default="", max_length=40)),
                ("guess", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("-at",),
                "indexes": [
                    models.Index(fields=["at"], name="verification_at"),
                    models.Index(fields=["gtin", "serial"], name="verification_pack"),
                    models.Index(
                        condition=models.Q(("address", ""), _negated=True),
                        fields=["at"],
                        name="verification_addressed",
                    ),
                    models.Index(
                        condition=models.Q(("guess", True)),
                        fields=["requester", "-at"],
                        name="verification_guessed_by",
                    ),
                    models.Index(
                        condition=models.Q(("guess", True)),
                        fields=["address", "-at"],
                        name="verification_guessed_from",
                    ),
                ],
            },
        ),
    ]
