"""Whatever is sent: a document or a FormatError, and the lot story of whatever was read."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplychain.formats import epcis, json_tree
from supplychain.formats.errors import FormatError
from supplychain.formats.lot_story import plan_lot_story
from tests.nights import examples
from tests.supplychain.formats import epcis_2_files as files
from tests.supplychain.formats import epcis_files
from tests.supplychain.formats.test_epcis_2_0_xml import SEEN

EVENTS = (files.SEEN, files.PACKED, files.LINKED, files.MADE, files.FITTED, files.MEASURED)
GOOD = (
    files.document(*EVENTS),
    files.xml(SEEN),
    epcis_files.document(
        epcis_files.born(epcis_files.pack(1)),
        epcis_files.packed(epcis_files.PALLET, epcis_files.pack(1)),
        epcis_files.shipped(epcis_files.PALLET),
    ),
)


def read_or_refused(data: bytes) -> None:
    try:
        document = epcis.read(data)
    except FormatError as error:
        assert error.code  # noqa: PT017 - either way is right
        assert error.message.endswith(".")  # noqa: PT017
    else:
        answers = plan_lot_story(document).answers
        assert [a.position for a in answers] == [e.position for e in document.events]


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_never_more(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(GOOD))
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(start + 40, len(good))))
    put = data.draw(
        st.binary(max_size=4)
        | st.sampled_from(
            [b"<epc>", b"</action>", b"&lt;", b'"a":[],', b"null", b"[[", b"{}", b"7"]
        )
    )
    read_or_refused(good[:start] + put + good[end:])


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp037")
PIECES = (
    *("<epc>", "</action>", "<![CDATA[", "&lt;", "&#xD800;", "<!DOCTYPE x [<!ENTITY a 'b'>]>"),
    *("<x:y xmlns:x='urn:x'>", 'xmlns="urn:x"', 'xsi:nil="true"', "&a;", "DELETE", "\u0663"),
    *('"a":[],', "null", "[[", "{}", "7", '"\\ud800"', "NaN", "1e999", "-", "9" * 400),
    *(" ", "\0", "\ufeff", "urn:epc:id:sgtin:1.2.3"),
)


@st.composite
def damaged(draw: st.DrawFn, good: str) -> bytes:
    """The text with pieces taken out, put in, moved or said again, in some encoding."""
    text = good
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(start + 400, len(text))))
        there = draw(st.integers(0, len(text)))
        piece = draw(st.sampled_from(PIECES) | st.just(text[start:end]))
        cut = draw(st.booleans())
        text = text[:there] + piece + text[there:]
        text = text[:start] + text[end:] if cut else text
    return text.encode(draw(st.sampled_from(ENCODINGS)), "replace")


def test_the_samples_of_others_damaged_are_read_or_refused_and_never_more(shared: Path) -> None:
    samples = [
        path.read_text("utf-8") for path in sorted((shared / "samples/epcis").glob("*.[jx]*"))
    ]

    @settings(max_examples=examples(300))
    @given(st.sampled_from(samples).flatmap(damaged))
    def each(data: bytes) -> None:
        read_or_refused(data)

    each()


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
names = st.sampled_from(
    ["type", "epcList", "action", "ilmd", "readPoint", "sensorElementList", "quantityList", "x:y"]
) | st.text(max_size=6)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4)
)


@settings(max_examples=300)
@given(st.sampled_from(EVENTS), names, anything)
def test_any_value_of_any_member_is_read_or_refused(
    event: files.Said, name: str, value: object
) -> None:
    read_or_refused(files.document({**event, name: value}))
    read_or_refused(files.document(event, **{name: value}))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refused(data)
    read_or_refused(b"{" + data)


def test_values_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tree, "ELEMENTS_MAX", 100)
    assert json_tree.read(b"[" + b"0," * 97 + b"0]") is not None
    with pytest.raises(FormatError) as caught:
        json_tree.read(b"[" + b"0," * 100 + b"0]")
    assert caught.value.code == "TOO_LARGE"


def test_bytes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tree, "BYTES_MAX", 10)
    with pytest.raises(FormatError) as caught:
        epcis.read(files.document())
    assert caught.value.code == "TOO_LARGE"


def test_the_samples_of_others_end_as_they_should(shared: Path) -> None:
    found = sorted((shared / "samples" / "epcis").glob("*.[jx]*"))
    assert found
    for path in found:
        document = epcis.read(path.read_bytes())
        faults = [event.fault for event in document.events if event.fault]
        assert bool(faults) == ("invalid" in path.name), path.name
        assert len(plan_lot_story(document).answers) == len(document.events)
        for fault in faults:
            assert fault.place.startswith("/epcisBody/eventList/0/")
