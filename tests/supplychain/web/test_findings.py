"""What a judgement finds is told in plain words beside the chart."""

from dataclasses import replace

from supplychain.domain.conditions_judged import NOTHING_STATED, Stated
from supplychain.domain.excursions import judge
from supplychain.domain.findings import Finding
from supplychain.domain.profiles import profile
from supplychain.web.findings import FINDINGS, found
from supplychain.web.temperatures import facts_of
from tests.supplychain.domain.cold_chain.loggers import BUDGET, between, logged, steady

COLD = profile("usp-controlled-cold/2")


def test_every_finding_has_words() -> None:
    assert set(FINDINGS) == set(Finding)
    assert len(set(FINDINGS.values())) == len(Finding)


def test_findings_bands_and_what_was_ignored_are_told_with_the_facts() -> None:
    series = [steady(20, 9, 5, 5)]
    stated = Stated((between(0, 5),), frozenset({Finding.CLOCK_DRIFT}))
    judgement = judge(series, BUDGET, stated=stated)
    facts = dict(facts_of(series, BUDGET, judgement))
    assert facts["To look at"] == FINDINGS[Finding.CLOCK_DRIFT]
    assert facts["In the band warm"] == "at worst 10 min"
    assert facts["Ignored, as the signer says"].count("2026") == 2


def test_a_clean_judgement_has_nothing_to_tell() -> None:
    assert list(found(judge([steady(5, 5)], COLD, stated=NOTHING_STATED))) == []


def test_the_mean_kinetic_temperature_is_told_or_why_it_is_refused() -> None:
    us = Stated(market="US")
    times = range(0, 1450, 10)
    warm = judge(
        [logged(times, [9 if m == 700 else 5 + m % 20 / 50 for m in times])], COLD, stated=us
    )
    (_, words), *_ = found(warm)
    assert words.startswith("5.1")
    assert words.endswith("rules of US)")
    assert warm.mkt is not None
    refused = replace(warm, mkt=replace(warm.mkt, value_e4_c=None, coverage_e4=8958))
    assert next(found(refused))[1].startswith("refused: only 89.58 % of the window has readings (")
