from supplychain.web.svg import element, line, rect, text


def test_attributes_are_quoted_and_named_as_svg_does() -> None:
    assert element("path", d='a"b<', stroke_width=2, class_="x") == (
        """<path d='a"b&lt;' stroke-width="2" class="x"/>"""
    )


def test_content_is_markup() -> None:
    assert element("g", element("a"), id="i") == '<g id="i"><a/></g>'


def test_lengths_have_at_most_two_decimals() -> None:
    assert line((1.0, 2.5), (1 / 3, 0), stroke="red") == (
        '<line x1="1" y1="2.5" x2="0.33" y2="0" stroke="red"/>'
    )


def test_a_rectangle_is_given_by_its_edges() -> None:
    assert (
        rect(1, 2, 11, 22, fill="none") == '<rect x="1" y="2" width="10" height="20" fill="none"/>'
    )


def test_words_are_escaped_and_stand_out_from_lines() -> None:
    svg = text("a<b&c", 1, 2)
    assert ">a&lt;b&amp;c</text>" in svg
    assert 'paint-order="stroke"' in svg
