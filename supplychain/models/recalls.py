"""Answers to recalls: a matter between a holder and who recalls, and none of the log.

What becomes of the goods is signed there; that somebody read a notice proves nothing about them.
"""

from typing import ClassVar, Literal

from django.db import models


class RecallAnswer(models.Model):
    """That a party acknowledged a recall, and how many units it set aside; the newest word."""

    placement: ClassVar[Literal["local"]] = "local"

    recall = models.CharField(max_length=64, help_text="The recall's entry.")
    gln = models.CharField(max_length=13)
    found = models.BigIntegerField()
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(fields=("recall", "gln"), name="recall_answered_once"),
        )

    def __str__(self) -> str:
        return f"{self.gln}: {self.found}"
