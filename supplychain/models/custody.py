"""Custody: who holds what now, projected from the entries of a lot.

These rows find things fast. What a scan tells anybody is worked out from the signed entries.
"""

from typing import ClassVar, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Output(models.Model):
    """Output `n` of entry `entry_id`: a quantity in one state with one holder.

    `spent_by` names the entry that used it up, and is the only column that ever changes. Of a lot
    with serial numbers, `packs` is the root of the set of packs, and `holding` says by which output
    they came where they are: a rest keeps that of the goods that it is left over from.
    """

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id", "n")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    n = models.SmallIntegerField()
    number = models.BigIntegerField(help_text="The entry's place in its stream: order of arrival.")
    made_by = models.CharField(max_length=13, help_text="The party that signed the entry.")
    made_as = models.CharField(max_length=64, help_text="The entry's statement type.")
    state = models.CharField(max_length=16)
    quantity = models.BigIntegerField()
    holder = models.CharField(max_length=13)
    receiver = models.CharField(max_length=13, blank=True, default="")
    dispatch = models.CharField(max_length=64, blank=True, default="")
    dispatched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="Came into its final state.")
    sent_back = models.CharField(
        max_length=16, blank=True, default="", help_text="On the way back: the state before."
    )
    way = models.TextField(
        blank=True, default="", help_text="Givers, the last one last: GLN,GLN/GLN."
    )
    questions = models.TextField(
        blank=True, default="", help_text="Entries whose temperature is not decided on: id,id."
    )
    spent = models.TextField(
        blank=True, default="", help_text="Used up of the stability budget, as canonical JSON."
    )
    unchecked = models.BooleanField(default=False, help_text="Came back, and was not checked.")
    load = models.TextField(
        blank=True, default="", help_text="Units without serials in containers, as canonical JSON."
    )
    shipment = models.CharField(max_length=500, blank=True, default="")
    packs = models.CharField(max_length=64, blank=True, default="", help_text="The set's root.")
    holding = models.UUIDField(null=True)
    at = models.DateTimeField()
    spent_by = models.CharField(max_length=64, null=True)  # noqa: DJ001  NULL is "not used"

    class Meta:
        ordering = ("number", "n")
        constraints = (
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="output_has_units"),
            models.CheckConstraint(
                condition=models.Q(state="in_transit", dispatched_at__isnull=False)
                & ~models.Q(receiver="")
                & ~models.Q(dispatch="")
                | ~models.Q(state="in_transit") & models.Q(receiver="", dispatch=""),
                name="output_in_transit_to_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=("holder", "state"),
                name="output_held",
                condition=models.Q(spent_by__isnull=True),
            ),
            models.Index(
                fields=("stream_id", "holding"),
                name="output_holding",
                condition=models.Q(spent_by__isnull=True, holding__isnull=False),
            ),
            models.Index(
                fields=("holder",),
                name="output_undecided",
                condition=models.Q(spent_by__isnull=True) & ~models.Q(questions=""),
            ),
            models.Index(
                fields=("stream_id",),
                name="output_packed",
                condition=models.Q(spent_by__isnull=True) & ~models.Q(load=""),
            ),
            models.Index(
                fields=("receiver",),
                name="output_inbound",
                condition=models.Q(spent_by__isnull=True, state="in_transit"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.state} with {self.holder}"


class OverReceipt(models.Model):
    """That a receipt found more than was sent; `admitted_by` names the giver's entry about it.

    Of a lot with serial numbers, `serials` are those that the receiver has, and `packs` their root.
    """

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    giver = models.CharField(max_length=13)
    receiver = models.CharField(max_length=13)
    quantity = models.BigIntegerField()
    packs = models.CharField(max_length=64, blank=True, default="")
    serials = ArrayField(models.CharField(max_length=20), default=list)
    at = models.DateTimeField()
    admitted_by = models.CharField(max_length=64, null=True)  # noqa: DJ001  NULL is "open"

    class Meta:
        indexes = (
            models.Index(
                fields=("giver",), name="over_open", condition=models.Q(admitted_by__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} too many with {self.receiver}"


class Trade(models.Model):
    """That a party ever held, sent or was sent units of a lot: how its lots are found."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "gln")
    stream_id = models.UUIDField()
    gln = models.CharField(max_length=13)

    class Meta:
        indexes = (models.Index(fields=("gln",), name="trade_of_a_party"),)
        verbose_name_plural = "trade"

    def __str__(self) -> str:
        return f"{self.gln} in {self.stream_id}"


class Flag(models.Model):
    """A recall or a hold on a lot; `lifted_by` names the entry that ended it."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    number = models.BigIntegerField(help_text="The entry's place in its stream: order of arrival.")
    kind = models.CharField(max_length=8, choices=(("recall", "recall"), ("hold", "hold")))
    recall_class = models.CharField(max_length=3, blank=True, default="")
    by = models.CharField(max_length=13)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=64, null=True)  # noqa: DJ001  NULL is "in force"

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.kind} by {self.by}"
