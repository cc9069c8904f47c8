"""What is told of one very pack beside its verdict, to those who have to do with it."""

from ledger.core.entry import stream_id
from supplychain.domain.parties import Party
from supplychain.domain.standing import Standing, asks_for_all
from supplychain.domain.statements import Receive
from supplychain.queries.chains import Chain
from supplychain.queries.containers import containers_of
from supplychain.queries.judgements import Ground
from supplychain.queries.scans import PackStory


def story_of(chain: Chain, on: Ground, party: Party | None) -> PackStory | None:
    """The story of the scanned pack; None where no pack is proven."""
    pack, read = on.facts.pack, on.facts.scanned
    if pack is None or pack.fault is not None or read.serial is None:
        return None
    if party is None or not _concerns(chain, on, party):
        return PackStory()
    acts = [chain.history.acts[ref.entry_id].statement for ref in pack.way]
    receipts = [bool(said.containers) for said in acts if isinstance(said, Receive)]
    packed = containers_of(stream_id(chain.key.stream), [read.serial])
    return PackStory(
        held=on.facts.scope is not None and on.facts.scope.standing is Standing.HOLDS,
        by_label=receipts[-1] if receipts else None,
        container=packed.get(read.serial),
    )


def _concerns(chain: Chain, on: Ground, party: Party) -> bool:
    """Whether the pack is with the party, or it is told of the whole lot."""
    return party.gln in on.way[-1].sites or asks_for_all(chain.history, party)
