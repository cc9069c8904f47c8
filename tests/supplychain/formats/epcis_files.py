"""EPCIS 1.2 files as partners might send them, good and bad, made on the spot."""

NAMESPACE = "urn:epcglobal:epcis:xsd:1"
CBV = "urn:epcglobal:cbv"
MAKER = "urn:epc:id:sgln:0614141.00001.0"
BUYER = "urn:epc:id:sgln:0614141.00002.0"
PALLET = "urn:epc:id:sscc:0614141.1234567890"
LOT_MEMBERS = (
    '<m:lotNumber xmlns:m="urn:epcglobal:cbv:mda">L1</m:lotNumber>'
    '<m:itemExpirationDate xmlns:m="urn:epcglobal:cbv:mda">2028-02-29</m:itemExpirationDate>'
)
DECLARED_WRONG = (
    "<errorDeclaration><declarationTime>2026-11-21T08:00:00Z</declarationTime></errorDeclaration>"
)


def pack(serial: int) -> str:
    return f"urn:epc:id:sgtin:0614141.012345.{serial}"


def case(serial: int) -> str:
    return f"urn:epc:id:sgtin:0614141.112345.{serial}"


def document(*events: str, header: str = "", attributes: str = "") -> bytes:
    """A file with these events; `attributes` takes the place of the root's own."""
    attributes = attributes or 'schemaVersion="1.2" creationDate="2026-11-21T08:00:00Z"'
    return (
        f'<e:EPCISDocument xmlns:e="{NAMESPACE}" {attributes}>{header}'
        f"<EPCISBody><EventList>\n{chr(10).join(events)}\n</EventList></EPCISBody>"
        "</e:EPCISDocument>"
    ).encode()


def event(kind: str, *members: str, minute: int = 0) -> str:
    time = f"<eventTime>2026-11-20T08:{minute:02d}:00Z</eventTime>"
    zone = "<eventTimeZoneOffset>+00:00</eventTimeZoneOffset>"
    return f"<{kind}>{time}{zone}{''.join(members)}</{kind}>"


def step(action: str, biz_step: str) -> str:
    return f"<action>{action}</action><bizStep>{CBV}:bizstep:{biz_step}</bizStep>"


def epcs(*codes: str, name: str = "epcList") -> str:
    return f"<{name}>{''.join(f'<epc>{code}</epc>' for code in codes)}</{name}>"


def born(*codes: str, ilmd: str = LOT_MEMBERS, minute: int = 0, more: str = "") -> str:
    extension = f"<extension>{more}<ilmd>{ilmd}</ilmd></extension>"
    return event(
        "ObjectEvent", epcs(*codes), step("ADD", "commissioning"), extension, minute=minute
    )


def packed(parent: str, *codes: str, minute: int = 1, action: str = "ADD", more: str = "") -> str:
    return event(
        "AggregationEvent",
        f"<parentID>{parent}</parentID>" if parent else "",
        epcs(*codes, name="childEPCs"),
        step(action, "packing" if action == "ADD" else "unpacking"),
        more,
        minute=minute,
    )


def seen(*codes: str, biz_step: str = "storing", minute: int = 2, more: str = "") -> str:
    return event("ObjectEvent", epcs(*codes), step("OBSERVE", biz_step), more, minute=minute)


def parties(giver: str = MAKER, receiver: str = BUYER) -> str:
    owner = f'type="{CBV}:sdt:owning_party"'
    return (
        f"<extension><sourceList><source {owner}>{giver}</source></sourceList><destinationList>"
        f"<destination {owner}>{receiver}</destination></destinationList></extension>"
    )


def shipped(
    *codes: str, minute: int = 5, giver: str = MAKER, receiver: str = BUYER, more: str = ""
) -> str:
    members = parties(giver, receiver) + more
    return seen(*codes, biz_step="shipping", minute=minute, more=members)


def linked(*codes: str) -> str:
    order = "<bizTransaction>urn:epcglobal:cbv:bt:0614141000012:7</bizTransaction>"
    orders = f"<bizTransactionList>{order}</bizTransactionList>"
    return event("TransactionEvent", orders, epcs(*codes), step("ADD", "encoding"))


def associated(*codes: str) -> str:
    members = (
        f"<parentID>{PALLET}</parentID>",
        epcs(*codes, name="childEPCs"),
        step("ADD", "other"),
    )
    return f"<extension>{event('AssociationEvent', *members)}</extension>"


def transformed(*members: str, ilmd: str = LOT_MEMBERS, minute: int = 3) -> str:
    """Some goods become others: `inputs`, `outputs`."""
    step_ = f"<bizStep>{CBV}:bizstep:repackaging</bizStep>"
    made = event("TransformationEvent", *members, step_, f"<ilmd>{ilmd}</ilmd>", minute=minute)
    return f"<extension>{made}</extension>"


def inputs(*codes: str, **lots: int) -> str:
    """What goes in: packs, and units of lots without serials."""
    return epcs(*codes, name="inputEPCList") + counted("inputQuantityList", lots)


def outputs(*codes: str, **lots: int) -> str:
    """What comes out."""
    return epcs(*codes, name="outputEPCList") + counted("outputQuantityList", lots)


def counted(name: str, lots: dict[str, int]) -> str:
    """A list of units without serials, by lot number; nothing where there are none."""
    amounts = "".join(
        f"<quantityElement><epcClass>urn:epc:class:lgtin:0614141.012345.{lot}</epcClass>"
        f"<quantity>{count}</quantity></quantityElement>"
        for lot, count in lots.items()
    )
    return f"<{name}>{amounts}</{name}>" if lots else ""
