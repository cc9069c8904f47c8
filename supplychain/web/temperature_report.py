"""What an auditor takes along on paper: the temperature of one leg, or of a lot on its whole way.

Nothing in it is new: it says what the signed entries and the readings say, where these are in the
log, and how to check that without us. The same facts give the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from reportlab.platypus import Flowable

from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import Receive, Ship
from supplychain.queries.chains import Chain
from supplychain.queries.readings import LegReadings, legs_of
from supplychain.web.leg_page import (
    NO_NAMES,
    Decision,
    Names,
    budget,
    decisions,
    loggers,
    signed_facts,
)
from supplychain.web.pdf_document import (
    WIDTH,
    document,
    facts,
    grid,
    heading,
    paragraph,
    part,
    space,
)
from supplychain.web.pdf_drawing import Drawing
from supplychain.web.temperatures import (
    facts_of,
    leg_chart,
    said_of,
    span,
    title_of,
    too_many_to_draw,
)
from supplychain.web.wording import by_name, day, lasting, moment

_CHECK = (
    "1. Download the evidence of the lot: one file with every signed entry and its proofs.",
    "2. Run: python -m ledger.verifier evidence.json --policy policy.json. It needs no network.",
    "3. Compare the log's size and root with a checkpoint that you or a witness have kept.",
    "4. Find the entries of this report by their ids: root, summary and outcome are signed there.",
    "5. Have the readings, or one with its proof, from who keeps them; hold them against the root.",
)


def leg_report(
    chain: Chain, leg: LegReadings, at: datetime, site: str, names: Names = NO_NAMES
) -> bytes:
    """The PDF about one leg; `site` is where this system is reached, `at` when it was asked.

    `names` are the people who decided, by their entries, as far as the reader may know them.
    """
    title = f"Temperature report: {title_of(leg, by_name)}"
    content = [
        heading(title),
        *_goods(chain, leg),
        part("Parties"),
        facts(_parties(chain, [leg])),
        *_one(chain, leg),
        *_decided(decisions(chain, leg.act.entry_id, names)),
        *_verify(chain, at, site),
    ]
    return document(title, _foot(chain, at), content)


def lot_report(
    chain: Chain, at: datetime, site: str, names: Names = NO_NAMES, *, whole: bool = True
) -> bytes:
    """The PDF about all legs of a lot; where there is too much to draw, they are listed only.

    That it is not the `whole` of what the reader had of the lot is told.
    """
    legs = legs_of(chain, set(chain.history.acts))
    title = f"Temperature report: lot {chain.key.lot}"
    drawn = () if too_many_to_draw(legs) else legs
    decided = [one for leg in legs for one in decisions(chain, leg.act.entry_id, names)]
    content = [
        heading(title),
        *_goods(chain, legs[0] if legs else None),
        part("Parties"),
        facts(_parties(chain, legs)),
        part("Legs"),
        *([] if whole else [paragraph(_NEWEST), space()]),
        _table_of(chain, legs),
        *([] if drawn else [space(), paragraph(_OF_THEIR_OWN)]),
        *(flowable for leg in drawn for flowable in _one(chain, leg)),
        *_decided(dict.fromkeys(decided)),
        *_verify(chain, at, site),
    ]
    return document(title, _foot(chain, at), content)


_NEWEST = "You had more of this lot than one report tells of: these are the newest goods' legs."
_OF_THEIR_OWN = "There are too many readings to draw them all: each leg has a report of its own."


def _goods(chain: Chain, leg: LegReadings | None) -> Iterator[Flowable]:
    lot = chain.lot
    yield part("Goods")
    rows = [("GTIN", str(chain.key.gtin)), ("Lot", str(chain.key.lot))]
    if lot is not None:
        product = lot.product
        rows = [
            ("Product", f"{product.name} {product.strength}, {product.form}"),
            *rows,
            ("Expiry", day(lot.expiry.on)),
            ("Storage", leg.profile.name if leg else product.profile),
            ("Storage profile", product.profile),
        ]
    yield facts(rows)


def _parties(chain: Chain, legs: Iterable[LegReadings]) -> list[tuple[str, str]]:
    """The maker, and who gave and took on these legs."""
    found: dict[str, list[str]] = {}
    if chain.lot is not None:
        found.setdefault(str(chain.lot.maker), []).append("maker")
    for leg in legs:
        for gln, role in _roles(chain, leg):
            if role not in (known := found.setdefault(str(gln), [])):
                known.append(role)
    return [(", ".join(roles).capitalize(), _named(chain, gln)) for gln, roles in found.items()]


def _roles(chain: Chain, leg: LegReadings) -> Iterator[tuple[Gln, str]]:
    said = leg.act.statement
    if isinstance(said, Receive):
        yield chain.history.made[leg.act.consumes[0]].holder, "giver"
    yield leg.act.signer.gln, {Ship: "giver", Receive: "receiver"}.get(type(said), "holder")
    if isinstance(said, Ship):
        yield said.to, "receiver"


def _named(chain: Chain, gln: str) -> str:
    signers = (act.signer for act in chain.history.acts.values())
    party = chain.parties.get(gln) or next((one for one in signers if str(one.gln) == gln), None)
    return f"{party.name}, GLN {gln}" if party else f"GLN {gln}"


def _table_of(chain: Chain, legs: Sequence[LegReadings]) -> Flowable:
    rows = [
        (
            title_of(leg, by_name),
            _when(leg),
            said_of(leg).capitalize(),
            span([leg]),
            f"{leg.count:,}",
            _index(chain.index_of.get(leg.act.entry_id)),
        )
        for leg in legs
    ]
    head = ("Leg", "From and to", "Outcome", "Lowest and highest", "Readings", "Entry")
    return grid(head, rows, (0.22, 0.25, 0.21, 0.14, 0.11, 0.07))


def _when(leg: LegReadings) -> str:
    covers = leg.claim.covers if leg.claim else None
    return f"{moment(covers.start)} to {moment(covers.end)}" if covers else ""


def _one(chain: Chain, leg: LegReadings) -> Iterator[Flowable]:
    """A leg with its chart, what it shows, its loggers, the budget, and what was signed."""
    yield part(f"{title_of(leg, by_name)}: {said_of(leg)}")
    if leg.judgement is not None and leg.series:
        yield Drawing(leg_chart(leg), WIDTH)
        yield space()
        yield facts([*facts_of(leg.series, leg.profile, leg.judgement), *_kinetic(leg)])
    if rows := list(budget(leg)):
        yield part("Stability budget")
        yield grid(("Band", "On this leg", "So far in all", "Allowed"), rows, (0.25,) * 4)
    if series := loggers(leg):
        yield part("Loggers")
        head = ("Logger", "Readings", "One every", "From and to", "Calibrated")
        cells = [(one.device, one.readings, one.every, one.when, one.calibrated) for one in series]
        yield grid(head, cells, (0.2, 0.12, 0.13, 0.37, 0.18))
    yield part("What was signed")
    roots = [(f"Root of {one.device}", one.root) for one in series]
    files = [(f"File of {one.device}", one.file) for one in series if one.file]
    cuts = [(f"Not cited of {one.device}", one.left_out) for one in series if one.left_out]
    yield facts([*signed_facts(chain, leg), *roots, *files, *cuts])


def _kinetic(leg: LegReadings) -> Iterator[tuple[str, str]]:
    """The inputs of the mean kinetic temperature, where the profile asks for one."""
    mean = leg.judgement.mkt if leg.judgement else None
    if mean is None:
        return
    yield (
        "Its inputs",
        (
            f"{mean.count:,} readings from {moment(mean.at.start)} to {moment(mean.at.end)}, "
            f"{mean.coverage_e4 / 100:g} % of a window of {lasting(mean.window_s / 60)}; "
            f"heat of activation {mean.dh_j_mol:,} J/mol, "
            f"gas constant {mean.r_e7 / 10**7:.7f} J/(mol K)"
        ),
    )
    if mean.value_e4_c is not None:
        yield "To four places", f"{mean.value_e4_c / 10_000:.4f} °C".replace("-", "−")


def _decided(found: Iterable[Decision]) -> Iterator[Flowable]:
    rows = [(_by(one), one.when, one.reason, one.entry_id, _index(one.index)) for one in found]
    yield part("Decisions of quality")
    if not rows:
        yield paragraph("None was signed.")
        return
    yield grid(
        ("By", "When", "Reason", "Id of the entry", "Index"), rows, (0.18, 0.17, 0.3, 0.27, 0.08)
    )


def _by(one: Decision) -> str:
    return f"{one.people}, {one.by}" if one.people else one.by


def _verify(chain: Chain, at: datetime, site: str) -> Iterator[Flowable]:
    yield part("How to check this without us")
    signed = chain.checkpoint
    where = f"{site}/api/v1/lots/{chain.key.gtin}/{chain.key.lot}/evidence"
    rows = [("Evidence", where), ("Policy", f"{site}/policy.json")]
    if signed is not None:
        rows += [("Log", signed.origin), ("Size", str(signed.size)), ("Root", signed.root.hex())]
    rows += [
        ("Wrong with the evidence", ", ".join(chain.errors or ()) or "nothing was found"),
        ("Made at", moment(at)),
    ]
    yield facts(rows)
    yield space()
    for step in _CHECK:
        yield paragraph(step)


def _index(index: int | None) -> str:
    return "not yet" if index is None else str(index)


def _foot(chain: Chain, at: datetime) -> str:
    return f"Unbroken · GTIN {chain.key.gtin}, lot {chain.key.lot} · made at {moment(at)}"
