"""The answer in words: what each kind of run says, and what it must not say."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.cdm_samples import kvn
from support.small import COSMOS_2251, IRIDIUM_33, made_up_catalog, small

from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core import numbers
from debrissim.core.numbers import probability_range
from debrissim.report.hits import hit_parts
from debrissim.report.sampled_answer import hit_answer, own_hits
from debrissim.report.sentences import (
    MANOEUVRE,
    interval,
    level_of,
    level_words,
    odds_range,
    own_totals,
    span_words,
    subject,
)
from debrissim.report.verdict import run_verdict
from debrissim.scenario.conjunctions import parse_scenario
from debrissim.uncertainty.alarm_rates import alarm_sentence
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL

THRESHOLDS = {"yellow": 1e-5, "red": 1e-4}
PAIR: dict[str, Any] = {
    "title": "Two objects",
    "span": {"start": "2009-02-10T12:00:00Z", "duration_days": 0.5},
    "catalog": {"sources": []},
    "primaries": [
        {"name": "IRIDIUM 33", "tle": IRIDIUM_33, "hard_body_radius_m": 10.0},
        {"name": "COSMOS 2251", "tle": COSMOS_2251, "hard_body_radius_m": 10.0},
    ],
    "screening": {"volumes": ["socrates-5km"]},
    # The errors of element sets of that time, as in the scenario of the collision.
    "covariance": {"model": "flohrer-2008"},
}


def words(result: ConjunctionResult) -> str:
    verdict = result.verdict
    own = [line for primary in verdict.primaries for line in primary.lines]
    return "\n".join([*verdict.whole.lines, *own, *verdict.method, verdict.population, verdict.examined])


@pytest.fixture(scope="module")
def pair() -> ConjunctionResult:
    return run(parse_scenario(PAIR))


def test_the_spacecraft_with_the_most_probable_collision_is_first() -> None:
    def own(name: str, value: float | None, count: int) -> dict[str, Any]:
        return {"name": name, "cumulative_probability": value, "encounter_count": count}

    fleet = [own("a", 1e-7, 3), own("b", None, 1), own("c", 2e-3, 2), own("d", 0.0, 4), own("e", 1e-5, 1)]
    totals = {"primaries": fleet, "encounter_count": 11}
    assert [each["name"] for each in own_totals(totals)] == ["c", "e", "a", "b", "d"]
    sampled = [each | {"cumulative_probability": None} for each in fleet]
    assert [each["name"] for each in own_totals(totals | {"primaries": sampled})] == list("abcde")
    assert own_totals({"primaries": fleet[:1], "encounter_count": 11}) == []


def test_a_run_with_modelled_errors_says_so_and_advises_nothing(pair: ConjunctionResult):
    verdict, totals = pair.verdict, pair.totals
    assert totals.above_red == 1
    words_of_it = (
        f"has a screening probability of {numbers.one_in(totals.cumulative_probability)} (modelled errors)"
    )
    assert verdict.whole.answer == f"IRIDIUM 33 and COSMOS 2251: a collision within 12 hours {words_of_it}"
    # The encounter is that of each of them: nothing more can be said of one alone.
    assert verdict.primaries == ()
    assert [own.encounter_count for own in totals.primaries] == [1, 1]
    assert verdict.whole.level == "red"
    assert "manoeuvre" not in words(pair)
    assert "1 encounter at or above red (1 in 10,000)" in words(pair)


def test_encounters_without_a_probability_have_no_odds(pair: ConjunctionResult):
    summary = copy.deepcopy(pair.summary)
    nothing = dict.fromkeys(("cumulative_probability", "cumulative_low", "cumulative_high"), 0.0)
    levels = {"above_yellow": 0, "above_red": 0, "most_probable": None}
    summary["totals"] |= nothing | levels | {"without_probability": 1}
    whole = run_verdict(summary, pair.encounters).whole
    assert whole.answer.endswith("1 encounter within 12 hours, none with a computable probability")
    assert (whole.level, whole.range) == ("none", "")
    summary["totals"] |= {"encounter_count": 2} | levels | {"most_probable": 0}
    assert (
        "1 encounter without a computable probability left out"
        in run_verdict(summary, pair.encounters).whole.details
    )


def test_the_range_contains_the_value(pair: ConjunctionResult):
    totals = pair.totals
    assert totals.cumulative_low <= totals.cumulative_probability <= totals.cumulative_high
    low, high = numbers.one_in(totals.cumulative_low), numbers.one_in(totals.cumulative_high)
    assert pair.verdict.whole.range.startswith(
        f"range from {low} to {high}, with errors half to twice as large: Pc "
    )


def test_no_digit_goes_beyond_what_is_known(pair: ConjunctionResult):
    (detail,) = [line for line in pair.verdict.whole.details if line.startswith("most probable: ")]
    miss = numbers.plus_minus(
        pair.encounters.miss_distance_km[0], pair.encounters.miss_distance_sigma_km[0], "km"
    )
    assert f"miss {miss} at 11.6 km/s" in detail
    assert "16:55:59 UTC" in detail


def test_errors_given_by_an_operator_carry_the_practice_of_an_operator(tmp_path: Path):
    table = tmp_path / "errors.csv"
    header = "norad_id,CR_R,CT_R,CT_T,CN_R,CN_T,CN_N"
    rows = [f"{number},1e4,0,1e6,0,0,1e4" for number in (24946, 22675)]
    table.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    content = PAIR | {
        "primaries": [
            own | {"norad_id": number} for own, number in zip(PAIR["primaries"], (24946, 22675), strict=True)
        ],
        "covariance": {"table": str(table)},
        "probability": {"yellow": 1e-10, "red": 1e-9},
    }
    result = run(parse_scenario(content))
    assert "has a probability of" in result.verdict.whole.answer
    assert result.verdict.whole.answer.endswith("(operators' errors)")
    assert words(result).count(MANOEUVRE) == 1
    assert result.verdict.scale == ""
    # Of one of the two alone: the other's are a model's.
    table.write_text("\n".join([header, rows[0]]) + "\n", encoding="utf-8")
    result = run(parse_scenario(content))
    assert "modelled errors" in result.verdict.whole.answer
    assert MANOEUVRE not in words(result)


def test_a_reader_learns_what_a_level_means():
    """How often such a screening passes red, and the station manoeuvres: of models where that was measured."""
    result = run(small(), catalogs=[made_up_catalog()])
    assert result.verdict.scale == alarm_sentence(DEFAULT_MODEL)
    assert "33 times in 24 years" in result.verdict.scale
    assert run(small()).verdict.scale == ""
    fixed = {"model": "fixed", "fixed_sigma_rtn_km": [1.0, 1.0, 1.0]}
    assert run(small(covariance=fixed), catalogs=[made_up_catalog()]).verdict.scale == ""


def test_a_synthetic_run_answers_with_the_chance_of_a_hit_and_a_rate():
    scenario = small(
        span={"duration_days": 1.0}, screening={"volumes": ["iss-watch-20x40x40", {"sphere_km": 300.0}]}
    )
    result = run(scenario)
    verdict = result.verdict
    assert verdict.kind == "sampled"
    assert result.totals.most_probable is None
    assert verdict.whole.level == "none"
    (hit,) = result.summary["long_run_hits"]
    odds, extent, _ = hit_parts(hit)
    assert (
        verdict.whole.answer
        == f"ISS: the chance of a hit by one of 300 sampled objects is {odds} a year, without manoeuvres"
    )
    assert verdict.whole.range.startswith(f"range {extent}, by ")
    assert "the watch box of 40 x 80 x 80 km" in verdict.whole.details[0]
    shown = words(result)
    for absent in ("Pc", "probability", "red", "yellow", "UTC", "COSMOS", "most probable"):
        assert absent not in shown, absent
    assert shown.count("none exists") == 1


def test_the_box_of_the_operator_opens_the_report_wherever_it_is_listed():
    volumes = [{"name": "wide", "sphere_km": 600.0}, "iss-2x25x25"]
    verdict = run(small(screening={"volumes": volumes})).verdict
    assert "inside NASA's box of 4 x 50 x 50 km" in verdict.whole.details[0]
    assert any("also 19 inside a sphere of 600 km radius" in line for line in verdict.whole.details)


def test_nothing_found_is_a_statement():
    result = run(small(screening={"volumes": [{"sphere_km": 0.01}]}), catalogs=[made_up_catalog()])
    assert (
        result.verdict.whole.answer
        == "ISS: no real object came inside the screening volumes within 58 minutes"
    )


def messages(tmp_path: Path, *texts: str, **changes: Any) -> ConjunctionResult:
    events = []
    for k, text in enumerate(texts):
        (tmp_path / f"{k}.cdm").write_text(text, encoding="utf-8")
        events.append({"file": str(tmp_path / f"{k}.cdm"), "hard_body_radius_m": 20.0})
    return run(parse_scenario({"title": "Messages", "events": events} | changes))


def test_messages_alone_have_a_verdict_and_say_what_was_done(tmp_path: Path):
    near, far = kvn(OBJECT2_X="7000.05", OBJECT2_Y="0.03"), kvn(OBJECT2_X="7000.5", OBJECT2_Y="0.3")
    result = messages(tmp_path, far, near, probability={"yellow": 1e-12, "red": 1e-11})
    values = [report.value_of(report.chosen) for report in result.events]
    verdict = result.verdict
    assert verdict.kind == "messages"
    assert verdict.whole.answer.startswith("The most probable of 2 conjunctions: ")
    assert verdict.whole.answer.endswith(f"has a probability of {numbers.one_in(max(values))}")
    assert verdict.whole.level == "red"
    shown = words(result)
    assert MANOEUVRE in shown
    assert "as given in the messages" in shown
    method = str(result.provenance["method"])
    for absent in ("SGP4", "Flohrer", "modelled", "foster", "Garwood"):
        assert absent not in method, absent
    assert result.totals.cumulative_probability is None


@pytest.mark.parametrize(
    ("value", "level"),
    [
        (None, "none"),
        (np.nan, "none"),
        (9.99e-6, "none"),
        (1e-5, "yellow"),
        (9.99e-5, "yellow"),
        (1e-4, "red"),
    ],
)
def test_a_threshold_itself_is_reached(value: float | None, level: str):
    assert level_of(value, THRESHOLDS) == level


def test_the_practice_of_an_operator_is_named_at_red_alone():
    assert level_words(2e-4, THRESHOLDS, operator=True) == f"at or above red (1 in 10,000): {MANOEUVRE}"
    assert level_words(2e-4, THRESHOLDS, operator=False) == "at or above red (1 in 10,000)"
    assert level_words(2e-5, THRESHOLDS, operator=True) == "at or above yellow (1 in 100,000)"
    assert level_words(2e-6, THRESHOLDS, operator=True) == "below yellow (1 in 100,000)"


@pytest.mark.parametrize(
    ("days", "text"),
    [(7.0, "7 days"), (1.0, "1 day"), (0.5, "12 hours"), (0.04, "58 minutes"), (1.5, "1.5 days")],
)
def test_spans(days: float, text: str):
    assert span_words(days) == text


def test_subjects_and_intervals():
    assert subject([{"name": "ISS", "norad_id": 25544}]) == "ISS"
    assert subject([{"name": "", "norad_id": 25544}]) == "25544"
    assert subject([{"name": "A", "norad_id": 1}, {"name": "B", "norad_id": 2}]) == "A and B"
    assert subject([{"name": "A", "norad_id": 1}] * 3) == "3 spacecraft"
    assert subject([]) == "All objects against each other"
    assert subject([], sampled=3000) == "3,000 sampled objects against each other"
    assert subject([{"name": "ISS", "norad_id": 25544}], sampled=3000) == "ISS"


def test_the_ends_of_an_interval_differ_where_their_numbers_do():
    assert interval(0.155, 1.463) == "0.2 to 1.5"
    assert interval(23_822.0, 24_431.0) == "23,800 to 24,400"
    assert interval(24_120.0, 24_130.0) == "24,120 to 24,130"
    assert interval(3.0, 3.0) == "3.0 to 3.0"
    assert interval(0.0, 0.0) == "0 to 0"


def hit(number: int, rate: float, area: float | None) -> dict[str, Any]:
    sizes = {"enclosing_radius_m": 60.0, "mean_shadow_radius_m": area, "inscribed_radius_m": None}
    bounds = {"rate_low_per_year": None, "rate_high_per_year": None}
    return {"norad_id": number, "rate_per_year": rate, "relative_error": 0.5, **sizes, **bounds}


def test_the_chance_of_a_hit_is_that_of_each_of_two_spacecraft_or_of_none():
    craft = [{"norad_id": 1, "name": "A"}, {"norad_id": 2, "name": "B"}]
    hits = [hit(1, 0.01, 20.0), hit(2, 0.002, None)]
    summary = {
        "provenance": {"primaries": craft, "catalogue": {"synthetic_objects": 5000}},
        "long_run_hits": hits,
    }
    assert own_hits(summary, {}) == hits
    assert own_hits(summary, {"norad_id": 2}) == hits[1:]
    # One spacecraft of unknown size: no answer for both, but still that of the other.
    unknown = {**summary, "long_run_hits": hits[:1]}
    assert own_hits(unknown, {}) == []
    assert own_hits(unknown, {"norad_id": 1}) == hits[:1]
    assert hit_answer(summary, hits, "A and B") == (
        "A and B: the chance of a hit by one of 5,000 sampled objects is 1 in 100 a year for A and at most 1 in 500 "
        "a year for B, without manoeuvres",
        "range 1 in 200 to 1 in 67 for A, 1 in 1,000 to 1 in 330 for B",
    )


def test_a_sample_against_itself_is_not_called_all_objects():
    result = run(
        small(
            primaries=[],
            span={"duration_days": 0.02},
            catalog={"sources": [{"population": "bundled", "count": 200}]},
            screening={"mode": "all-vs-all", "volumes": [{"sphere_km": 100.0}]},
        )
    )
    assert result.verdict.whole.answer.startswith("200 sampled objects against each other: ")
    assert interval(0.088, 1.25) == "0.1 to 1.2"
    assert interval(21.3, 28.9) == "21 to 29"
    assert interval(0.0, 0.0) == "0 to 0"


def test_a_range_whose_ends_read_alike_appears_once():
    assert probability_range(1e-40, 4.3e-8) == "< 1e-10 to 4.3e-8"
    assert probability_range(1e-40, 1e-12) == "< 1e-10"
    assert probability_range(np.nan, np.nan) == numbers.NOTHING
    assert odds_range(1e-4, 2e-4, 1e-3, with_common=False) == (
        "range from 1 in 10,000 to 1 in 1,000, with errors half to twice as large: Pc 2e-4 (1e-4 to 1e-3)"
    )
    assert odds_range(0.0, 1e-40, 1e-12, with_common=True) == (
        "also less than 1 in 10 billion with errors half to twice as large or with SGP4's own error added: Pc < 1e-10"
    )
