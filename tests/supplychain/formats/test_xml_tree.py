import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.formats import xml_tree
from supplychain.formats.errors import FormatError

BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><z>&c;</z>"""
EXTERNAL_ENTITY = b'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><z>&x;</z>'
EXTERNAL_SUBSET = b'<!DOCTYPE z SYSTEM "http://example.com/evil.dtd"><z/>'
PARAMETER_ENTITY = b'<!DOCTYPE z [<!ENTITY % p SYSTEM "http://example.com/p"> %p;]><z/>'


def refused(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        xml_tree.read(data)
    return caught.value


def test_elements_have_namespace_text_children_and_line() -> None:
    root = xml_tree.read(
        b'<a xmlns="urn:x" k="v" xmlns:p="urn:p" p:q="w">\n<b> one </b>\n<c><b/></c></a>'
    )
    assert (root.namespace, root.name, root.attributes, root.line) == (
        "urn:x",
        "a",
        {"k": "v", "urn:p q": "w"},
        1,
    )
    assert [(n.name, n.text, n.line) for n in root.children] == [("b", "one", 2), ("c", "", 3)]
    assert root.first("c", "b") is root.children[1].children[0]
    assert root.first("b", "c") is None
    assert root.first("d", "b") is None


@pytest.mark.parametrize(
    "data", [BILLION_LAUGHS, EXTERNAL_ENTITY, EXTERNAL_SUBSET, PARAMETER_ENTITY]
)
def test_document_types_and_entities_are_refused(data: bytes) -> None:
    assert refused(data).code == "ENTITIES_REFUSED"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&x;</a>",
        b"<a b=1/>",
        b"\x00",
        b"a",
        b"<a>\xff</a>",
    ],
)
def test_what_is_not_well_formed_is_refused(data: bytes) -> None:
    assert refused(data).code == "NOT_XML"


@pytest.mark.parametrize("encoding", ["nonsense", "utf-7", "shift_jis", "idna", "punycode"])
def test_encodings_that_cannot_be_read_are_refused(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode()
    assert refused(head + b"<a>+ADw-\x80</a>").code == "NOT_XML"


def test_the_line_of_a_fault_is_told() -> None:
    error = refused(b"<a>\n\n<b></c></a>")
    assert error.place == "Line 3"
    assert error.message.startswith("Line 3: ")


def test_depth_is_bounded() -> None:
    deepest = xml_tree.DEPTH_MAX
    assert xml_tree.read(b"<a>" * deepest + b"</a>" * deepest).name == "a"
    assert refused(b"<a>" * (deepest + 1) + b"</a>" * (deepest + 1)).code == "TOO_DEEP"


def test_elements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_tree, "ELEMENTS_MAX", 100)
    assert xml_tree.read(b"<a>" + b"<b/>" * 99 + b"</a>").name == "a"
    assert refused(b"<a>" + b"<b/>" * 100 + b"</a>").code == "TOO_LARGE"


def test_bytes_are_bounded() -> None:
    assert refused(b" " * (xml_tree.BYTES_MAX + 1)).code == "TOO_LARGE"


@given(st.binary(max_size=200) | st.text("<>/a&;! []\"'x=-?", max_size=80).map(str.encode))
def test_no_bytes_do_more_than_raise_the_documented_error(data: bytes) -> None:
    try:
        xml_tree.read(data)
    except FormatError as error:
        assert error.code in {"NOT_XML", "ENTITIES_REFUSED"}  # noqa: PT017 - either way is right
