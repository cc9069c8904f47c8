"""Packs: where each one is, and the nodes of the sets that entries commit to.

These rows find things fast. What a scan tells anybody is worked out from the signed entries.
"""

from typing import ClassVar, Literal

from django.db import models


class PackName(models.Model):
    """That a pack was born: GTIN and serial once and for ever, whatever its lot (R1).

    `id` is the first half of the SHA-256 of `pack:<GTIN>/<serial>`.
    """

    placement: ClassVar[Literal["local"]] = "local"

    id = models.UUIDField(primary_key=True)
    stream_id = models.UUIDField()

    def __str__(self) -> str:
        return str(self.id)


class PackSecret(models.Model):
    """The secret that the salts of a lot's packs come from; who holds packs is told their salts."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    stream_id = models.UUIDField(primary_key=True)
    secret = models.BinaryField()

    def __str__(self) -> str:
        return str(self.stream_id)


class Pack(models.Model):
    """A pack of a lot. `holding` stands for the output that brought it where it is.

    What is left over of an output keeps its holding, so that only packs that move are written.
    """

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "serial")
    stream_id = models.UUIDField()
    serial = models.CharField(max_length=20)
    holding = models.UUIDField()
    container = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = (
            models.Index(
                fields=("stream_id", "holding", "container", "serial"), name="pack_in_order"
            ),
            models.Index(
                fields=("container",),
                name="pack_container",
                condition=~models.Q(container=""),
            ),
        )

    def __str__(self) -> str:
        return self.serial


class PackNode(models.Model):
    """A node of a set of packs, by its hash; none is ever changed (`ledger.core.set_trees`)."""

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "hash")
    stream_id = models.UUIDField()
    hash = models.BinaryField()
    node = models.BinaryField()

    def __str__(self) -> str:
        return bytes(self.hash).hex()


class Container(models.Model):
    """A case or pallet (`00/<SSCC>` or `01/<GTIN>/21/<serial>`), and the one that it is in.

    One row for each lot that has packs inside: each lot's entries speak of its own packs.
    """

    placement: ClassVar[Literal["distributed"]] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "id")
    stream_id = models.UUIDField()
    id = models.CharField(max_length=40)
    parent = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = (
            models.Index(fields=("id",), name="container_id"),
            models.Index(
                fields=("parent",), name="container_parent", condition=~models.Q(parent="")
            ),
        )

    def __str__(self) -> str:
        return self.id
