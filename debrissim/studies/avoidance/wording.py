"""The answer of an avoidance study in words, never an instruction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debrissim.catalog import object_label
from debrissim.core.numbers import count, duration, moment, one_in, probability, probability_range, rounded
from debrissim.report.answer import AnswerTable, StudyAnswer, sentence
from debrissim.report.avoidance_view import direction_name, verdict_words
from debrissim.studies.avoidance.answer import CERTIFIED, NO_BURN, NOT_NEEDED, STOPPED
from debrissim.studies.avoidance.directions import direction_words

_SLOW_KM_S = 0.5
_NAMED = 6


def avoidance_answer(summary: Mapping[str, Any]) -> StudyAnswer:
    """The answer in words, from the content of summary.json."""
    answer, method = summary["answer"], summary["method"]
    first, second = _headline(answer)
    return StudyAnswer(
        answer=first,
        extent=second,
        tables=tuple(_tables(answer)),
        details=tuple(
            map(
                sentence,
                (
                    _event_line(answer["without_burn"]),
                    *_range(answer),
                    *_return(answer),
                    *_verdicts(answer),
                    *_examined(answer),
                ),
            )
        ),
        method=tuple(map(sentence, _method(answer, method))),
        limits=tuple(map(sentence, _limits(answer, method))),
    )


def _headline(answer: Mapping[str, Any]) -> tuple[str, str]:
    """The two sentences of the answer: the change of the probability, and how far it holds."""
    event, burn, goal = answer["without_burn"], answer["burn"], one_in(answer["goals"]["probability"])
    other, before = _object(answer["other"]), one_in(event["collision_probability"])
    name = answer["spacecraft"]["name"]
    spread = _odds_range(event["probability_low"], event["probability_high"])
    if answer["verdict"] == NOT_NEEDED:
        return (
            f"The encounter of {name} with {other} meets the goal without a burn: a collision has a probability of "
            f"{before}, and the goal is {goal}.",
            f"With errors half to twice as large the probability is {spread}; no burn was screened again.",
        )
    if answer["verdict"] == NO_BURN:
        return (
            f"No burn that was tried lowers the probability of a collision of {name} with {other} from {before} to "
            f"{goal} or less, with a miss of {rounded(answer['goals']['miss_km'])} km or more.",
            f"With errors half to twice as large the probability without a burn is {spread}.",
        )
    after = _odds_range(burn["probability_low"], burn["probability_high"])
    change = (
        f"{_burn_words(burn)} lowers the probability of a collision of {name} with {other} from {before} to "
        f"{one_in(burn['collision_probability'])}"
    )
    errors = f"with errors half to twice as large the probability is {spread} without the burn, and {after} with it."
    examined = answer["examined"]
    if answer["verdict"] == CERTIFIED:
        return (
            f"{change}.",
            f"No encounter with the {count(examined['objects'], 'object')} examined until "
            f"{_date(examined['end_utc'])} is above {goal} and new or more probable: the burn is certified; {errors}",
        )
    if answer["verdict"] == STOPPED:
        return (
            f"None of the {count(answer['counts']['screened'], 'burn')} that were screened again is certified: "
            f"{change[:1].lower()}{change[1:]}, but {burn['reason']}.",
            sentence(errors),
        )
    return (
        f"{change}.",
        f"Other encounters of the spacecraft after it were not examined, because there is no catalogue to screen "
        f"against; {errors}",
    )


def _object(record: Mapping[str, Any]) -> str:
    number = record["norad_id"]
    return str(record["name"]) if number is None else object_label(number, record["name"])


def _burn_words(burn: Mapping[str, Any]) -> str:
    size = abs(burn["delta_v_m_s"])
    r, t, n = burn["delta_v_rtn_m_s"]
    where = direction_words(burn["direction"], burn["delta_v_m_s"], (r, t, n))
    length = f" lasting {duration(burn['duration_s'])}" if burn["duration_s"] else ""
    return f"A burn of {rounded(size, 3)} m/s {where}{length} {_lead(burn)} before the closest approach"


def _odds_range(low: float, high: float) -> str:
    """ "1 in 140 to 1 in 100", once where both ends read alike."""
    ends = one_in(low), one_in(high)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _lead(row: Mapping[str, Any]) -> str:
    """ "2.5 revolutions (3.9 h)"."""
    revolutions = float(row["before_tca_revolutions"])
    unit = "revolution" if f"{revolutions:.3g}" == "1" else "revolutions"
    return f"{revolutions:.3g} {unit} ({duration(3600.0 * row['before_tca_hours'])})"


def _date(utc: str) -> str:
    return f"{moment(utc)} UTC"


def _event_line(event: Mapping[str, Any]) -> str:
    diluted = "; the event is diluted: better data may raise its probability" if event["dilution"] else ""
    return (
        f"without a burn: closest approach {moment(event['tca_utc'])} UTC, miss {rounded(event['miss_km'], 3)} km at "
        f"{event['relative_speed_km_s']:.1f} km/s, {one_in(event['collision_probability'])}, Pc "
        f"{probability(event['collision_probability'])}"
        f"{diluted}"
    )


def _range(answer: Mapping[str, Any]) -> Iterator[str]:
    burn = answer["burn"]
    if burn is None:
        return
    yield f"miss with the burn: {rounded(burn['miss_km'], 3)} km"
    if burn["probability_high"] > answer["goals"]["probability"]:
        yield "with errors at the upper end of the range, this burn does not meet the goal"


def _return(answer: Mapping[str, Any]) -> Iterator[str]:
    back = None if answer["burn"] is None else answer["burn"]["return"]
    if back is not None:
        r, t, n = back["delta_v_rtn_m_s"]
        yield (
            f"back to the old orbit: a burn {direction_words('free', 1.0, (r, t, n))} at {_date(back['utc'])}; "
            f"both burns together {rounded(back['cost_m_s'], 3)} m/s; then the spacecraft is "
            f"{rounded(back['remaining_km'])} "
            "km from where it would have been; its encounters after that are not examined"
        )


def _verdicts(answer: Mapping[str, Any]) -> Iterator[str]:
    counts = answer["counts"]
    yield (
        f"{counts['cells']:,} burns tried: {counts['cells_meeting_goals']:,} meet the goals (at most "
        f"{one_in(answer['goals']['probability'])}, miss at least {rounded(answer['goals']['miss_km'])} km), "
        f"{counts['cells_diluted']:,} are diluted: less probable only because of larger errors"
    )
    if counts["screened"]:
        yield (
            f"{count(counts['screened'], 'burn')} screened again: {counts['green']} certified, {counts['worse']} "
            f"with another encounter above the goal that is new or more probable, {counts['event_remains']} with this "
            f"encounter still above the goal, {counts['not_examined']} not examined to the end"
        )
        yield from _resolution(answer)


def _resolution(answer: Mapping[str, Any]) -> Iterator[str]:
    """How far the smallest certified burn is known."""
    between = "smaller burns between those that were screened were not examined"
    known = answer["resolution"]
    if known is None:
        yield f"resolution: {between.removeprefix('smaller ')}; one of them may be certified"
    elif known["smallest_that_meets_goals"]:
        yield f"resolution: it is the smallest burn at its time and direction that meets the goals; {between}"
    elif known["next_smaller_m_s"] is None:
        yield f"resolution: no smaller burn at its time and direction was tried; {between}"
    else:
        why = "is not certified" if known["next_smaller_meets_goals"] else "does not meet the goals"
        yield (
            f"resolution: at its time and direction the next smaller burn that was tried, "
            f"{rounded(known['next_smaller_m_s'], 3)} m/s, {why}; {between}"
        )


def _tables(answer: Mapping[str, Any]) -> Iterator[AnswerTable]:
    """The encounter without and with the burn, and the smallest burn of each direction."""
    event, burn = answer["without_burn"], answer["burn"]
    rows = [("without a burn", event), *([("with the burn of the answer", burn)] if burn is not None else [])]
    yield AnswerTable(
        "The encounter",
        ("Case", "Probability", "Pc", "Range of Pc", "Miss"),
        tuple(
            (
                name,
                one_in(row["collision_probability"]),
                probability(row["collision_probability"]),
                probability_range(row["probability_low"], row["probability_high"]),
                f"{rounded(row['miss_km'], 3)} km",
            )
            for name, row in rows
        ),
    )
    smallest = answer["smallest"]
    if not smallest:
        return
    yield AnswerTable(
        "The smallest burn of each direction that meets the goals",
        ("Direction", "Delta-v, m/s", "Before TCA, h", "Miss, km", "Pc", "Verdict", "Burn"),
        tuple(_burn_cells(row) for row in smallest),
        "* smallest certified burn of that direction, beside the smallest that meets the goals"
        if any(row["kind"] != "smallest" for row in smallest)
        else "",
    )


def _burn_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    name = direction_name(row["direction"], row["delta_v_m_s"])
    return (
        f"{name}{' *' if row['kind'] != 'smallest' else ''}",
        rounded(abs(row["delta_v_m_s"]), 3),
        f"{row['before_tca_hours']:.1f}",
        rounded(row["miss_km"], 3),
        probability(row["collision_probability"]),
        verdict_words(row["verdict"]),
        str(row["number"]),
    )


def _examined(answer: Mapping[str, Any]) -> Iterator[str]:
    examined = answer["examined"]
    if examined is None:
        return
    parts = [f"{count(examined['objects'], 'object')} of {examined['source']}"]
    if examined["not_followed"]:
        parts.append(
            f"{examined['not_followed']:,} of them not to the end, because they have no trajectory there"
        )
    yield (
        f"examined: {', '.join(parts)}; from {_date(examined['begin_utc'])} to {_date(examined['end_utc'])}, within "
        f"{', '.join(examined['volumes'])}"
    )
    together = examined["flying_with_it"]
    if together:
        names = ", ".join(together[:_NAMED])
        more = f" and {len(together) - _NAMED} more" if len(together) > _NAMED else ""
        yield f"not examined: {count(len(together), 'object')} that flies with the spacecraft: {names}{more}".replace(
            "objects that flies", "objects that fly"
        )
    if examined["sampled_left_out"]:
        yield f"left out: {examined['sampled_left_out']:,} sampled objects, which do not exist"
    if examined["above_goal_without_burn"]:
        own = answer["without_burn"]["collision_probability"] > answer["goals"]["probability"]
        among = ", this one included" if examined["event_found"] and own else ""
        yield (
            f"encounters of that time without a burn: {examined['encounters_without_burn']}, of which "
            f"{examined['above_goal_without_burn']} above the goal{among}; a burn is worse if it adds one or makes "
            "one more probable"
        )


def _method(answer: Mapping[str, Any], method: Mapping[str, Any]) -> Iterator[str]:
    error = method["execution_error"]
    yield f"{method['motion']}; Pc by {answer['without_burn']['method']}, errors {method['covariance']}"
    if answer["burn"] is not None:
        yield (
            f"the change that the burn makes to the trajectory is off by some "
            f"{rounded(answer['burn']['theory_error_at_tca_km'], 1)} km at the closest approach and "
            f"{rounded(answer['burn']['theory_error_km'], 1)} km at the end of the span, by a model measured against "
            "numerical integration (docs/maneuvers.md)"
        )
    sigmas = f"{100.0 * error['magnitude_fraction']:.2g} % of the size"
    if error["magnitude_fixed_m_s"]:
        sigmas += f" plus {error['magnitude_fixed_m_s']:g} m/s"
    sigmas += f" and {57.29577951308232 * error['pointing_rad']:.3g}° of its direction"
    if error["pointing_fixed_m_s"]:
        sigmas += f" plus {error['pointing_fixed_m_s']:g} m/s"
    kind = method["burns"]
    yield f"{kind}, executed with errors of {sigmas} (one sigma), {error['origin'].partition(':')[0]}"
    for note in method["notes"]:
        yield f"{note}"


def _limits(answer: Mapping[str, Any], method: Mapping[str, Any]) -> Iterator[str]:
    counts, event = answer["counts"], answer["without_burn"]
    if counts["late_cells"]:
        yield (
            f"later than half a revolution before the closest approach an along-track burn hardly moves the "
            f"spacecraft, radial and normal ones do; {counts['late_cells_meeting_goals']:,} of the "
            f"{counts['late_cells']:,} burns tried there meet the goals"
        )
    if event["relative_speed_km_s"] < _SLOW_KM_S:
        yield (
            "a slow encounter: the objects stay close for a long time and may meet again; a single closest approach "
            "says little about it"
        )
    if method["modelled"]:
        yield (
            "errors are modelled, and element sets are off by hundreds of metres to kilometres, more with every "
            "day: the burn that is needed with better data may be smaller, or none"
        )
    yield "manoeuvres of other objects are not foreseen, nor anything outside the screening volumes"
    yield "a result of a simulation, for study; not an instruction"
