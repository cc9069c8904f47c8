"""From the answer about a case or pallet to the page that shows it: exceptions only."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from supplychain.domain.barcodes import Label
from supplychain.domain.containers import Container
from supplychain.domain.lots import LotKey
from supplychain.domain.reasons import Severity, Tick
from supplychain.domain.together import WORST_FIRST, is_good
from supplychain.domain.verdicts import Verdict, VerdictCode
from supplychain.queries.contents import ContainerResult, PackAnswer, UnitsAnswer
from supplychain.web.pages import (
    FindingLine,
    Inside,
    Look,
    LotInside,
    TickLine,
    Trouble,
    VerdictPage,
)
from supplychain.web.readable import pieces
from supplychain.web.verdict_page import FORMS, SEVERITIES, TICKS
from supplychain.web.wording import FACTS, WORDS, day, in_words

NAMED_MAX = 50


def container_page(result: ContainerResult, label: Label, text: str) -> VerdictPage:
    """The page of a container that was scanned as this text."""
    verdict = result.verdict
    return VerdictPage(
        code=verdict.code.value,
        word=WORDS[verdict.code],
        sentence=verdict.sentence,
        codes=verdict.codes,
        text=text,
        read=pieces(text),
        read_gist=FORMS[label.form],
        checked_at=result.at,
        log_size=result.checkpoint.size if result.checkpoint else None,
        witnessed_at=result.witnessed_at,
        container=in_words(result.container),
        inside=_inside(result) if result.goods else None,
        ticks=tuple(_ticks(verdict)),
        findings=tuple(
            FindingLine(one.code, SEVERITIES[one.severity], FACTS[one.code])
            for one in verdict.reasons
        ),
    )


def look_of(verdict: Verdict) -> Look:
    """How a verdict looks."""
    return Look(verdict.code.value, WORDS[verdict.code])


def _ticks(verdict: Verdict) -> Iterator[TickLine]:
    states = {Tick.GENUINE: verdict.genuine, Tick.CUSTODY: verdict.custody, Tick.FIT: verdict.fit}
    for tick, state in states.items():
        against = [FACTS[one.code] for one in verdict.reasons if one.tick is tick]
        good = "" if against or state.value == "unknown" else "So it is for every pack inside."
        yield TickLine(TICKS[tick], state.value, " ".join(against[:2]) or good)


def _inside(result: ContainerResult) -> Inside:
    counted = Counter[VerdictCode]()
    for one in result.goods:
        counted[one.verdict.code] += one.count
    return Inside(
        packs=counted.total(),
        lots=tuple(_lots(result)),
        counts=tuple(
            (Look(code.value, WORDS[code]), counted[code])
            for code in WORST_FIRST
            if code in counted
        ),
        troubles=tuple(_troubles(result)),
    )


def _lots(result: ContainerResult) -> Iterator[LotInside]:
    for key, goods in groupby(result.goods, lambda one: one.packed.lot):
        lot = result.lots.get(key)
        expiry = day(lot.expiry.on) if lot else ""
        count = sum(one.count for one in goods)
        yield LotInside(_product(result, key), str(key.lot), expiry, count)


def _product(result: ContainerResult, key: LotKey) -> str:
    lot = result.lots.get(key)
    return f"{lot.product.name} {lot.product.strength}" if lot else f"GTIN {key.gtin}"


def _troubles(result: ContainerResult) -> Iterator[Trouble]:
    """Packs of one lot and case with which the same is wrong, together; the worst first."""
    bad = [one for one in result.goods if not is_good(one.verdict)]
    bad.sort(key=lambda one: (WORST_FIRST.index(one.verdict.code), *_likeness(one)))
    for _, those in groupby(bad, _likeness):
        yield _trouble(result, list(those))


def _likeness(one: PackAnswer | UnitsAnswer) -> tuple[LotKey, tuple[str, ...], Container]:
    return one.packed.lot, one.verdict.codes, one.packed.container


def _trouble(result: ContainerResult, packs: list[PackAnswer | UnitsAnswer]) -> Trouble:
    verdict, key = packs[0].verdict, packs[0].packed.lot
    named = packs[:NAMED_MAX]
    return Trouble(
        look=look_of(verdict),
        sentence=verdict.sentence,
        codes=tuple(one.code for one in verdict.reasons if one.severity is not Severity.INFO),
        what=f"{_product(result, key)} · lot {key.lot}{_case(result, packs[0])}",
        count=sum(one.count for one in packs),
        packs=tuple(one.name for one in named if one.name),
        more=len(packs) - len(named),
    )


def _case(result: ContainerResult, one: PackAnswer | UnitsAnswer) -> str:
    direct = one.packed.container
    return "" if direct == result.container else f" · in {in_words(direct)}"
