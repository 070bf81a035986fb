"""Every published two-dimensional, circular collision probability we hold, to its printed digits.

Not matched, and why:
- Orekit's Chan 1997 values and lower/upper bounds of Laas 2015: other quantities (an approximation,
  bounds), not the integral. Laas 2015 for "Alfano test case 5" (4.4507e-2): its own series is cut there;
  the integral is 4.4510e-2.
- CARA PcCircle sweeps at 1, 3, 10 and 30 km of hard body: the published value carries the error of its
  64-node Chebyshev rule where the body is 50 to 1600 sigma; met to 5e-4 there, and to 1e-7 against the
  exact integral.
- CARA values to 1e-10 where the projected covariance has a condition number of 4e7: its small eigenvalue is
  known to 1e-8 in double precision whatever the algorithm, and CARA puts |r| rather than the projected miss
  on the axis.
- Square hard bodies (Foster square, square of equal area): not a sphere's disc.
- The NaN that CARA's PcCircle gives without relative velocity: here a number and a flag.
- Hall's Nc, Coppola's and the Monte Carlo values beside the two-dimensional ones: other methods, other
  issues.
- ISS messages with a printed probability below 1e-25, and -01 (printed 0): states printed to 0.1 m give 3
  to 5 % at 13 to 21 sigma.
- Armellin's published Alfano column: a coarse rule, within 0.4 %; its exact column is met instead.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from shared import shared_path

from debrissim.probability.collision import ProbabilityFlag, assess
from debrissim.probability.encounter_plane import plane_from_components
from debrissim.probability.foster import foster
from debrissim.probability.maximum import maximum_probability
from debrissim.propagation.frames import rotate, rotate_covariance, rtn_basis
from debrissim.uncertainty.rotation import to_inertial, to_primary_rtn


def reference(name):
    return json.loads(shared_path(f"reference/{name}").read_text(encoding="utf-8"))


def assess_inertial(r1, v1, cov1, r2, v2, cov2, radius_m, **options):
    """Both covariances in the inertial frame of the states; km throughout, but for the radius."""
    frame = rtn_basis(r1, v1)
    return assess(
        rotate(frame, r2 - r1),
        rotate(frame, v2 - v1),
        rotate_covariance(frame, cov1),
        rotate_covariance(frame, cov2),
        radius_m,
        **options,
    )


def assess_rtn(r1, v1, cov1, r2, v2, cov2, radius_m):
    """Each covariance in its own object's RTN."""
    primary, secondary = np.concatenate([r1, v1], -1), np.concatenate([r2, v2], -1)
    frame = rtn_basis(r1, v1)
    return assess(
        rotate(frame, r2 - r1),
        rotate(frame, v2 - v1),
        cov1,
        to_primary_rtn(cov2, secondary, primary),
        radius_m,
    )


def one(inputs, names, unit):
    """The named arrays of one case with a leading axis of one, lengths in km: unit is 1e-3 for metres."""
    columns = []
    for name in names:
        array = np.array(inputs[name], dtype=float)
        columns.append(array[None] * unit if array.ndim == 1 else array[:3, :3][None] * unit**2)
    return columns


STATES = ("r1", "v1", "r2", "v2")


def test_encounter_plane_cases():
    for case in reference("pc2d_encounter_plane_orekit.json")["cases"]:
        i = case["inputs"]
        plane = plane_from_components(
            np.array([[i["xm"], i["ym"]]]) / 1e3, np.diag(np.square([i["sigma_x"], i["sigma_y"]]) / 1e6)[None]
        )
        found = foster(plane, np.array([i["hbr"] / 1e3]))[0]
        assert found == pytest.approx(case["reference_computed"]["value"], rel=1e-11), case["id"]
        for method in ("Alfano2005", "Patera2005", "Laas2015"):
            printed = case["expected_by_method"][method]
            if case["verified"][method]:
                assert found == pytest.approx(printed["value"], abs=printed["abs_tol"]), (case["id"], method)


def test_full_state_cases():
    for case in reference("pc2d_states_unit_tests.json")["cases"]:
        unit = 1.0 if case["units"]["r"] == "km" else 1e-3
        i = case["inputs"]
        radius_m = 1000.0 * unit * float(i["hbr"])
        if np.isinf(radius_m):
            continue  # `assess` wants finite radii; the method's own limit is in the unit tests.
        r1, v1, r2, v2 = one(i, STATES, unit)
        if "cov1" in i:
            found = assess_inertial(
                r1, v1, one(i, ["cov1"], unit)[0], r2, v2, one(i, ["cov2"], unit)[0], radius_m
            )
        else:
            cov1, cov2 = one(i, ["cov1_rtn", "cov2_rtn"], unit)
            found = assess_rtn(r1, v1, cov1, r2, v2, cov2, radius_m)
        expected = case["expected"]
        if "abs_tol" in expected:
            # Printed by Orekit to 1e-8, yet computed there by Simpson's rule, 7e-7 off the integral.
            assert found.value[0] == pytest.approx(expected["value"], rel=1e-6), case["id"]
        else:
            tolerance = max(expected.get("rel_tol_vs_exact", 0.0), 1e-7)
            assert found.value[0] == pytest.approx(expected["value"], rel=tolerance, abs=1e-300), case["id"]
        exact = case["computed_here"].get("pc2d_projected_miss")
        if exact is not None:
            assert found.value[0] == pytest.approx(exact, rel=1e-7), case["id"]


def test_zero_miss_and_zero_relative_velocity():
    for case in reference("zero_miss_zero_vrel.json")["cases"]:
        i = case["inputs"]
        # CARA mixes km and m^2 here on purpose: numbers are taken as they are, so the radius is 10 m of "km".
        r1, v1, r2, v2 = one(i, STATES, 1.0)
        cov1, cov2 = one(i, ["cov1", "cov2"], 1.0)
        found = assess_inertial(r1, v1, cov1, r2, v2, cov2, 1000.0 * i["hbr"])
        if case["expected"]["value"] == "NaN":
            assert 0.0 <= found.value[0] <= 1.0
            assert found.flags[0] & ProbabilityFlag.NO_RELATIVE_VELOCITY
        else:
            assert found.value[0] == pytest.approx(case["expected"]["value"], rel=1e-9), case["id"]


def test_shepperds_iridium_cosmos_states():
    earth_rate = np.array([0.0, 0.0, 7.292115e-5])
    for case in reference("iridium33_cosmos2251.json")["shepperd_cases"]:
        first, second = case["inputs"]["iridium33"], case["inputs"]["cosmos2251"]
        states = []
        for body in (first, second):
            # Brought to one instant (17.5 ms are 130 m) in the Earth-fixed frame, whose axes of that instant
            # then serve as inertial ones: the velocity gains the frame's rotation.
            velocity = np.array(body["v"]) / 1e3
            position = np.array(body["r"]) / 1e3 + velocity * (second["t"] - body["t"])
            states.append(np.concatenate([position, velocity + np.cross(earth_rate, position)]))
        primary, secondary = (s[None] for s in states)
        cov1, cov2 = (np.array(body["cov"], dtype=float)[None] / 1e6 for body in (first, second))
        found = assess_rtn(
            primary[:, :3],
            primary[:, 3:],
            cov1,
            secondary[:, :3],
            secondary[:, 3:],
            cov2,
            case["inputs"]["hbr"],
        )
        # Two digits are printed, the first case's cut, not rounded (2.658e-51 as 2.6e-51).
        printed = case["expected"]["Pc_Foster"]
        unit = 10.0 ** (np.floor(np.log10(printed)) - 1.0)
        assert found.value[0] == pytest.approx(printed, rel=0.0, abs=unit), case["id"]
        assert found.value[0] == pytest.approx(case["computed_here"]["Pc"], rel=1e-3), case["id"]
        assert found.flags[0] == 0


def test_iridium_cosmos_with_the_element_set_error_model():
    for case in reference("iridium33_cosmos2251.json")["flohrer_pc_cases"]:
        i = case["inputs"]
        r1, v1, r2, v2 = one(i, STATES, 1e-3)
        cov1, cov2 = (np.diag(i[name])[None] / 1e6 for name in ("cov1_rtn_diag", "cov2_rtn_diag"))
        found = assess_rtn(r1, v1, cov1, r2, v2, cov2, i["hbr"])
        assert found.value[0] == pytest.approx(case["expected"]["Pc"], rel=1e-9), case["id"]
        assert found.plane.mahalanobis_distance[0] == pytest.approx(case["expected"]["mahalanobis"], rel=1e-9)
        sigmas = 1000.0 * np.array([found.sigma_minor_km[0], found.sigma_major_km[0]])
        assert sigmas == pytest.approx(case["expected"]["sigmas"], rel=1e-9)


def test_exact_maximum_table():
    for case in reference("socrates_maxpc.json")["exact_table"]:
        ratio, radius = case["inputs"]["AR"], case["inputs"]["r_over_d"]
        plane = plane_from_components(np.array([[1.0, 0.0]]), np.diag([float(ratio) ** 2, 1.0])[None])
        found = maximum_probability(plane, np.array([radius]))
        assert found.value[0] == pytest.approx(case["expected"]["Pmax"], rel=1e-9), case["id"]
        assert found.scale[0] == pytest.approx(case["expected"]["sigma_minor_over_d"], rel=1e-5), case["id"]


def test_operational_conjunctions_of_nasa_cara():
    for case in reference("cara_53_cdm_conjunctions.json")["cases"]:
        i = case["inputs"]
        r1, v1, r2, v2 = one(i, STATES, 1e-3)
        cov1, cov2 = one(i, ["cov1_rtn", "cov2_rtn"], 1e-3)
        found = assess_rtn(r1, v1, cov1, r2, v2, cov2, i["hbr"])
        assert found.value[0] == pytest.approx(case["expected"]["pc2d"]["value"], rel=1e-6), case["id"]


def test_alfanos_monte_carlo_cases_in_two_dimensions():
    for case in reference("alfano2009_12cases.json")["cases"]:
        i = case["inputs"]["at_tca"]
        r1, v1, r2, v2 = one(i, STATES, 1e-3)
        cov1, cov2 = one(i, ["cov1", "cov2"], 1e-3)
        found = assess_inertial(r1, v1, cov1, r2, v2, cov2, case["inputs"]["hbr"])
        assert found.value[0] == pytest.approx(case["expected"]["pc2d_cara"]["value"], rel=1e-6), case["id"]
        slow = bool(found.flags[0] & ProbabilityFlag.SLOW_ENCOUNTER)
        assert slow == ("nonlinear" in case["description"]), case["id"]


def test_sample_messages_with_dilution():
    for case in reference("cara_sample_cdms_mc_dilution.json")["cases"]:
        i = case["inputs"]
        r1, v1, r2, v2 = one(i, STATES, 1e-3)
        cov1, cov2 = one(i, ["cov1_rtn", "cov2_rtn"], 1e-3)
        found = assess_rtn(r1, v1, cov1, r2, v2, cov2, i["hbr"])
        computed = case["computed_here"]
        assert found.value[0] == pytest.approx(computed["pc2d_projected_miss"], rel=1e-6, abs=1e-300), case[
            "id"
        ]
        if "pc2d" in case["expected"]:
            assert found.value[0] == pytest.approx(case["expected"]["pc2d"]["value"], abs=1e-10)
            continue
        assert found.value[0] == pytest.approx(case["expected"]["pc_monte_carlo_kep2body"]["value"], rel=0.1)
        assert found.maximum[0] == pytest.approx(case["expected"]["dilution_max_pc"]["value"], rel=0.005)
        assert found.maximum_scale[0] == pytest.approx(computed["scale_factor_at_max"], rel=1e-4)
        assert found.dilution[0]


def test_iss_messages():
    compared = 0
    for case in reference("iss_real_cdms.json")["cases"]:
        i = case["inputs"]
        r1, v1, r2, v2 = one(i, STATES, 1e-3)
        cov1, cov2 = one(i, ["cov1_rtn", "cov2_rtn"], 1e-3)
        found = assess_rtn(r1, v1, cov1, r2, v2, cov2, 70.0)
        printed = case["cdm_collision_probability"]
        assert found.value[0] == pytest.approx(
            case["computed_here"]["pc2d_circle_hbr70"], rel=1e-6, abs=1e-300
        )
        if printed > 1e-25:
            assert found.value[0] == pytest.approx(printed, rel=0.01), case["id"]
            compared += 1
    assert compared >= 4


def test_armellins_conjunctions():
    document = reference("armellin_conjunctions.json")
    table = dict(zip(document["columns"], np.array(document["rows"], dtype=float).T, strict=True))

    def vector(prefix):
        return np.stack([table[prefix + axis] for axis in "xyz"], -1)

    def covariance(body):
        names = {"rr": (0, 0), "tt": (1, 1), "nn": (2, 2), "rt": (0, 1), "rn": (0, 2), "tn": (1, 2)}
        matrix = np.zeros((len(table["id"]), 3, 3))
        for name, (row, column) in names.items():
            matrix[:, row, column] = matrix[:, column, row] = table[f"{body}_c{name}"]
        return matrix

    found = assess_rtn(
        vector("p_"), vector("p_v"), covariance("p"), vector("s_"), vector("s_v"), covariance("s"),
        1000.0 * table["R_km"],
    )  # fmt: skip
    # Not alfano_eq5a itself (a coarse rule); the exact integral of the same inputs.
    assert found.value == pytest.approx(table["pc2d_exact_computed_here"], rel=1e-7)
    assert found.value == pytest.approx(table["pc_published_alfano_eq5a"], rel=4e-3)
    assert found.plane.mahalanobis_distance**2 == pytest.approx(table["mahalanobis2"], rel=1e-6)


def test_frisbees_published_circles():
    # Frisbee's maximum with one covariance missing adds a known matrix; the integral after that is ours.
    for case in reference("frisbee_max_pc_iss.json")["cases"]:
        i = case["inputs"]
        r1, v1, r2, v2 = one(i, STATES, 1e-3)
        known = one(i, ["known_cov_rtn"], 1e-3)[0]
        owner = np.concatenate([r1, v1] if i["known_is"] == "primary" else [r2, v2], -1)
        frame = rtn_basis(r1, v1)
        known = rotate_covariance(frame, to_inertial(known, owner))
        zero = np.zeros_like(known)
        alone = assess(rotate(frame, r2 - r1), rotate(frame, v2 - v1), known, zero, i["hbr"])
        distance, miss = alone.plane.mahalanobis_distance[0], alone.plane.miss_km[0]
        assert distance == pytest.approx(case["computed_here"]["Ka"], rel=1e-5), case["id"]
        covariance = alone.plane.covariance_km2
        if distance > 1.0:
            covariance = covariance + (1.0 - 1.0 / distance**2) * np.outer(miss, miss)
        found = foster(plane_from_components(miss[None], covariance), np.array([i["hbr"] / 1e3]))[0]
        assert found == pytest.approx(case["computed_here"]["circle"], rel=1e-5), case["id"]
        published = case["expected"].get("frisbee_max_pc_circle")
        if published:
            assert found == pytest.approx(published["value"], abs=published["abs_tol"])
