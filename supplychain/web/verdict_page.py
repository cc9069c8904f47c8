"""From the answer of a scan to the page that shows it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse

from supplychain.domain.findings import Finding
from supplychain.domain.lot_state import Act
from supplychain.domain.lots import Lot
from supplychain.domain.reasons import Reason, Severity, Tick
from supplychain.domain.statements import HoldPlace, LotRegister, QualityRelease, RecallIssue
from supplychain.domain.verdicts import TickState, VerdictCode
from supplychain.queries.profiles import known_profile
from supplychain.queries.scans import PackStory, ScanResult
from supplychain.queries.usable import USABLE
from supplychain.web.custody_steps import gist, steps
from supplychain.web.evidence import evidence_url
from supplychain.web.findings import FINDINGS
from supplychain.web.legs import leg_url
from supplychain.web.pages import FindingLine, Goods, TickLine, VerdictPage
from supplychain.web.readable import pieces
from supplychain.web.temperatures import (
    excursion_in_words,
    leg_lines,
    leg_plots,
    span,
    temperature_gist,
)
from supplychain.web.wording import (
    FACTS,
    LEFT_OUT,
    WORDS,
    by_name,
    by_role,
    day,
    in_words,
    moment,
)

RETRIES_MAX = 5
WAITING = frozenset({"NOT_YET_LOGGED", "NOT_WITNESSED"})
FORMS = {
    "element": "A GS1 code",
    "bracketed": "Typed in brackets",
    "digital_link": "A GS1 Digital Link",
}
SEVERITIES = {
    Severity.STOP: "error",
    Severity.CANNOT_CHECK: "warning",
    Severity.SCAN_AGAIN: "warning",
    Severity.CAUTION: "warning",
    Severity.INFO: "info",
}
TICKS = {
    Tick.GENUINE: "Genuine",
    Tick.CUSTODY: "Custody unbroken",
    Tick.FIT: "Fit (cold chain)",
}
_FACTS_A_TICK = 2


def page_of(result: ScanResult, *, retried: int = 0, nonce: str = "") -> VerdictPage:
    """The page of a scan; `retried` is how often it has asked again by itself.

    `nonce` is for the form that dispenses the pack, by somebody who may.
    """
    verdict, read = result.verdict, result.scanned
    name, url = by_name if result.named else by_role, partial(_leg_url, result)
    return VerdictPage(
        code=verdict.code.value,
        word=WORDS[verdict.code],
        sentence=verdict.sentence,
        codes=tuple(one.code for one in verdict.reasons if one.severity is not Severity.INFO),
        text=result.text,
        read=pieces(result.text),
        read_gist=FORMS[read.form] if read else "Not readable as one GS1 code",
        checked_at=result.at,
        log_size=result.checkpoint.size if result.checkpoint else None,
        complete_to=result.complete_to,
        witnessed_at=result.witnessed_at,
        goods=_goods(result.lot) if result.lot else None,
        gtin=str(read.gtin) if read else "",
        lot=str(read.lot or "") if read else "",
        expiry=_expiry(result),
        expiry_label="Expiry" if read and read.expiry else "Expiry, as registered",
        serial=str(read.serial or "") if read else "",
        pack_facts=tuple(_pack_facts(result.pack)),
        nonce=nonce if _dispensable(result) else "",
        ticks=_ticks(result) if read else (),
        steps=steps(result),
        custody_gist=gist(result.acts),
        legs=leg_plots(result.legs, name, url),
        leg_lines=leg_lines(result.legs, name, url),
        temperature_gist=temperature_gist(result.legs),
        findings=tuple(_findings(result)),
        evidence_url=_evidence(result),
        retry_url=_retry(result, retried),
        ask_url=_ask(result),
    )


def _goods(lot: Lot) -> Goods:
    product = lot.product
    profile = known_profile(product.profile)
    kept = profile.name if profile else product.profile
    return Goods(product.name, product.strength, product.form, kept)


def _pack_facts(pack: PackStory | None) -> Iterator[str]:
    if pack is None:
        return
    yield "The maker registered this very pack by its serial number."
    if pack.by_label is not None:
        seen = "by the label of its container: the pack itself was not read"
        yield f"It was last received {seen if pack.by_label else 'as a pack of its own'}."
    if pack.container is not None:
        yield f"By the packing records it is in {in_words(pack.container)}, and moves with that."


def _dispensable(result: ScanResult) -> bool:
    """Whether the pack may go to a patient: in the asker's stock, not packed, and good enough."""
    pack, code = result.pack, result.verdict.code
    usable = code in USABLE or code is VerdictCode.ALREADY_SCANNED_HERE
    return usable and pack is not None and pack.held and pack.container is None


def _expiry(result: ScanResult) -> str:
    if result.scanned and result.scanned.expiry:
        return day(result.scanned.expiry)
    return day(result.lot.expiry.on) if result.lot else ""


def _evidence(result: ScanResult) -> str:
    key = result.scanned.key if result.scanned else None
    return evidence_url(key) if key and result.evidence_available else ""


def _leg_url(result: ScanResult, entry: str) -> str:
    key = result.scanned.key if result.scanned else None
    return leg_url(key, entry) if key and result.evidence_available else ""


def _retry(result: ScanResult, retried: int) -> str:
    """Where the page asks again: only for an entry that a checkpoint will cover in a moment."""
    worst = next(iter(result.verdict.reasons), None)
    waits = worst is not None and worst.code in WAITING and not worst.details
    if not waits or retried >= RETRIES_MAX:
        return ""
    return f"/scan?{urlencode({'code': result.text, 'retry': retried + 1})}"


def _ask(result: ScanResult) -> str:
    """Where to ask about a whole product identifier of a maker who does not report here."""
    read = result.scanned
    if read is None or "MAKER_NOT_CONNECTED" not in result.verdict.codes:
        return ""
    whole = read.serial is not None and read.expiry is not None
    return f"{reverse('desk:ask')}?{urlencode({'code': result.text})}" if whole else ""


def _ticks(result: ScanResult) -> tuple[TickLine, ...]:
    verdict = result.verdict
    states = {
        Tick.GENUINE: verdict.genuine,
        Tick.CUSTODY: verdict.custody,
        Tick.FIT: verdict.fit,
    }
    return tuple(
        TickLine(TICKS[tick], state.value, _why(result, tick, state))
        for tick, state in states.items()
    )


def _why(result: ScanResult, tick: Tick, state: TickState) -> str:
    against = [
        fact_of(one, result)
        for one in result.verdict.reasons
        if one.tick is tick and one.severity is not Severity.INFO
    ]
    if against:
        return " ".join(against[:_FACTS_A_TICK])
    if state is TickState.UNKNOWN:
        return "Not answered while it is in doubt whether the pack is genuine."
    return {Tick.GENUINE: _genuine, Tick.CUSTODY: _custody, Tick.FIT: _fit}[tick](result)


def _genuine(result: ScanResult) -> str:
    name = by_name if result.named else by_role
    makers = [name(a.signer) for a in result.acts if isinstance(a.statement, LotRegister)]
    return f"Registered by {makers[0]}; every signature holds." if makers else ""


def _custody(result: ScanResult) -> str:
    return f"{gist(result.acts)}; each step is signed by the party that made it."


def _fit(result: ScanResult) -> str:
    extremes = span(result.legs)
    cold = f"Kept at {extremes}." if extremes else "No temperature readings are required."
    return f"Not recalled, not expired. {cold}"


_OUTSIDE = frozenset({"TEMPERATURE_EXCURSION", "TEMPERATURE_REVIEW", "FROZEN", "RELEASED_BY_QA"})


def fact_of(reason: Reason, result: ScanResult) -> str:
    """What was found, in a sentence, with what the signed entries say about it."""
    fact = FACTS.get(reason.code, "")
    if reason.code == "EVIDENCE_BROKEN" and "ENTRIES_LEFT_OUT" in reason.details:
        return LEFT_OUT
    if reason.code in WAITING and reason.details:
        return f"{fact} It has waited since {moment(datetime.fromisoformat(reason.details[0]))}."
    if reason.code in ("RECALLED", "ON_HOLD"):
        return " ".join([fact, *_stated(result.acts, reason.details)])
    if reason.code == "LOGGER_IN_DOUBT":
        return " ".join([fact, *(f"{FINDINGS[Finding(one)]}." for one in reason.details)])
    if reason.code in _OUTSIDE:
        words = (*_excursions(result, reason.details), *_decisions(result, reason.details))
        return " ".join([fact, *words])
    return fact


def _stated(acts: Iterable[Act], entries: tuple[str, ...]) -> Iterator[str]:
    for act in acts:
        if act.entry_id in entries and isinstance(act.statement, RecallIssue | HoldPlace):
            yield f"Reason given: {act.statement.reason.rstrip('.')}."


def _excursions(result: ScanResult, entries: tuple[str, ...]) -> Iterator[str]:
    elders = (leg for elder in result.elders for leg in elder.legs)
    for leg in (*result.legs, *elders):
        if leg.act.entry_id in entries:
            words = (excursion_in_words(leg), *(FINDINGS[one] for one in sorted(leg.beyond)))
            yield from (f"{one}." for one in words if one)


def _decisions(result: ScanResult, entries: tuple[str, ...]) -> Iterator[str]:
    """What quality decided on, in its own words: for those that may know who trades here.

    Who traded in the lots that this one was made of is not theirs to know.
    """
    if not result.named:
        return
    elders = (act for elder in result.elders for act in elder.decisions)
    for name, acts in ((by_name, result.acts), (by_role, elders)):
        for act in acts:
            said = act.statement
            if isinstance(said, QualityRelease) and set(said.entries) & set(entries):
                yield f"{name(act.signer)}, {moment(act.at)}: {said.reason.rstrip('.')}."


def _findings(result: ScanResult) -> Iterator[FindingLine]:
    for one in result.verdict.reasons:
        message = fact_of(one, result) or " ".join(one.details)
        yield FindingLine(one.code, SEVERITIES[one.severity], message)
    for found in result.findings:
        yield FindingLine(found.code, found.severity.value, found.message, found.entry_id)
    for sign in result.tampering:
        yield FindingLine(sign.code, "error", sign.message, sign.entry_id)
