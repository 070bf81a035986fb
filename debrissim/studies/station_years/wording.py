"""The answer of the station's years in words: the odds of a hit since launch, had it never manoeuvred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debrissim.core.numbers import one_in
from debrissim.hazard.station import station_risk
from debrissim.report.answer import AnswerTable, StudyAnswer, flag_sentences
from debrissim.report.hits import POLICY, odds, odds_range
from debrissim.report.lines import percent

_SIZES = {
    "inscribed_sphere": "inscribed sphere, a lower bound",
    "drag_area": "drag area",
    "mean_shadow": "mean projected area, the estimate",
    "enclosing_sphere": "enclosing sphere, an upper bound",
    "socrates": "radius of SOCRATES",
    "jspoc": "radius of the operators' messages",
}


def years_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words, from the content of summary.json."""
    answer, method = summary["answer"], summary["method"]
    chance = answer["probability_since_launch"]
    low, high = answer["probability_since_launch_range_of_traffic"]
    sizes, radii = answer["probability_since_launch_by_size"], answer["last_year_radius_m"]
    rate, error = answer["last_year_rate_per_year"], answer["last_year_relative_error"]
    year, by_size = answer["last_year"], answer["last_year_rate_per_year_by_size"]
    return StudyAnswer(
        answer=(
            f"Had the ISS never manoeuvred, the probability of at least one hit by a catalogued object from 1998 to "
            f"{year} would be about {percent(chance)} ({_one_in(chance)})."
        ),
        extent=(
            f"The range is {percent(low).removesuffix(' %')} to {percent(high)}, from the traffic of years without a "
            f"catalogue (a factor of {station_risk.SCALED_FACTOR:g} either way) and the error of the model."
        ),
        tables=(
            AnswerTable(
                "Probability of a hit, by the size taken for the station",
                ("Size", f"Radius in {year}", f"1998 to {year}", f"Within {year}"),
                tuple(
                    (words, f"{radii[name]:.2g} m", percent(sizes[name]), odds(by_size[name]))
                    for name, words in _SIZES.items()
                ),
            ),
        ),
        details=(
            f"In {year} only, the probability is {odds(rate)} ({odds_range(*station_risk.rate_range(rate, error))}).",
            *(
                f"Check: {comparison['passes']:.0f} passes were counted by screening, {comparison['ratio']:.2f} ± "
                f"{comparison['error']:.2f} of those expected, so {odds(comparison['ratio'] * rate)} a year ({label})."
                for label, comparison in answer["counted_over_analytic"].items()
            ),
        ),
        method=(
            "Flux of catalogued objects (Kessler 1981, Öpik 1951) times the projected area of each year; "
            f"{POLICY}.",
            f"Traffic: {method['traffic']}.",
            *(f"Population: {record['label']}." for record in method["catalogues"]),
        ),
        limits=(
            "Objects too small for the catalogue are not counted.",
            f"Left out: {method['left_out']}.",
            *flag_sentences(method["flags"]),
        ),
    )


def _one_in(chance: float) -> str:
    """The odds beside the percentage, also of a large chance: "1 in 12", "1 in 8"."""
    return f"1 in {1.0 / chance:.0f}" if chance > 0.1 else one_in(chance)
