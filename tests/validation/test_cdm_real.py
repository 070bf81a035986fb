"""Real messages: read, compared with an independent reader number by number, and their probabilities reproduced.

Not matched, with the reasons:
- The hard-body radii that NASA CARA's unit tests use for two of the Omitron messages (20 and 100 m) are not those
  in the files (6 and 20 m): those of the tests are used here.
- The probabilities NASA CARA's messages print have four digits, and two of them, with the radius 17.3 m, fit a
  radius of 17.28 m: reproduced to 0.3 %, and NASA's recomputed ones with the radius as printed to 1e-7.
- ISS messages with a printed probability below 1e-25: their states are printed to 0.1 m, which at 13 to 21
  standard deviations gives 3 to 6 %; -01 prints 0.
- Alfano's messages print states to a millimetre and RTN covariances at a TCA cut to seconds: case 02, 5 m and
  1.4 cm/s apart, is 7e-5 off the value of the full states, the others less.
- One of the 25 Monte Carlo intervals of 95 % does not contain the value: one in twenty is expected not to.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.cdm_oracle import assert_same, mended, oracle_message
from support.shared import shared_path

from debrissim.catalog import ObjectKind
from debrissim.cdm import cdm_kvn, cdm_xml, parse_cdm, read_cdm, read_cdm_summaries
from debrissim.cdm.assess import assess_cdms
from debrissim.cdm.stated import compare_stated
from debrissim.core.errors import InputError

ILL_FORMED = {
    "CDM-covariance-wrong-entry-format.txt": "line 65: CRDOT_T of OBJECT2: expected a number, got '-4.152E-02 this",
    "CDM-missing-TCA.txt": "TCA is missing (mandatory in a CDM)",
    "CDM-missing-object1-covariance-block.xml": "CR_R, CT_R, CT_T, CN_R, CN_T, CN_N and 15 more of OBJECT1 are missing",
    "CDM-wrong-key-word.txt": "line 6: unknown keyword 'WRONG_KEYWORD'",
}


def reference(name: str) -> dict:
    return json.loads(shared_path(f"reference/{name}").read_text(encoding="utf-8"))


def folder(name: str) -> list[Path]:
    return sorted(shared_path(f"data/cdm/{name}").iterdir())


def cara(stem: str):
    (message,) = read_cdm(shared_path(f"data/cdm/cara/{stem}.cdm"))
    return message


def test_every_well_formed_message_is_read_as_the_oracle_reads_it() -> None:
    paths = [path for path in (*folder("cara"), *folder("formats")) if path.name not in ILL_FORMED]
    assert len(paths) == 51
    for path in paths:
        (message,) = read_cdm(path)
        assert_same(message, mended(path.read_text(encoding="utf-8")))


def test_the_oracle_refuses_faults_of_real_messages_that_ours_notes() -> None:
    refused = 0
    for path in folder("cara"):
        text = path.read_text(encoding="utf-8")
        try:
            oracle_message(text)
        except ValueError:
            refused += 1
            (message,) = parse_cdm(text.encode(), path.name)
            assert np.isfinite(message.secondary.covariance_rtn).all()
    assert refused == 16


@pytest.mark.parametrize("name", ILL_FORMED)
def test_malformed_messages_are_refused_in_one_sentence(name: str) -> None:
    path = shared_path(f"data/cdm/formats/{name}")
    with pytest.raises(InputError) as caught:
        read_cdm(path)
    assert str(caught.value).startswith(f"{path}: {ILL_FORMED[name]}")
    assert "\n" not in str(caught.value)


def test_kvn_and_xml_of_one_message_read_the_same() -> None:
    (kvn,), (xml,) = (read_cdm(shared_path(f"data/cdm/formats/CDMExample1.{e}")) for e in ("txt", "xml"))
    for ours, theirs in ((kvn.primary, xml.primary), (kvn.secondary, xml.secondary)):
        np.testing.assert_array_equal(ours.state, theirs.state)
        np.testing.assert_array_equal(ours.covariance_rtn, theirs.covariance_rtn)


def test_irregularities_are_noted() -> None:
    (nil,) = read_cdm(shared_path("data/cdm/formats/CDMExample_issue1319.xml"))
    assert nil.collision_probability is None
    assert nil.primary.hard_body_radius_m == 10.0
    assert nil.hard_body_radius_m is None
    assert nil.primary.reference_frame == "ITRF"
    assert "states are 0.0 m apart" in nil.notes[0]
    assert "covariance of OBJECT1 is all zeros" in nil.notes[1]
    assert "given in [m] instead of [m/s]" in cara("AlfanoTestCase01").notes[0]
    iss = cara("SingleCovTestCase1-1").notes
    assert iss[0] == (
        "RESIDUALS_ACCEPTED (line 40), RESIDUALS_ACCEPTED (line 114): the unit is not closed by a bracket"
    )
    assert iss[-1] == "OBJECT2 has no velocity covariance (zeros)"


def test_real_messages_written_again_read_the_same() -> None:
    for path in folder("cara"):
        (message,) = read_cdm(path)
        for text in (cdm_kvn(message), cdm_xml(message)):
            (again,) = parse_cdm(text.encode(), path.name)
            np.testing.assert_array_equal(again.primary.state, message.primary.state)
            np.testing.assert_allclose(
                again.secondary.covariance_rtn, message.secondary.covariance_rtn, rtol=1e-15, atol=0.0
            )
            assert again.hard_body_radius_m == message.hard_body_radius_m
            assert again.tca_utc == message.tca_utc
            assert again.comments == message.comments
            assert set(again.other) >= set(message.other)
            for ours, theirs in ((again.primary, message.primary), (again.secondary, message.secondary)):
                assert (ours.comments, ours.other) == (theirs.comments, theirs.other)
                assert ours.exclusion_radius_m == theirs.exclusion_radius_m
            assert_same(again, mended(text))


def test_stated_probabilities_are_explained() -> None:
    # NASA CARA's are Foster's with the stated radius; the ISS's messages state no radius, and all mean 70 m.
    for case in reference("cara_53_cdm_conjunctions.json")["cases"]:
        message = cara(case["conjunction_id"])
        (report,) = assess_cdms([message], methods=["foster"])
        radius = report.hard_body_radius_m
        found = compare_stated(message, report.plane, radius, report.recommended.value, report.chosen)
        agrees = found.reason.startswith("agrees with ours")
        assert agrees == (report.chosen == "foster"), case["conjunction_id"]
        assert agrees or found.reason == "it agrees with foster; hall-3d is recommended here"
    for number in (7, 8, 9, 12):
        message = cara(f"SingleCovTestCase1-{number}")
        (report,) = assess_cdms([message], hard_body_radius_m=20.0, methods=["foster"])
        found = compare_stated(message, report.plane, 20.0, report.recommended.value, report.chosen)
        assert found.disc_radius_m == pytest.approx(70.0, rel=2e-3)


def test_operational_conjunctions_of_nasa_cara() -> None:
    cases = reference("cara_53_cdm_conjunctions.json")["cases"]
    messages = [cara(case["conjunction_id"]) for case in cases]
    inside = 0
    for case, report in zip(cases, assess_cdms(messages, methods=["foster", "hall-3d"]), strict=True):
        expected, stated = case["expected"], report.conjunction.collision_probability
        assert report.hard_body_radius_m == case["inputs"]["hbr"]
        assert report.value_of("foster") == pytest.approx(expected["pc2d"]["value"], rel=1e-7)
        assert report.value_of("foster") == pytest.approx(stated, rel=3e-3), case["id"]
        assert report.value_of("hall-3d") == pytest.approx(expected["nc3d_hall"]["value"], rel=2e-3)
        # NASA's own verdict on the plane, which "auto" does not use.
        assert (report.chosen == "hall-3d") == (expected["violations"]["pc2d"] > 0), case["id"]
        trials = expected["pc_sdmc_monte_carlo"]
        chosen = report.value_of(report.chosen)
        assert chosen == pytest.approx(trials["value"], rel=0.04), case["id"]
        inside += trials["lo95"] <= chosen <= trials["hi95"]
    assert len(cases) == 25
    assert inside >= 24


def test_sample_messages() -> None:
    for case in reference("cara_sample_cdms_mc_dilution.json")["cases"]:
        (report,) = assess_cdms(
            [cara(case["file"])], hard_body_radius_m=case["inputs"]["hbr"], methods=["foster"]
        )
        value, expected = report.value_of("foster"), case["expected"]
        if "pc2d" in expected:
            assert value == pytest.approx(expected["pc2d"]["value"], abs=expected["pc2d"]["tol"])
            assert "non positive definite" in report.flags
            continue
        assert value == pytest.approx(case["computed_here"]["pc2d_projected_miss"], rel=1e-6)
        assert value == pytest.approx(expected["pc_monte_carlo_kep2body"]["value"], rel=0.1)
        assert report.maximum == pytest.approx(expected["dilution_max_pc"]["value"], rel=0.005)
        assert report.dilution


def test_alfanos_messages() -> None:
    cases = {case["id"]: case for case in reference("alfano2009_12cases.json")["cases"]}
    for path in folder("cara"):
        if not path.stem.startswith("Alfano"):
            continue
        expected = cases[f"ALFANO09-{path.stem[-2:]}"]["expected"]
        (report,) = assess_cdms([cara(path.stem)], methods=["foster"])
        assert report.value_of("foster") == pytest.approx(expected["pc2d_cara"]["value"], rel=1e-4)


def test_iss_messages_reproduce_the_operators_probability() -> None:
    compared = 0
    for case in reference("iss_real_cdms.json")["cases"]:
        message = cara(case["file"].removesuffix(".cdm"))
        assert message.collision_probability == case["cdm_collision_probability"]
        assert message.hard_body_radius_m is None
        (report,) = assess_cdms([message], hard_body_radius_m=70.0, methods=["foster"])
        assert report.value_of("foster") == pytest.approx(
            case["computed_here"]["pc2d_circle_hbr70"], rel=1e-6, abs=1e-300
        )
        if message.collision_probability > 1e-25:
            assert report.value_of("foster") == pytest.approx(message.collision_probability, rel=0.01)
            compared += 1
    assert compared == 4


def test_public_summaries() -> None:
    summaries = read_cdm_summaries(shared_path("data/cdm/spacetrack_public_cdm_summaries.csv.xz"))
    assert len(summaries) == 1955
    assert int(np.isnan(summaries.collision_probability).sum()) == 707
    assert float(np.nanmax(summaries.collision_probability)) <= 1.0
    assert summaries.emergency.all()
    assert (
        summaries.tca_jd + summaries.tca_fraction > summaries.created_jd + summaries.created_fraction - 1.0
    ).all()
    assert set(summaries.primary_kind.tolist()) == {
        ObjectKind.PAYLOAD,
        ObjectKind.ROCKET_BODY,
        ObjectKind.DEBRIS,
    }
