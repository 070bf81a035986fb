"""Step by step in Python: the same encounters and probabilities as the functions give, and sentences for bad input."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from matplotlib.figure import Figure

import debrissim as ds
from debrissim.conjunctions.assessment import assess_encounters
from debrissim.conjunctions.session import Risk, Screening
from debrissim.core.errors import InputError
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.screen import screen
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import get_covariance_model

CATALOG = ds.synthetic_catalog(1200, seed=5)
ROW = int(np.flatnonzero((CATALOG.perigee_altitude_km > 500.0) & (CATALOG.apogee_altitude_km < 700.0))[0])
NUMBER = int(CATALOG.norad_id[ROW])
BALL = ScreeningVolume.sphere(60.0)
START = "2024-11-01"


@pytest.fixture(scope="module")
def screening() -> Screening:
    found = CATALOG.screen(primary=NUMBER, start=START, days=1.0, volume=BALL)
    assert isinstance(found, Screening)
    return found


def test_the_verb_is_the_function(screening: Screening):
    moment = ds.Time.of(START)
    expected = screen(
        CATALOG, [ROW], moment.jd, moment.fraction, 86400.0, [BALL], colocation=CoLocationRule()
    ).encounters
    assert len(expected) > 5
    assert screening.encounters.equals(expected)
    assert repr(screening).startswith(f"<Screening: {len(expected)} encounters; 1,200 objects, ")


@pytest.mark.parametrize(
    ("primary", "start"),
    [
        (str(CATALOG.name[ROW]), datetime(2024, 11, 1, tzinfo=UTC)),
        ([NUMBER], ds.Time.of(START)),
        (np.int64(NUMBER), "2024-11-01T00:00:00Z"),
    ],
)
def test_the_door_is_forgiving(screening: Screening, primary: object, start: object):
    found = CATALOG.screen(primary=primary, start=start, days=1.0, volume=[BALL])
    assert found.encounters.equals(screening.encounters)


def test_all_objects_meet_each_other():
    few = CATALOG[:150]
    found = few.screen("all", start=START, days=0.2, volume=ScreeningVolume.sphere(200.0))
    assert found.inputs.primaries is None
    assert len(np.unique(found.encounters.primary)) > 1


def test_the_assessment_is_that_of_the_main_job(screening: Screening):
    risk = screening.assess(covariance="socrates", method="foster", hard_body_radius_m={"primary": 60})
    sized = screening.inputs.catalog
    radius = sized.hard_body_radius_m.copy()
    radius[ROW] = 60.0
    expected = assess_encounters(
        screening.encounters,
        sized.with_columns(hard_body_radius_m=radius),
        get_covariance_model("socrates"),
        method="foster",
    )
    assert isinstance(risk, Risk)
    assert risk.probability.value.tolist() == expected.probability.value.tolist()
    assert risk.encounters.collision_probability.tolist() == expected.probability.value.tolist()
    assert risk.cumulative_probability() == pytest.approx(
        1.0 - np.prod(1.0 - expected.probability.value), abs=1e-15
    )
    ranked = risk.sort_by("maximum_probability", descending=True)
    assert (np.diff(ranked.probability.maximum) <= 0.0).all()
    assert ranked[0].probability.maximum[0] == risk.probability.maximum.max()


def test_radii_by_number_override_those_of_a_role(screening: Screening):
    other = int(screening.encounters.secondary_norad_id[0])
    risk = screening.assess(
        covariance="socrates", hard_body_radius_m={other: 7.0, "secondary": 1.0, "primary": 2.0}
    )
    radius = risk.encounters.hard_body_radius_m
    is_other = risk.encounters.secondary_norad_id == other
    assert set(radius[is_other].tolist()) == {9.0}
    assert set(radius[~is_other].tolist()) == {3.0}


def test_one_encounter_has_curves_and_a_plot(screening: Screening):
    top = screening.assess(covariance="socrates").sort_by("maximum_probability", descending=True)[0]
    curve = top.curves.dilution
    assert curve.probability.max() == pytest.approx(top.probability.maximum[0], rel=0.02)
    assert (np.diff(top.curves.radius.probability) >= -1e-15).all()
    assert isinstance(top.plot(), Figure)
    ax = Figure().add_subplot()
    assert top.plot(ax) is ax
    assert ax.get_xlabel()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"primary": 1}, "no object 1 among 1200"),
        ({"primary": "NOTHING OF THE KIND"}, "no object 'NOTHING OF THE KIND'"),
        ({"primary": []}, "got an empty list"),
        ({"start": "yesterday"}, "yesterday"),
        ({"volume": "iss-2x25x52"}, "did you mean 'iss-2x25x25'"),
        ({"days": -1.0}, "duration"),
    ],
)
def test_bad_input_is_one_sentence(options: dict[str, object], sentence: str):
    with pytest.raises(InputError, match=sentence) as caught:
        CATALOG.screen(**({"primary": NUMBER, "start": START, "days": 0.1, "volume": BALL} | options))
    assert "\n" not in str(caught.value)


def test_bad_radii_and_rows_are_one_sentence(screening: Screening):
    for radii, sentence in (
        ({"primary": 0.0}, "more than 0 m"),
        ({"third": 5.0}, '"primary", "secondary" or a catalogue number'),
        ({12: 5.0}, "12 is not in the catalogue"),
    ):
        with pytest.raises(InputError, match=sentence):
            screening.assess(hard_body_radius_m=radii)
    risk = screening.assess(covariance="socrates")
    with pytest.raises(InputError, match="expected one encounter"):
        risk.plot()
    with pytest.raises(InputError, match="expected one encounter"):
        _ = risk.curves
