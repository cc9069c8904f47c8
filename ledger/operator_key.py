"""The operator as a party of the registry: its key signs the completeness index."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from ledger import proofs
from ledger.appending import open_stream
from ledger.core.entry import Entry, sign
from ledger.core.index import OPERATOR
from ledger.core.keys import Signer
from ledger.core.registry_acts import STREAM, AddKey, AdmitParty, possession_message
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Statement
from ledger.models import Key, Party


def wanting(key: PrivateKey) -> list[AdmitParty | AddKey]:
    """What the registry has still to be told before this key may sign the index."""
    acts: list[AdmitParty | AddKey] = []
    if not Party.objects.filter(party=OPERATOR).exists():
        acts.append(AdmitParty(OPERATOR, {"name": f"Operator of {settings.LOG_ORIGIN}"}))
    if not Key.objects.filter(kid=key.kid).exists():
        proof = key.sign(possession_message(settings.LOG_ORIGIN, OPERATOR, key.kid))
        acts.append(AddKey(OPERATOR, key.public, "file", proof))
    return acts


def admit_operator(
    authority: Signer, key: PrivateKey, *, at: datetime, nonces: Callable[[], bytes]
) -> int:
    """Have the registry told, all or nothing; return how many entries that took.

    Raises what an append to the registry raises.
    """
    entries = [_signed(act, authority, at=at, nonce=nonces()) for act in wanting(key)]
    if entries:
        with transaction.atomic():
            stream = open_stream(STREAM, entries, at=at)
            for entry in entries:
                stream.add(entry, stream.admit(entry))
            stream.save()
    return len(entries)


def _signed(act: AdmitParty | AddKey, authority: Signer, *, at: datetime, nonce: bytes) -> Entry:
    statement = Statement(
        log=settings.LOG_ORIGIN,
        stream=STREAM,
        type=act.TYPE,
        at=at.astimezone(UTC).replace(microsecond=0),
        nonce=nonce,
        seen=proofs.latest_seen(),
        consumes=(),
        creates=0,
        body=act.as_body(),
    )
    return Entry.parse(sign(statement, authority))
