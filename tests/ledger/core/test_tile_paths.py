"""Names of tiles: one spelling each, and the tiles that belong to a tree of a size."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import Malformed
from ledger.core.tile_paths import TilePath, filled_tiles, headers, new_bundles, new_tiles

SIZES = st.integers(0, 2**40)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tile/0/x001/x234/067", TilePath(0, 1234067)),  # the standard's own example
        ("tile/0/000", TilePath(0, 0)),
        ("tile/0/000.p/1", TilePath(0, 0, 1)),
        ("tile/63/999.p/255", TilePath(63, 999, 255)),
        ("tile/1/x001/000", TilePath(1, 1000)),
        ("tile/entries/x273/112.p/9", TilePath(0, 273112, 9, entries=True)),
    ],
)
def test_a_path_has_one_spelling(text: str, path: TilePath) -> None:
    assert TilePath.parse(text) == path
    assert str(path) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/X001/002",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/99/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/000.P/1",
        "tile/0/000\n",
        "tile/0/000 ",
        " tile/0/000",
        "/tile/0/000",
        "tile//000",
        "tile/0//000",
        "tile/0/../0/000",
        "tile/0/٠٠٠",
        "tile/٠/000",
        "tile/entries",
        "tile/entries/",
        "tile/Entries/000",
        "tile/data/000",
        "tile/0/" + "x001/" * 20 + "000",
        "tile/0/" + "x999/" * 5_000 + "999",
    ],
)
def test_another_spelling_is_no_path(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        TilePath.parse(text)
    assert refused.value.code == "TILE_PATH_MALFORMED"


PATHS = st.builds(
    TilePath, st.integers(0, 63), st.integers(0, 2**53), st.integers(1, 256)
) | st.builds(TilePath, st.just(0), st.integers(0, 2**53), st.integers(1, 256), st.just(value=True))


@given(PATHS)
def test_every_path_is_read_as_it_was_written(path: TilePath) -> None:
    assert TilePath.parse(str(path)) == path


@given(st.text(st.sampled_from("tile/entries/0123x.p/\n٣"), max_size=40))
def test_whatever_is_read_as_a_path_is_written_like_that(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert str(TilePath.parse(text)) == text


def names(size: int) -> list[str]:
    return [str(path) for path in new_tiles(0, size)]


def test_a_tree_of_70000_has_the_tiles_of_the_standards_example() -> None:
    found = names(70_000)
    assert len(found) == 273 + 1 + 1 + 1 + 1
    assert found[272:] == [
        "tile/0/272",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_1_above() -> None:
    assert names(256) == ["tile/0/000", "tile/1/000.p/1"]
    assert names(0) == []


def test_what_a_tree_had_before_is_not_new() -> None:
    assert [str(path) for path in new_tiles(255, 257)] == [
        "tile/0/000",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
    ]
    assert [str(path) for path in new_tiles(256, 300)] == ["tile/0/001.p/44"]
    assert [str(path) for path in new_bundles(256, 600)] == [
        "tile/entries/001",
        "tile/entries/002.p/88",
    ]


@given(st.integers(0, 70_000), st.integers(0, 3_000))
def test_new_tiles_are_exactly_those_that_the_older_tree_has_not(old: int, more: int) -> None:
    new = old + more
    assert set(new_tiles(old, new)) == set(new_tiles(0, new)) - set(new_tiles(0, old))


@given(SIZES, st.integers(0, 70_000))
def test_new_tiles_are_in_the_tree_and_a_wider_one_is_not(old: int, more: int) -> None:
    for path in new_tiles(old, old + more):
        assert path.is_in_tree(old + more)
        if not path.is_full:
            assert not TilePath(path.level, path.number, path.width + 1).is_in_tree(old + more)


@given(st.integers(0, 70_000), st.integers(0, 3_000))
def test_tiles_that_were_filled_were_partial_before_and_are_full_now(old: int, more: int) -> None:
    before = {path.place for path in new_tiles(0, old) if not path.is_full}
    after = {path.place for path in new_tiles(0, old + more) if path.is_full}
    filled = list(filled_tiles(old, old + more))
    assert {path.place for path in filled if not path.entries} == before & after
    assert {path.place for path in filled if path.entries} == {
        place for place in before & after if place[0] == 0
    }


def test_a_tile_of_hashes_above_the_leaves_has_no_bundle_when_it_is_filled() -> None:
    assert list(filled_tiles(255 * 256, 257 * 256)) == [TilePath(1, 0)]


def test_the_partial_versions_of_a_tile_share_a_beginning() -> None:
    for width in (1, 255):
        path = TilePath(0, 7, width, entries=True)
        assert str(path).startswith(path.partials)
    assert TilePath(1, 7).partials == "tile/1/007.p/"


def test_tiles_are_kept_for_ever_and_the_checkpoint_for_seconds() -> None:
    for_ever = "public, max-age=31536000, immutable"
    octets, text = "application/octet-stream", "text/plain; charset=utf-8"
    assert headers("tile/0/000.p/1") == {"Content-Type": octets, "Cache-Control": for_ever}
    assert headers("checkpoint") == {"Content-Type": text, "Cache-Control": "public, max-age=1"}
