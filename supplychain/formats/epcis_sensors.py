"""Sensor elements of an event (EPCIS 2.0, section 7.3.7)."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from supplychain.formats import cbv, epcis_values
from supplychain.formats.epcis_document import Scalar, SensorElement, SensorFacts
from supplychain.formats.epcis_members import Members, given, only
from supplychain.formats.errors import FormatError

Reader = Callable[[Members, str], Scalar | None]


def _text(reader: Callable[[str], Scalar]) -> Reader:
    return partial(_read_text, reader)


def _read_text(reader: Callable[[str], Scalar], has: Members, name: str) -> Scalar | None:
    return given(has, name, reader)


_TIME: Final = _text(epcis_values.moment)
_URI: Final = _text(epcis_values.uri)


def _number(has: Members, name: str) -> Scalar | None:
    return has.number(name)


def _flag(has: Members, name: str) -> Scalar | None:
    return has.flag(name)


_METADATA: Final[Mapping[str, Reader]] = {
    "time": _TIME,
    "startTime": _TIME,
    "endTime": _TIME,
    "deviceID": _URI,
    "deviceMetadata": _URI,
    "rawData": _URI,
    "dataProcessingMethod": _URI,
    "bizRules": _URI,
}
_REPORT: Final[Mapping[str, Reader]] = {
    "type": _text(partial(cbv.word, cbv.MEASUREMENTS)),
    "exception": _text(partial(cbv.word, cbv.MEASUREMENTS)),
    "time": _TIME,
    "value": _number,
    "minValue": _number,
    "maxValue": _number,
    "meanValue": _number,
    "sDev": _number,
    "percRank": _number,
    "percValue": _number,
    "uom": _text(epcis_values.plain),
    "component": _text(partial(cbv.word, cbv.COMPONENTS)),
    "stringValue": _text(epcis_values.plain),
    "booleanValue": _flag,
    "hexBinaryValue": _text(epcis_values.hexadecimal),
    "uriValue": _URI,
    "deviceID": _URI,
    "deviceMetadata": _URI,
    "rawData": _URI,
    "dataProcessingMethod": _URI,
    "bizRules": _URI,
    "microorganism": _URI,
    "chemicalSubstance": _URI,
    "coordinateReferenceSystem": _URI,
}


def sensors(has: Members) -> tuple[SensorElement, ...]:
    """Return the sensor elements of an event, in their order."""
    return tuple(_element(one) for one in has.records("sensorElementList"))


def _element(has: Members) -> SensorElement:
    only(has, ("sensorMetadata", "sensorReport"))
    metadata = has.record("sensorMetadata")
    reports = has.records("sensorReport")
    if not reports:
        message = "A sensor element without a sensorReport; add one."
        raise FormatError("MEMBER_MISSING", message, place=has.place())
    return SensorElement(
        metadata=_facts(_METADATA, metadata) if metadata else None,
        reports=tuple(_facts(_REPORT, one) for one in reports),
        extensions=has.extensions(),
    )


def _facts(readers: Mapping[str, Reader], has: Members) -> SensorFacts:
    """Return the members that are there, in the order of the standard's table."""
    only(has, readers)
    named = has.names()
    found = [(name, read(has, name)) for name, read in readers.items() if name in named]
    members = tuple((name, value) for name, value in found if value is not None)
    return SensorFacts(members, has.extensions())
