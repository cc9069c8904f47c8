import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_judged import Stated
from supplychain.domain.excursions import Covers, judge
from supplychain.domain.intervals import Interval
from supplychain.domain.profiles import PROFILES, profile
from supplychain.web.chart import LARGE_MAX, HandOff, chart, moment_text
from supplychain.web.wording import day, degrees

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FRIDGE = profile("refrigerated-2-8/1")
SVG = "{http://www.w3.org/2000/svg}"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def logged(*values: float | None, device: str = "TT-1", step: int = 10) -> Series:
    return Series.of(
        device,
        [
            Reading(int(at(step * n).timestamp()), round(100 * value))
            for n, value in enumerate(values)
            if value is not None
        ],
    )


def draw(
    *series: Series,
    hand_offs: Sequence[HandOff] = (),
    covers: Covers | None = None,
    width: int = 720,
    height: int = 280,
    profile_id: str = FRIDGE.id,
) -> Element:
    storage = profile(profile_id)
    svg = chart(
        series,
        storage,
        judgement=judge(series, storage, covers),
        hand_offs=hand_offs,
        width=width,
        height=height,
    )
    return fromstring(svg)


def of(svg: Element, tag: str, kind: str = "") -> list[Element]:
    return [e for e in svg.iter(f"{SVG}{tag}") if not kind or e.get("class") == kind]


def words(svg: Element) -> list[str]:
    return [e.text or "" for e in of(svg, "text")]


def told(svg: Element) -> str:
    (desc,) = of(svg, "desc")
    return desc.text or ""


def points(line: Element) -> list[tuple[float, float]]:
    pairs = (point.split(",") for point in (line.get("points") or "").split())
    return [(float(x), float(y)) for x, y in pairs]


def test_it_is_one_image_with_title_and_description() -> None:
    svg = draw(logged(5, 9, 5), hand_offs=[HandOff(at(0), "Sent"), HandOff(at(20), "Received")])
    assert (svg.tag, svg.get("role")) == (f"{SVG}svg", "img")
    ids = {e.get("id") for e in svg.iter() if e.get("id")}
    assert set((svg.get("aria-labelledby") or "").split()) <= ids
    (title,) = of(svg, "title")
    assert title.text == ("Temperature from 21 Nov 2026, 08:00 UTC to 21 Nov 2026, 08:20 UTC")
    assert told(svg) == (
        "Storage: Refrigerated, 2 to 8 °C. There are readings outside the limits. "
        "Lowest 5.0 °C, highest 9.0 °C. "
        "Outside from 21 Nov 2026, 08:10 UTC to 21 Nov 2026, 08:10 UTC, peak 9.0 °C. "
        "Sent: 21 Nov 2026, 08:00 UTC. Received: 21 Nov 2026, 08:20 UTC."
    )


def test_a_strict_content_policy_lets_it_through() -> None:
    svg = draw(logged(5, 9, None, None, None, None, 5), hand_offs=[HandOff(at(0), "Sent")])
    assert not [e for e in svg.iter() if e.get("style") or e.tag in {f"{SVG}style", f"{SVG}script"}]
    assert not [k for e in svg.iter() for k in e.attrib if k.startswith("on") or "href" in k]


def test_names_from_outside_are_escaped() -> None:
    hostile = '<script>alert("12")</script>&'
    svg = draw(
        logged(5, 5, device="A<b>"), logged(5, 5, device="B"), hand_offs=[HandOff(at(0), hostile)]
    )
    assert not of(svg, "script")
    assert hostile[:27] + "…" in words(svg)
    assert "A<b>" in words(svg)
    assert f"{hostile}: 21 Nov 2026" in told(svg)


def test_a_gap_is_hatched_and_never_bridged_by_a_line() -> None:
    svg = draw(logged(5, 5, None, None, None, None, 6, 6))
    (gap,) = of(svg, "rect", "gap")
    left, right = (float(gap.get(k, "")) for k in ("x", "width"))
    assert gap.get("fill") == "url(#temperature-hatch)"
    lines = of(svg, "polyline", "readings")
    assert len(lines) == 2
    assert points(lines[0])[-1][0] <= left + 1.6
    assert points(lines[1])[0][0] >= left + right - 1.6
    assert "no readings" in words(svg)
    assert "No readings from 21 Nov 2026, 08:10 UTC to 21 Nov 2026, 09:00 UTC." in told(svg)


def test_time_that_is_not_covered_is_hatched() -> None:
    svg = draw(logged(5, 5), covers=(at(-60), at(70)))
    assert len(of(svg, "rect", "gap")) == 2


def test_what_is_outside_is_shaded_drawn_thick_and_labelled() -> None:
    svg = draw(logged(5, 9, 12, 9, 5, 1, 5))
    assert len(of(svg, "rect", "excursion")) == 2
    (thick,) = of(svg, "polyline", "outside")
    assert len(points(thick)) == 3
    assert len(of(svg, "circle", "point")) == 1
    assert {"12.0 °C", "1.0 °C"} <= set(words(svg))


def test_excursions_that_touch_are_shaded_once() -> None:
    svg = draw(logged(*[9, 5] * 1000), width=300)
    (shade,) = of(svg, "rect", "excursion")
    assert float(shade.get("width", "")) == pytest.approx(220, abs=2)
    assert len([word for word in words(svg) if word == "9.0 °C"]) == 1


def test_limits_are_drawn_and_named_and_the_band_between_them_filled() -> None:
    svg = draw(logged(5, 5))
    high, low = of(svg, "line", "limit")
    (band,) = of(svg, "rect", "band")
    assert float(band.get("y", "")) == float(high.get("y1", ""))
    bottom = float(band.get("y", "")) + float(band.get("height", ""))
    assert bottom == pytest.approx(float(low.get("y1", "")), abs=0.02)
    assert {"at most 8.0 °C", "at least 2.0 °C"} <= set(words(svg))


def test_one_limit_is_one_line_and_no_requirement_is_none() -> None:
    assert len(of(draw(logged(5, 5), profile_id="below-25/1"), "line", "limit")) == 1
    free = draw(logged(5, 5), profile_id="unmonitored/1")
    assert not of(free, "line", "limit")
    assert not of(free, "rect", "band")


def test_hand_offs_are_lines_with_labels_that_do_not_overlap() -> None:
    marks = [HandOff(at(n), f"Received by wholesaler {n}") for n in (0, 1, 2, 3, 60)]
    svg = draw(logged(5, 5, 5, 5, 5, 5, 5), hand_offs=marks)
    assert len(of(svg, "line", "hand-off")) == 5
    placed = [w for w in words(svg) if w.startswith("Received")]
    assert placed == [marks[n].label for n in (0, 1, 2, 4)]
    assert all(mark.label in told(svg) for mark in marks)


def test_a_long_series_is_drawn_by_its_extremes_in_each_column() -> None:
    values = [5.0] * 8640
    values[4321], values[5000] = 7.9, 2.1
    svg = draw(logged(*values, step=1))
    (line,) = of(svg, "polyline", "readings")
    drawn = points(line)
    assert len(drawn) <= 4 * 720
    ys = [y for _, y in drawn]
    low, high = (float(e.get("y1", "")) for e in of(svg, "line", "limit"))
    scale = (high - low) / 6
    assert min(ys) == pytest.approx(low + 0.1 * scale, abs=0.1)
    assert max(ys) == pytest.approx(high - 0.1 * scale, abs=0.1)
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)


def test_a_single_reading_is_a_point() -> None:
    svg = draw(logged(5))
    assert len(of(svg, "circle", "point")) == 1


def test_without_readings_it_says_so() -> None:
    svg = draw(covers=(at(0), at(60)))
    assert "no readings" in words(svg)
    assert "There are no readings." in told(svg)
    assert "no readings" in words(draw(profile_id="unmonitored/1"))


def test_two_devices_are_told_apart_by_their_dashes() -> None:
    svg = draw(logged(5, 5, device="A"), logged(6, 6, device="B"))
    dashes = [line.get("stroke-dasharray") for line in of(svg, "polyline", "readings")]
    assert len(set(dashes)) == 2
    assert {"A", "B"} <= set(words(svg))


def test_days_and_hours_cannot_be_misread() -> None:
    svg = draw(logged(*[5] * 300))
    found = words(svg)
    assert {"UTC", "12:00", "22 Nov 2026"} <= set(found)
    assert not [w for w in found if re.search(r"\d+[/.]\d+[/.]\d+", w)]


def test_a_long_journey_shows_days_only() -> None:
    found = words(draw(logged(*[5] * 700, step=60)))
    assert not [w for w in found if ":" in w]
    assert len([w for w in found if w.endswith(("2026", "2027"))]) >= 3


def test_degrees_are_never_rounded_and_have_a_unit() -> None:
    assert [degrees(v) for v in (800, 806, -2050, -5, 0)] == [
        "8.0 °C",
        "8.06 °C",
        "−20.5 °C",
        "−0.05 °C",
        "0.0 °C",
    ]


def test_moments_are_told_in_utc() -> None:
    local = datetime(2026, 11, 21, 0, 30, tzinfo=timezone(timedelta(hours=9)))
    assert moment_text(local) == "20 Nov 2026, 15:30 UTC"
    assert day(local) == "21 Nov 2026"


def test_sizes_are_bounded() -> None:
    assert draw(logged(5), width=-5, height=0).get("viewBox") == "0 0 160 160"
    huge = draw(logged(5), width=10**9, height=10**9)
    assert huge.get("viewBox") == f"0 0 {LARGE_MAX} {LARGE_MAX}"


steps = st.lists(
    st.tuples(st.integers(1, 10**7), st.integers(-27_315, 32_767)), min_size=1, max_size=30
)


@given(steps, st.sampled_from(sorted(PROFILES)), st.integers(160, 1000), st.integers(160, 600))
def test_everything_stays_inside_the_picture(
    found: list[tuple[int, int]], profile_id: str, width: int, height: int
) -> None:
    moments = [sum(s for s, _ in found[: n + 1]) for n in range(len(found))]
    series = Series.of("A", [Reading(m, v) for m, (_, v) in zip(moments, found, strict=True)])
    svg = draw(
        series,
        hand_offs=[HandOff(series.last, "Received")],
        width=width,
        height=height,
        profile_id=profile_id,
    )
    places = [p for line in of(svg, "polyline") for p in points(line)]
    places += [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in of(svg, "circle")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
    for box in of(svg, "rect"):
        assert float(box.get("width", "")) >= 0
        assert float(box.get("height", "")) >= 0


def test_what_the_signer_ignores_is_grey_and_told() -> None:
    series = (logged(12, 5, 5, 5, 18),)
    stated = Stated(ignored=(Interval(at(0), at(5)), Interval(at(35), at(40))))
    svg = fromstring(chart(series, FRIDGE, judgement=judge(series, FRIDGE, stated=stated)))
    grey = of(svg, "rect", "ignored")
    assert len(grey) == 2
    assert not of(svg, "rect", "excursion")
    assert float(grey[0].get("x", "")) < float(grey[1].get("x", ""))
    told = " ".join(element.text or "" for element in svg.iter(f"{SVG}desc"))
    assert "Ignored, as the signer says, from 21 Nov 2026, 08:00 UTC" in told


def test_each_way_of_storing_that_the_picture_reaches_is_a_band_of_it() -> None:
    svg = draw(logged(-70, -20, 5, 5), profile_id="ultra-cold-thawed-once/2")
    assert len(of(svg, "rect", "band")) == 3
    assert not of(svg, "polyline", "outside")
    deep = draw(logged(-70, -70), profile_id="ultra-cold-thawed-once/2")
    assert len(of(deep, "rect", "band")) == 1


def test_what_is_ignored_has_its_name_where_there_is_room() -> None:
    one = logged(5, 5, 5, 5, 5, 5)
    stated = Stated(ignored=(Interval(at(0), at(30)),))
    svg = chart((one,), FRIDGE, judgement=judge((one,), FRIDGE, stated=stated))
    (grey,) = of(fromstring(svg), "rect", "ignored")
    assert grey.get("stroke") is None
    assert float(grey.get("width", "0")) > 300
    assert "ignored" in words(fromstring(svg))


def test_another_logger_that_takes_over_is_marked() -> None:
    first = logged(5, 5, 5)
    second = logged(None, None, None, 5, 5, 5, device="TT-2")
    beside = logged(5, 5, 5, 5, 5, 5, device="TT-3")
    svg = draw(first, second, beside)
    assert len(of(svg, "line", "change")) == 1
    assert "logger TT-2" in words(svg)
    assert of(draw(first, beside), "line", "change") == []


def test_what_is_outside_has_an_edge_that_is_seen_without_colours() -> None:
    (shaded,) = of(draw(logged(5, 9, 9, 5)), "rect", "excursion")
    assert shaded.get("stroke") is not None
