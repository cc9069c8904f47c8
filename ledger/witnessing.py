"""Has the newest checkpoint cosigned by the witnesses of our policy (C2SP tlog-witness).

Only the newest one is offered; whoever comes late skips those between. A witness is claimed by a
row before it is asked, so that two workers never ask it at once, and nothing is asked inside a
transaction. What goes wrong is tried again, ever more rarely. A witness that has seen another
history than we have raises WITNESS_CONTRADICTS: one of the two was rewritten, and nothing is
signed until a named person has looked. It is taken back when that witness cosigns again.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from ledger import alarms, cosignatures, proofs
from ledger.bounded_call import Said
from ledger.core.checkpoint import Checkpoint
from ledger.core.cosignature import cosigned_at
from ledger.core.errors import LedgerError, Malformed
from ledger.core.merkle import consistency_proof
from ledger.core.note import MAX_SIGNATURES, SignatureLine
from ledger.core.signatures import OPENSSL
from ledger.core.tiled_tree import TreeDamagedError, edge_tiles, path_tiles
from ledger.core.tlog_policy import Known
from ledger.core.witnessing import AddCheckpoint, Status, read_size
from ledger.models import Checkpoint as SignedCheckpoint
from ledger.models import WitnessState
from ledger.tiles import StoredTree
from ledger.witness_call import TIMEOUT_S, add_checkpoint

CONTRADICTS = "WITNESS_CONTRADICTS"
CLAIM = timedelta(seconds=10)
"""For so long nobody else asks a witness; a worker that dies meanwhile holds it no longer."""
BACKOFF_S_MAX = 300
_DOUBLINGS_MAX = 10
_SAID_CHARACTERS = 200


@dataclass(frozen=True)
class _Offer:
    """The checkpoint, on its way to one witness."""

    name: str
    witness: Known
    checkpoint: Checkpoint
    note: str
    old: int
    is_second: bool = False

    def request(self) -> bytes:
        """The body to send; raises `TreeDamagedError`."""
        proof: list[bytes] = []
        if 0 < self.old < self.checkpoint.size:
            proof = _proof(self.old, self.checkpoint.size)
        return AddCheckpoint(self.old, tuple(proof), self.note).as_bytes()


def cosign_newest(clock: Callable[[], datetime], *, timeout_s: float = TIMEOUT_S) -> int:
    """Offer the newest checkpoint to every witness that is due; return how many cosigned it.

    Safe to run at any time, at once from two places, and again after a crash.
    """
    newest = proofs.latest_checkpoint()
    if newest is None:
        return 0
    known = cosignatures.trust().witnesses
    offers = [_claimed(name, one, newest, clock()) for name, one in known.items()]
    return _Round(clock, timeout_s).run([offer for offer in offers if offer])


@dataclass(frozen=True)
class Standing:
    """How a witness of our policy stands: the size that it cosigned last, and how long ago."""

    name: str
    size: int
    age_s: int | None
    """Seconds since its newest cosignature, by its own clock; None where we have none."""
    answer: str
    failures: int


def standings(now: datetime) -> list[Standing]:
    """Every witness of the policy, whether it was asked or not."""
    known = cosignatures.trust().witness_keys
    states = {one.name: one for one in WitnessState.objects.filter(name__in=known)}
    return [_standing(name, states.get(name), now) for name in known]


def _standing(name: str, state: WitnessState | None, now: datetime) -> Standing:
    if state is None:
        return Standing(name, 0, None, "not asked yet", 0)
    age_s = round((now - state.line_at).total_seconds()) if state.line_at else None
    return Standing(name, state.size, age_s, state.answer, state.failures)


def unwitnessed_since() -> datetime | None:
    """When the first checkpoint was signed that waits for witnesses; None where none waits."""
    trust = cosignatures.trust()
    if not trust.asks:
        return None
    size = cosignatures.newest_witnessed(trust) or 0
    waiting = SignedCheckpoint.objects.filter(size__gt=size).order_by("size").first()
    return waiting.at if waiting else None


class _Round:
    """Asks several witnesses side by side, and takes each answer as it comes."""

    def __init__(self, clock: Callable[[], datetime], timeout_s: float) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._running: dict[Future[Said], _Offer] = {}
        self._cosigned = 0

    def run(self, offers: list[_Offer]) -> int:
        with ThreadPoolExecutor(max_workers=max(len(offers), 1)) as pool:
            for offer in offers:
                self._ask(pool, offer)
            while self._running:
                for answer in wait(self._running, return_when=FIRST_COMPLETED).done:
                    again = self._take(self._running.pop(answer), answer)
                    if again:
                        self._ask(pool, again)
        return self._cosigned

    def _ask(self, pool: ThreadPoolExecutor, offer: _Offer) -> None:
        try:
            body = offer.request()
        except TreeDamagedError as damage:
            _fail(offer, damage.message, self._clock())
            return
        asked = pool.submit(add_checkpoint, offer.witness.url, body, timeout_s=self._timeout_s)
        self._running[asked] = offer

    def _take(self, offer: _Offer, answer: Future[Said]) -> _Offer | None:
        """Act on an answer; return what to ask next, if anything."""
        try:
            said = answer.result()
            match said.status:
                case Status.COSIGNED:
                    self._cosigned += _keep(offer, said.body, self._clock())
                case Status.CONFLICT:
                    return _again(offer, said.body, self._clock())
                case Status.NOT_PROVEN:
                    message = f"From size {offer.old} our log does not continue what it has."
                    _contradicted(offer, message, self._clock())
                case _:
                    _fail(offer, _words(said), self._clock())
        except LedgerError as fault:
            _fail(offer, fault.message, self._clock())
        return None


# --- who is asked ---------------------------------------------------------------------------------


def _claimed(name: str, witness: Known, newest: SignedCheckpoint, now: datetime) -> _Offer | None:
    """The offer to a witness that is due and that nobody else is asking."""
    state = _state(name, witness, now)
    if not _is_due(state, newest.size, now):
        return None
    free = WitnessState.objects.filter(name=name, next_at=state.next_at)
    if not free.update(next_at=now + CLAIM):
        return None
    checkpoint = Checkpoint(settings.LOG_ORIGIN, newest.size, bytes(newest.root))
    offer = _Offer(name, witness, checkpoint, newest.note, state.size)
    if state.size <= newest.size:
        return offer
    _ahead(offer, state.size, now)
    return None


def _state(name: str, witness: Known, now: datetime) -> WitnessState:
    """What we know of a witness: nothing yet, when its key is another one than before."""
    key_id = witness.vkey.id.hex()
    state, _ = WitnessState.objects.get_or_create(
        name=name, defaults={"key_id": key_id, "next_at": now}
    )
    if state.key_id != key_id:
        state = WitnessState(name=name, key_id=key_id, next_at=now)
        state.save()
    return state


def _is_due(state: WitnessState, size: int, now: datetime) -> bool:
    if state.next_at > now:
        return False
    refreshed = timedelta(seconds=settings.WITNESS_REFRESH_S)
    fresh = state.answered_at is not None and now - state.answered_at < refreshed
    return not (state.size == size and state.line and fresh and not state.failures)


def _proof(old: int, size: int) -> list[bytes]:
    tree = StoredTree()
    tree.prefetch([*edge_tiles(old), *path_tiles(old - 1, size), *path_tiles(old, size)])
    return consistency_proof(old, size, tree)


# --- what is answered -----------------------------------------------------------------------------


def _keep(offer: _Offer, body: bytes, now: datetime) -> bool:
    """Keep the cosignature if there is one by the witness; raises `LedgerError`."""
    vkey = offer.witness.vkey
    lines = body.decode("utf-8", "replace").splitlines()[:MAX_SIGNATURES]
    read = [SignatureLine.parse(line) for line in lines]
    at = cosigned_at(offer.checkpoint, read, {offer.name: vkey}, OPENSSL).get(offer.name)
    if at is None:
        _fail(offer, "It answered without a cosignature of its key.", now)
        return False
    (line,) = (vkey.line(one) for one in vkey.of(tuple(read)))
    size = offer.checkpoint.size
    cosignatures.keep(size=size, witness=offer.name, vkey=vkey, line=line, at=at)
    WitnessState.objects.filter(name=offer.name, key_id=vkey.id.hex()).update(
        size=size,
        line=line,
        line_at=at,
        answer="cosigned",
        answered_at=now,
        failures=0,
        next_at=now,
    )
    alarms.settle(code=CONTRADICTS, about=_about(offer), at=now)
    return True


def _again(offer: _Offer, body: bytes, now: datetime) -> _Offer | None:
    """What to ask a witness that has another size than we said, if there is anything to ask."""
    try:
        size = read_size(body)
    except Malformed:
        if offer.old != offer.checkpoint.size:
            raise
        size = offer.old  # the specification names no body for another tree of the same size
    if size == offer.old == offer.checkpoint.size:
        _contradicted(offer, f"It has cosigned another tree of size {size}.", now)
    elif size > offer.checkpoint.size:
        _ahead(offer, size, now)
    elif offer.is_second:
        _fail(offer, f"It said twice that its size is another one, now {size}.", now)
    else:
        WitnessState.objects.filter(name=offer.name).update(size=size, line="")
        return replace(offer, old=size, is_second=True)
    return None


def _ahead(offer: _Offer, size: int, now: datetime) -> None:
    """Ask later when a newer checkpoint was offered meanwhile; else we have lost what it has."""
    newest = proofs.latest_checkpoint()
    if newest is None or newest.size < size:
        message = f"It has cosigned size {size}, and we have only {offer.checkpoint.size}."
        _contradicted(offer, message, now)
        return
    state = WitnessState.objects.filter(name=offer.name, size__lt=size)
    state.update(size=size, line="")
    WitnessState.objects.filter(name=offer.name).update(next_at=now)


def _contradicted(offer: _Offer, message: str, now: datetime) -> None:
    """Raise the alarm: there are two histories, or two databases."""
    told = f"The witness {offer.name} contradicts our log. {message}"
    alarms.raise_alarm(code=CONTRADICTS, about=_about(offer), message=told, at=now)
    _fail(offer, message, now)


def _fail(offer: _Offer, message: str, now: datetime) -> None:
    """Note what went wrong, and ask again later: after 1, 2, 4, … seconds."""
    state = WitnessState.objects.get(name=offer.name)
    pause_s = min(2 ** min(state.failures, _DOUBLINGS_MAX), BACKOFF_S_MAX)
    state.failures += 1
    state.answer, state.answered_at = message[:_SAID_CHARACTERS], now
    state.next_at = now + timedelta(seconds=pause_s)
    state.save(update_fields=["failures", "answer", "answered_at", "next_at"])


def _about(offer: _Offer) -> str:
    return f"witness {offer.name}"[:128]


def _words(said: Said) -> str:
    """An answer for people: its status, and the first line of its text."""
    text = said.body.decode("utf-8", "replace").partition("\n")[0]
    return "".join(one for one in f"It says {said.status}: {text}" if one.isprintable())
