"""The ledger's tables.

Each table says where it lives when one server is no longer enough (`placement`):

* `distributed`: rows go by `stream_id`, which is part of every key; one transaction touches one
  stream; foreign keys only to tables that go by the same stream.
* `reference`: small, read with everything, a copy on every node.
* `local`: the log itself and what runs it, on one node.

What was signed is kept as the bytes that came in. Triggers (migration 0002) refuse UPDATE, DELETE
and TRUNCATE of what is evidence, for every role. Foreign keys stand in SQL there too, because they
must carry the stream and be checked at once.
"""

from typing import ClassVar, Literal

from django.contrib.postgres.fields import ArrayField
from django.db import models

Placement = Literal["distributed", "reference", "local"]
ENTRY_ID_CHARACTERS = 64


class Stream(models.Model):
    """What entries are about: one lot, the registry. Its row is the lock of an append."""

    placement: ClassVar[Placement] = "distributed"

    stream_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=128)
    entries = models.BigIntegerField(default=0)
    """How many entries were accepted; they are numbered from 0 without a gap."""

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A signed statement as it came in, and of its content only what is asked for in SQL."""

    placement: ClassVar[Placement] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=ENTRY_ID_CHARACTERS)
    number = models.BigIntegerField()
    kid = models.CharField(max_length=43)
    party = models.CharField(max_length=64, blank=True)
    """Who signed; `authority` for an authority, which is nobody's party."""
    type = models.CharField(max_length=64)
    at = models.DateTimeField()
    accepted_at = models.DateTimeField()
    nonce = models.BinaryField(max_length=16)
    creates = models.IntegerField()
    jws = models.BinaryField()
    disclosures = ArrayField(models.TextField(), default=list)
    about_whole = models.BooleanField()
    """Whether it uses up nothing: then it concerns every output of its stream."""

    class Meta:
        indexes = [
            models.Index(
                fields=["stream_id", "entry_id"],
                condition=models.Q(about_whole=True),
                name="ledger_entry_about_whole",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["stream_id", "number"], name="ledger_entry_number_once"
            ),
            models.UniqueConstraint(
                fields=["stream_id", "kid", "nonce"], name="ledger_entry_nonce_once"
            ),
        ]

    def __str__(self) -> str:
        return self.entry_id


class OutputUse(models.Model):
    """An output that an entry has used up. The primary key is the rule: once."""

    placement: ClassVar[Placement] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "source_id", "output")
    stream_id = models.UUIDField()
    source_id = models.CharField(max_length=64)
    output = models.IntegerField()
    used_by = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["stream_id", "used_by"], name="ledger_output_use_by"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}#{self.output}"


class Attachment(models.Model):
    """A file that an entry names by its hash. `content` is empty while only the name is known."""

    placement: ClassVar[Placement] = "distributed"

    pk = models.CompositePrimaryKey("stream_id", "entry_id", "sha256")
    stream_id = models.UUIDField()
    entry_id = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    media = models.CharField(max_length=128)
    size = models.BigIntegerField()
    content = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.sha256


class Party(models.Model):
    """A party as the registry has it now; the registry's entries are the truth."""

    placement: ClassVar[Placement] = "reference"

    party = models.CharField(max_length=64, primary_key=True)
    profile = models.JSONField()
    admitted_by = models.CharField(max_length=64)
    suspended_by = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    reinstated_by = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    """Entry ids of its suspensions, and of what ended them: it is suspended while one is open."""

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.party


class Key(models.Model):
    """A party's public key as the registry has it now. Appends lock it while they rely on it."""

    placement: ClassVar[Placement] = "reference"

    kid = models.CharField(max_length=43, primary_key=True)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, db_column="party", db_constraint=False
    )
    x = models.BinaryField(max_length=32)
    y = models.BinaryField(max_length=32)
    custody = models.CharField(max_length=16)
    added_by = models.CharField(max_length=64)
    revoked_by = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    """Entry ids of what ended it, the first of which counts: rotation or revocations."""
    revoked_from = models.BigIntegerField(null=True, blank=True)
    """First index from which on what it signed is suspect; empty when nothing is."""
    successor = models.CharField(max_length=43, blank=True, default="")
    """The key that it was rotated to."""

    def __str__(self) -> str:
        return self.kid


class Inbox(models.Model):
    """Accepted and not yet logged, in order of arrival."""

    placement: ClassVar[Placement] = "local"

    arrival = models.BigAutoField(primary_key=True)
    stream_id = models.UUIDField()
    number = models.BigIntegerField()
    entry_id = models.CharField(max_length=64)
    leaf = models.BinaryField(max_length=32)
    """The leaf hash of the bytes as they came in: what is stored must still be them when logged."""

    class Meta:
        verbose_name_plural = "inbox"
        constraints = [
            models.UniqueConstraint(
                fields=["stream_id", "number"], name="ledger_inbox_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrival}"


class Leaf(models.Model):
    """The place of an entry in the log. `hash` is RFC 9162's leaf hash of the entry's bytes."""

    placement: ClassVar[Placement] = "local"

    index = models.BigIntegerField(primary_key=True)
    stream_id = models.UUIDField()
    number = models.BigIntegerField()
    entry_id = models.CharField(max_length=64)
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name_plural = "leaves"
        ordering = ["-index"]
        constraints = [
            models.UniqueConstraint(fields=["stream_id", "number"], name="ledger_leaf_number_once"),
        ]
        indexes = [models.Index(fields=["entry_id"], name="ledger_leaf_entry")]

    def __str__(self) -> str:
        return f"{self.index}"


class Tile(models.Model):
    """Up to 256 hashes of the tree side by side: C2SP tlog-tiles, tile height 8.

    Level 0 holds leaf hashes, level L the roots of full tiles of level L - 1.
    """

    placement: ClassVar[Placement] = "local"

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed tree head. It is in the file outside the database before it is here."""

    placement: ClassVar[Placement] = "local"

    size = models.BigIntegerField(primary_key=True)
    previous = models.BigIntegerField()
    """Size of the checkpoint signed before, 0 for the first: a row taken away leaves a gap."""
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"{self.size}"


class IndexHead(models.Model):
    """A leaf of the index of the log, as far as entries were taken in."""

    placement: ClassVar[Placement] = "local"

    key = models.BinaryField(max_length=32, primary_key=True)
    """SHA-256 of the index key, by which the leaves are sorted."""
    count = models.BigIntegerField()
    last = models.BigIntegerField()
    head = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return bytes(self.key).hex()


class IndexProgress(models.Model):
    """The one row that says how many entries the heads count. Its lock is the builder's."""

    placement: ClassVar[Placement] = "local"

    name = models.CharField(max_length=16, primary_key=True)
    taken = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.taken}"


class IndexEpoch(models.Model):
    """An index that was signed, over the first `size` entries. The row stays, its pages go."""

    placement: ClassVar[Placement] = "local"

    size = models.BigIntegerField(primary_key=True)
    keys = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    entry_id = models.CharField(max_length=64, unique=True)
    """The `index.root` entry."""
    at = models.DateTimeField()

    class Meta:
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"{self.size}"


class IndexPage(models.Model):
    """Up to 256 leaves side by side of a tree of the index, in the order of their keys."""

    placement: ClassVar[Placement] = "local"

    pk = models.CompositePrimaryKey("stream_id", "size", "number")
    stream_id = models.UUIDField()
    """Whose index: that of a stream, or, under `index`, that of the log."""
    size = models.BigIntegerField()
    """How many entries of the log this version of the tree counts."""
    number = models.BigIntegerField()
    first_key = models.BinaryField(max_length=32)
    leaves = models.BinaryField()
    twigs = models.BinaryField(max_length=512)
    """The roots of the leaves by 16, so that a proof need not hash the whole page."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stream_id", "size", "first_key"], name="ledger_index_page_key_once"
            )
        ]
        indexes = [models.Index(fields=["size"], name="ledger_index_page_size")]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.size}: {self.number}"


class IndexTile(models.Model):
    """Up to 256 hashes of a tree over such pages, from level 1 on; as in `Tile`."""

    placement: ClassVar[Placement] = "local"

    pk = models.CompositePrimaryKey("stream_id", "size", "level", "number")
    stream_id = models.UUIDField()
    size = models.BigIntegerField()
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.stream_id} {self.size}: {self.level}/{self.number}"


class Cosignature(models.Model):
    """The first line of each witness under a checkpoint: from then on it was witnessed."""

    placement: ClassVar[Placement] = "local"

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    witness = models.TextField()
    """Its name in our policy."""
    key_id = models.CharField(max_length=8)
    line = models.TextField()
    at = models.DateTimeField()
    """When it cosigned, by its own clock."""

    class Meta:
        ordering = ["-size", "witness"]
        constraints = [
            models.UniqueConstraint(
                fields=["size", "witness", "key_id"], name="ledger_cosignature_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.witness} {self.size}"


class WitnessState(models.Model):
    """How we stand with a witness: what it is known to have, and when it is asked again."""

    placement: ClassVar[Placement] = "local"

    name = models.TextField(primary_key=True)
    key_id = models.CharField(max_length=8)
    size = models.BigIntegerField(default=0)
    """Of the checkpoint that it has cosigned last, as far as we know."""
    line = models.TextField(blank=True, default="")
    """Its newest cosignature of that checkpoint; empty while only the size is known."""
    line_at = models.DateTimeField(null=True, blank=True)
    """When it cosigned, by its own clock."""
    answer = models.CharField(max_length=200, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(default=0)
    """In a row, the last answer included."""
    next_at = models.DateTimeField()
    """Before this it is not asked: it failed, or is being asked."""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CustodialKey(models.Model):
    """A private key that we keep for a party, encrypted (see `ledger.signers`)."""

    placement: ClassVar[Placement] = "local"

    kid = models.CharField(max_length=43, primary_key=True)
    party = models.CharField(max_length=64, db_index=True)
    kek = models.CharField(max_length=64)
    """Name of the key-encryption key."""
    nonce = models.BinaryField(max_length=12)
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kid


class SequencerLease(models.Model):
    """The one row that says who sequences. Every write of a sequencer checks its fence."""

    placement: ClassVar[Placement] = "local"

    name = models.CharField(max_length=16, primary_key=True)
    holder = models.CharField(max_length=128, blank=True)
    fence = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()
    sequenced = models.BigIntegerField(default=0)
    """Newest arrival that was taken from the inbox."""

    def __str__(self) -> str:
        return f"{self.holder} ({self.fence})"


class AuditRun(models.Model):
    """One recomputation of everything: how far it has come, and what it found."""

    placement: ClassVar[Placement] = "local"

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    """Empty while it is under way, or was killed."""
    is_continuous = models.BooleanField(default=False)
    """Whether it goes on by itself in small steps; else somebody asked for it."""
    steps = models.BigIntegerField(default=0)
    """Steps that were kept: of two processes that make the same step, one keeps it."""
    progress = models.JSONField(default=dict)
    share = models.FloatField(default=1.0)
    """Share of the signatures that a second library checks."""
    seed = models.CharField(max_length=64, blank=True, default="")
    """What chose them."""
    size = models.BigIntegerField()
    """How many leaves were followed."""
    entries = models.BigIntegerField()
    second_opinions = models.BigIntegerField()
    findings = models.JSONField(default=list)
    whole = models.BooleanField(default=False)
    """Whether it came to its end and nothing was found."""

    class Meta:
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}"


class Alarm(models.Model):
    """Something that must not be. While one stands, no checkpoint is signed.

    It ends when a full audit is clean, or a named person acknowledges it with a reason.
    """

    placement: ClassVar[Placement] = "local"

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=64)
    about = models.CharField(max_length=128, blank=True)
    """An entry id, `index 17`, `checkpoint 20`, a stream, or empty for the whole log."""
    stream_id = models.UUIDField(null=True, blank=True)
    message = models.TextField()
    blocks = models.BooleanField(default=True)
    """Whether signing waits for it; a second sequencer that was shut out is only reported."""
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=150, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "about"],
                condition=models.Q(cleared_at__isnull=True),
                name="ledger_alarm_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.about}".strip()

    @property
    def about_entry(self) -> str | None:
        """The entry that it is about, if it is about one."""
        return self.about if len(self.about) == ENTRY_ID_CHARACTERS else None
