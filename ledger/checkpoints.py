"""Checkpoints: the newest, the one that is shown, and what everybody is given of it."""

from ledger import cosignatures
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.statement import Seen
from ledger.models import Checkpoint


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint, or None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def published_note(checkpoint: Checkpoint) -> str:
    """The note that everybody is given of a checkpoint, with the newest line of each witness.

    Nothing else gives a note away.
    """
    lines = cosignatures.newest_lines(checkpoint.size)
    return checkpoint.note + "".join(f"{line}\n" for line in lines)


def shown_checkpoint() -> Checkpoint | None:
    """The newest checkpoint for which as many have witnessed as our own policy asks for.

    The newest of all where it asks for none, and where there is none such.
    """
    size = cosignatures.newest_witnessed(cosignatures.trust())
    witnessed = None if size is None else Checkpoint.objects.filter(size=size).first()
    return witnessed or latest_checkpoint()


def latest_seen() -> Seen:
    """What to put into a statement's `seen`: the latest checkpoint, or the empty tree."""
    latest = latest_checkpoint()
    return Seen(latest.size, bytes(latest.root)) if latest else Seen(0, EMPTY_ROOT)
