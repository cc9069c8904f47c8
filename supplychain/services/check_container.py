"""Answer the scan of a case or pallet: the verdict for its contents, and the trouble in it."""

from datetime import datetime

from supplychain.domain.containers import Container
from supplychain.queries.contents import ContainerResult
from supplychain.recording.containers_judged import container_judged


def check_container(*, container: Container, at: datetime, asking: str | None) -> ContainerResult:
    """Judge all packs in a container, at whatever depth, for the party `asking` (a GLN).

    Nobody has read the packs, so that no sighting is kept of them. Never raises for what is in the
    container, nor for what was done to the database.
    """
    return container_judged(container, at, asking)
