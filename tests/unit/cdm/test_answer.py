"""The answer in sentences: first line, thresholds, units, and text of messages that stays text."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from support.cdm_samples import kvn

from debrissim.cdm import parse_cdm
from debrissim.cdm.answer import (
    dilution_line,
    headline,
    level,
    level_counts,
    stated_line,
    summary_html,
    summary_lines,
)
from debrissim.cdm.as_json import assessment_as_json
from debrissim.cdm.assess import assess_cdms
from debrissim.cdm.keywords import COVARIANCE
from debrissim.cdm.method_results import MethodResult
from debrissim.cli.cdm_table import cdm_lines
from debrissim.core.errors import InputError
from debrissim.core.numbers import duration, length
from debrissim.core.time import utc_text


def report_of(value: float | None = None, **changes: str | None):
    """An assessment, with another recommended value if one is given."""
    comments = ("HBR = 20 [m]",)
    text = kvn(comments=comments, **({"OBJECT1_Z": "10.0", "OBJECT2_Z": "10.0"} | changes))
    (report,) = assess_cdms(parse_cdm(text.encode(), "x.cdm"), methods=["foster"])
    return report if value is None else replace(report, recommended=replace(report.recommended, value=value))


@pytest.mark.parametrize(
    ("value", "line", "band"),
    [
        (0.25, "25 % to collide (Pc 2.5e-1, by foster): RED (at or above 1 in 10,000)", "red"),
        (1e-4, "1 in 10,000 to collide (Pc 1e-4, by foster): RED (at or above 1 in 10,000)", "red"),
        (
            9.9e-5,
            "1 in 10,000 to collide (Pc 9.9e-5, by foster): YELLOW (at or above 1 in 100,000, red from 1 in 10,000)",
            "yellow",
        ),
        (
            1e-5,
            "1 in 100,000 to collide (Pc 1e-5, by foster): YELLOW (at or above 1 in 100,000, red from 1 in 10,000)",
            "yellow",
        ),
        (
            2.4e-6,
            "1 in 420,000 to collide (Pc 2.4e-6, by foster): below yellow (1 in 100,000), at or above "
            "1 in 10 million, where NASA CARA begins to watch",
            "",
        ),
        (3e-9, "1 in 330 million to collide (Pc 3e-9, by foster): below yellow (1 in 100,000)", ""),
        (
            1e-31,
            "Less than 1 in 10 billion to collide (Pc < 1e-10, by foster): below yellow (1 in 100,000)",
            "",
        ),
        (
            0.0,
            "Less than 1 in 10 billion to collide (Pc < 1e-10, by foster): below yellow (1 in 100,000)",
            "",
        ),
    ],
)
def test_the_first_line_is_the_answer(value: float, line: str, band: str) -> None:
    report = report_of(value)
    assert headline(report) == line
    assert level(value) == band
    assert repr(report).splitlines()[0] == line
    assert summary_html(report).startswith(f"<div><b>{line.replace('<', '&lt;')}</b><br>")


def test_the_stated_value_stands_beside_ours() -> None:
    assert stated_line(report_of(9.67e-5)).startswith(
        "stated by TESTER: 4.835e-5 (FOSTER-1992), 0.50 times ours: "
    )
    assert stated_line(report_of(4.84e-5)) == (
        "stated by TESTER: 4.835e-5 (FOSTER-1992): agrees with ours to 0.1 %"
    )
    assert stated_line(report_of(COLLISION_PROBABILITY=None)) == ""
    assert "(no method stated)" in stated_line(report_of(COLLISION_PROBABILITY_METHOD=None))


def test_dilution_names_the_object() -> None:
    wide = {f"OBJECT2_{key}": "4E+08" for key in ("CR_R", "CT_T", "CN_N")}
    assert "DILUTED by the errors of FRAGMENT [TANK] (270387), better" in dilution_line(report_of(**wide))
    narrow = {f"OBJECT{n}_{key}": "400" for n in (1, 2) for key in ("CR_R", "CT_T", "CN_N")}
    assert "not diluted, smaller errors of both would lower Pc" in dilution_line(report_of(**narrow))


def test_without_a_maximum_of_its_own_a_method_has_the_planes() -> None:
    report = report_of()
    along = replace(report, maximum=float("nan"), maximum_scale=float("nan"), dilution=False)
    assert dilution_line(along) == f"in the plane, by foster: {dilution_line(report)}"
    assert json.loads(json.dumps(assessment_as_json(along), allow_nan=False))["maximum_probability"] is None


def test_messages_and_objects_are_one_line_each() -> None:
    message = report_of(OBJECT1_OBJECT_TYPE="PAYLOAD", OBJECT2_MANEUVERABLE="MAYBE").conjunction
    assert repr(message) == (
        "<Conjunction ISS (ZARYA) (25544) x FRAGMENT [TANK] (270387), TCA 2024-11-02T03:04:05.678Z, "
        "miss 412 m at 14.8 km/s; TESTER states Pc 4.835e-05; not assessed; 1 note>"
    )
    assert repr(message.primary) == (
        "<CdmObject ISS (ZARYA) (25544), payload; EME2000; sigma R 10 m, T 10.5 m, N 11 m>"
    )
    assert "\x1b" not in repr(report_of(OBJECT1_OBJECT_NAME="\x1b[2J").conjunction)


def test_a_summary_of_a_few_lines() -> None:
    lines = summary_lines(report_of())
    assert 4 <= len(lines) <= 5
    assert lines[2] == (
        "ISS (ZARYA) (25544) x FRAGMENT [TANK] (270387), TCA 2024-11-02T03:04:05.678Z, 27 h after the message"
    )
    assert lines[3].startswith("miss 412.3 m (")
    assert lines[3].endswith("hard body 20 m, stated in the message")


def test_a_missing_covariance_is_not_a_sigma_of_zero() -> None:
    lines = shown(report_of(**{f"OBJECT2_{key}": "0" for key in COVARIANCE}))
    (line,) = (line for line in lines if line.startswith("sigma FRAGMENT"))
    assert line.split()[-2:] == ["not", "given"]


def test_a_message_that_contradicts_itself_says_so_below_its_answer() -> None:
    lines = shown(report_of(MISS_DISTANCE="55190000"))
    says = "the message contradicts itself: MISS_DISTANCE is 55,190 km, the states are 412.3"
    assert lines[1].startswith(says)
    assert sum("MISS_DISTANCE" in line for line in lines) == 1
    assert summary_lines(report_of(MISS_DISTANCE="55190000"))[1].startswith("MISS_DISTANCE is 55,190 km")
    assert not any("contradicts" in line for line in shown(report_of(MISS_DISTANCE="413")))


def test_large_numbers_are_written_in_full_and_times_in_words() -> None:
    far = report_of()
    facts = replace(far.facts, begin_s=-1.594e6, end_s=-1.587e6, message_age_s=0.0)
    far = replace(far, miss_sigmas=245858.72, maximum_scale=1.74e5)
    vars(far)["facts"] = facts
    text = " ".join(line.strip() for line in shown(far))
    assert "Mahalanobis distance in the plane 246,000;" in text
    assert "with every sigma x 174,000:" in text
    assert "the encounter lasts 120 min, from 18.4 days before TCA to 18.4 days before TCA" in text
    assert "the message was made at TCA" in text
    assert "e+" not in text


def test_every_value_counts_in_one_level() -> None:
    values = [3e-4, 2e-5, 1e-9, 0.0, None]
    assert level_counts(values) == "1 red, 1 yellow, 2 below, 1 without a probability"
    assert level_counts([]) == "0 red, 0 yellow, 0 below, 0 without a probability"


def test_no_probability_is_an_answer() -> None:
    report = report_of(OBJECT2_CR_R="-4")
    maximum = MethodResult("frisbee-maximum", "maximum over any covariance of OBJECT2", 9.1e-4)
    nothing = replace(report.recommended, method="none", value=None, lower=None, upper=None)
    silent = replace(
        report,
        recommended=nothing,
        reason="not computable: OBJECT2 has a negative variance",
        values=(nothing,),
    )
    speaking = replace(silent, values=(nothing, maximum))
    for one in (silent, speaking):
        assert headline(one) == "No collision probability: not computable: OBJECT2 has a negative variance"
        assert dilution_line(one) == ""
        assert stated_line(one).endswith(": nothing of ours to compare it with")
        text = "\n".join(shown(one))
        assert "Mahalanobis" not in text
        assert "negative " in text.partition("sigma FRAGMENT")[2].partition("\n")[0]
        assert "lasts" not in text
        assert "sigma in the plane" not in repr(one)
        found = json.loads(json.dumps(assessment_as_json(one), allow_nan=False))
        assert found["collision_probability"] is found["level"] is None
        assert found["answer"] == headline(one)
    assert "nothing can be said about the probability" in repr(silent)
    said = "a bound remains: Pc is at most 9.1e-4 (1 in 1,100), maximum over any covariance of OBJECT2"
    assert said in repr(speaking)
    assert "\nfrisbee-maximum  1 in 1,100  9.1e-4" in "\n".join(shown(speaking))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.34, "2.3 s"), (-90.0, "90 s"), (1e4, "2.8 h"), (4.1e5, "4.7 days"), (1e8, "1,157 days")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_lengths() -> None:
    assert [length(x) for x in (0.0004, 1.2748, 123.4, float("nan"))] == [
        "0.4 m",
        "1,275 m",
        "123.4 km",
        "not known",
    ]


def shown(report, width: int = 80, now: datetime | None = None) -> list[str]:
    console = Console(width=width, force_terminal=False, markup=True)
    with console.capture() as capture:
        for line in cdm_lines(report, width=width, now=now):
            console.print(line, soft_wrap=True)
    return capture.get().splitlines()


@pytest.mark.parametrize("width", [30, 50, 80, 100, 200])
def test_every_width_holds_every_number(width: int) -> None:
    report = report_of(OBJECT1_OBS_USED="521", OBJECT2_WEIGHTED_RMS="0.958")
    lines = shown(report, width)
    assert max(map(len, lines)) <= min(width, 100)
    text = " ".join(line.strip() for line in lines)
    parts = [*map(length, report.facts.miss_rtn_km), "412.3 m", "521/?", "0.958", "foster"]
    for part in parts:
        assert part.replace(" ", "") in text.replace(" ", ""), part


def test_time_to_tca_is_counted_from_now() -> None:
    report = report_of()
    tca = datetime.fromisoformat(utc_text(report.conjunction.tca_jd, report.conjunction.tca_fraction)[:-1])
    tca = tca.replace(tzinfo=UTC)
    before = " ".join(shown(report, now=tca - timedelta(hours=5)))
    assert "TCA 2024-11-02 03:04:05 UTC, in 5.0 h; the message is 27 h old at TCA" in before
    assert "UTC, 3.0 days ago;" in " ".join(shown(report, now=tca + timedelta(days=3)))


def test_text_of_messages_is_neither_markup_nor_control() -> None:
    evil = "[bold red]X[/]\x1b[2J\u202e:smile:"
    report = report_of(
        OBJECT1_OBJECT_NAME=evil,
        ORIGINATOR=evil,
        COLLISION_PROBABILITY_METHOD=evil,
        MESSAGE_ID=evil,
        MESSAGE_FOR=evil,
        OBJECT2_MANEUVERABLE=evil,
    )
    text = "\n".join([*shown(report), *summary_lines(report)])
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("[bold red]X[/]") >= 6
    assert ":smile:" in text
    assert "<" not in summary_html(report_of(OBJECT1_OBJECT_NAME="<script>"))[5:].replace("<b>", "").replace(
        "</b>", ""
    ).replace("<br>", "").replace("</div>", "")


def test_the_exclusion_volumes_serve_where_no_hard_body_is_stated() -> None:
    text = kvn(OBJECT1_Z="10.0", OBJECT2_Z="10.0").replace(
        "MASS  ", "COMMENT Exclusion Volume Radius = 5 [m]\nMASS  "
    )
    (message,) = parse_cdm(text.encode(), "x.cdm")
    (report,) = assess_cdms([message], methods=["foster"])
    assert report.hard_body_radius_m == 10.0
    assert (
        "hard body 10 m, the sum of the exclusion volumes' radii, because the message states no hard"
        in repr(report)
    )
    (given,) = assess_cdms([message], methods=["foster"], hard_body_radius_m=10.0)
    assert given.value_of("foster") == report.value_of("foster")
    # Without these either, the error offers the radius that the stated probability amounts to.
    with pytest.raises(InputError, match=r"its stated probability is that of a disc of \d+(\.\d+)? m$"):
        assess_cdms(parse_cdm(kvn(OBJECT1_Z="10.0", OBJECT2_Z="10.0").encode(), "x.cdm"))
