"""Every published number on a plane method in the shared reference files, with the result of this package.

`comparisons()` yields them one by one; `UNMATCHED` names those that are not reproduced, each with its reason. The page
docs/probability_cases.md shows both, and tests keep it current.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import erf
from support.shared import shared_path

from debrissim.probability.algorithms.chan import chan
from debrissim.probability.algorithms.elrod import elrod
from debrissim.probability.algorithms.laas import laas_bounded
from debrissim.probability.collision import CollisionProbability, collision_probability
from debrissim.probability.dilution import dilution_by_object
from debrissim.probability.encounter_plane import encounter_plane, plane_from_components
from debrissim.probability.frisbee import frisbee_maximum
from debrissim.probability.maximum import maximum_probability, small_object_maximum
from debrissim.probability.registry import get_method
from debrissim.propagation.frames import rotate, rotate_covariance, rtn_basis
from debrissim.uncertainty.rotation import to_inertial, to_primary_rtn

STATES = ("r1", "v1", "r2", "v2")

SERIES = (
    "the same series cut at the same 37,000 terms gives 4.45099e-2 here, as does the integral: the printed digits "
    "contain rounding errors from a recurrence with differences"
)
CONDITION = (
    "the projected covariance has a condition number of 4e7: its small eigenvalue is known to 1e-8 in double "
    "precision whatever the algorithm; met to 3e-8"
)
NOT_A_NUMBER = (
    "NaN there, because there is no relative velocity; here a number that bounds the instantaneous probability, "
    "and a flag"
)
HUNDRED = "computed there with a rule of 100 intervals, its form not given; met to 1.2e-4"
TENTH_OF_A_METRE = (
    "the message's states are printed to 0.1 m, which at 13 to 21 sigmas "
    "moves so small a probability by 3 to 6 %"
)
TRUNCATED = "two digits are printed, and this one was cut, not rounded: the value is 2.658e-51"

UNMATCHED: dict[str, str] = {
    "OREKIT-2D-19 Laas2015": SERIES,
    "CARA-UT-05 PcCircle": CONDITION,
    "CARA-UT-06 PcCircle": CONDITION,
    "CARA-UT-12 PcCircle": CONDITION,
    "CARA-ZERO-5 PcCircle": NOT_A_NUMBER,
    "ALFANO09-01 linear, n = 100": HUNDRED,
    "ALFANO09-05 linear, n = 100": HUNDRED,
    "ALFANO09-09 linear, n = 100": HUNDRED,
    "ALFANO09-10 linear, n = 100": HUNDRED,
    "ISS-CDM-10 COLLISION_PROBABILITY": TENTH_OF_A_METRE,
    "ISS-CDM-14 COLLISION_PROBABILITY": TENTH_OF_A_METRE,
    "SHEPPERD-JSpOC-JSpOC Pc_Foster": TRUNCATED,
}
"""Reason by key for each published number that is not reproduced to its printed digits."""


@dataclass(frozen=True)
class Comparison:
    """One published number: its place, its published tolerance, and our value."""

    group: str
    case: str
    quantity: str
    published: float
    computed: float
    relative: float = 0.0
    absolute: float = 0.0

    @property
    def key(self) -> str:
        return f"{self.case} {self.quantity}"

    @property
    def met(self) -> bool:
        if np.isnan(self.published):
            return bool(np.isnan(self.computed))
        allowed = max(self.relative * abs(self.published), self.absolute)
        return abs(self.computed - self.published) <= allowed * (1.0 + 1e-9)


def reference(name):
    return json.loads(shared_path(f"reference/{name}").read_text(encoding="utf-8"))


def assess_inertial(r1, v1, cov1, r2, v2, cov2, radius_m, **options) -> CollisionProbability:
    """Assess states with both covariances in their inertial frame; km throughout, except the radius (m)."""
    frame = rtn_basis(r1, v1)
    return collision_probability(
        rotate(frame, r2 - r1),
        rotate(frame, v2 - v1),
        rotate_covariance(frame, cov1),
        rotate_covariance(frame, cov2),
        radius_m,
        **options,
    )


def assess_rtn(r1, v1, cov1, r2, v2, cov2, radius_m, **options) -> CollisionProbability:
    """Assess states with each covariance in its own object's RTN."""
    primary, secondary = np.concatenate([r1, v1], -1), np.concatenate([r2, v2], -1)
    frame = rtn_basis(r1, v1)
    return collision_probability(
        rotate(frame, r2 - r1),
        rotate(frame, v2 - v1),
        cov1,
        to_primary_rtn(cov2, secondary, primary),
        radius_m,
        **options,
    )


def single_case(inputs, names, unit):
    """The named arrays of one case with a leading axis of one, lengths in km: unit is 1e-3 for metres."""
    columns = []
    for name in names:
        array = np.array(inputs[name], dtype=float)
        columns.append(array[None] * unit if array.ndim == 1 else array[:3, :3][None] * unit**2)
    return columns


def assess_case(case, **options) -> CollisionProbability:
    """Assess a case in km or m, with covariances inertial or in each object's RTN."""
    unit = 1e-3 if case["units"]["r"] == "m" else 1.0
    i = case["inputs"]
    r1, v1, r2, v2 = single_case(i, STATES, unit)
    radius_m = 1000.0 * unit * float(i["hbr"])
    if "cov1" in i:
        cov1, cov2 = single_case(i, ["cov1", "cov2"], unit)
        return assess_inertial(r1, v1, cov1, r2, v2, cov2, radius_m, **options)
    cov1, cov2 = single_case(i, ["cov1_rtn", "cov2_rtn"], unit)
    return assess_rtn(r1, v1, cov1, r2, v2, cov2, radius_m, **options)


def pc_circle(computed: CollisionProbability, distance_km: float) -> float:
    """The value of NASA CARA's PcCircle: 64 nodes, and the whole distance at the stated instant as miss."""
    stretch = distance_km / computed.plane.miss_distance_km[0]
    plane = plane_from_components(computed.plane.miss_km * stretch, computed.plane.covariance_km2)
    return float(elrod(plane, computed.hard_body_radius_m / 1000.0, nodes="along the major axis")[0])


def distance_km(inputs, unit) -> float:
    return float(np.linalg.norm(np.subtract(inputs["r2"], inputs["r1"])) * unit)


def comparisons() -> Iterator[Comparison]:
    yield from _orekit_plane()
    yield from _states()
    yield from _zero()
    yield from _cara_messages()
    yield from _alfano_2009()
    yield from _samples()
    yield from _iss()
    yield from _armellin()
    yield from _frisbee()
    yield from _shepperd()
    yield from _maxima()


def _orekit_plane():
    group = "Orekit, encounter-plane table (Chan 2008, Serra et al. 2016)"
    for case in reference("pc2d_encounter_plane_orekit.json")["cases"]:
        i = case["inputs"]
        plane = plane_from_components(
            np.array([[i["xm"], i["ym"]]]) / 1e3, np.diag(np.square([i["sigma_x"], i["sigma_y"]]) / 1e6)[None]
        )
        radius = np.array([i["hbr"] / 1e3])
        before = laas_bounded(plane, radius, terms=0)
        computed = {
            "Alfano2005": get_method("alfano-2005")(plane, radius),
            "Patera2005": get_method("patera-2005")(plane, radius),
            "Laas2015": get_method("laas-2015")(plane, radius),
            "Laas2015_lower_bound": before.lower,
            "Laas2015_upper_bound": before.upper,
            "Chan1997": chan(plane, radius, terms="recommended"),
        }
        for method, printed in case["expected_by_method"].items():
            yield Comparison(
                group, case["id"], method, printed["value"], computed[method][0], absolute=printed["abs_tol"]
            )


def _states():
    group = "CARA and Orekit, unit tests with full states"
    squares = {
        "PcElrod/Pc2D_Foster circle": ("foster", "elrod"),
        "Pc2D_Foster square": ("foster-square",),
        "Pc2D_Foster squareEquArea": ("foster-square-equal-area",),
    }
    for case in reference("pc2d_states_unit_tests.json")["cases"]:
        expected, also = case["expected"], case.get("also", {})
        if np.isinf(float(case["inputs"]["hbr"])):
            continue  # `collision_probability` requires finite radii; the methods' own limit of 1 is in the unit tests.
        if "abs_tol" in expected:
            computed = assess_case(case, method="alfano-2005").value[0]
            yield Comparison(
                group, case["id"], "Alfano2005", expected["value"], computed, absolute=expected["abs_tol"]
            )
            continue
        unit = 1e-3 if case["units"]["r"] == "m" else 1.0
        plain = assess_case(case)
        whole = pc_circle(plain, distance_km(case["inputs"], unit))
        yield Comparison(
            group, case["id"], "PcCircle", expected["value"], whole, relative=expected["rel_tol"]
        )
        for quantity, methods in squares.items():
            if quantity in also:
                for method in methods:
                    computed = assess_case(case, method=method).value[0]
                    yield Comparison(
                        group,
                        case["id"],
                        f"{quantity} ({method})",
                        also[quantity]["value"],
                        computed,
                        relative=also[quantity]["rel_tol"],
                    )
        if "semi_major_axis_m" in also:
            plane = plain.plane
            shape = {
                "semi_major_axis_m": 1e3 * plane.sigma_major_km[0],
                "semi_minor_axis_m": 1e3 * plane.sigma_minor_km[0],
                "miss_distance_m": 1e3 * distance_km(case["inputs"], unit),
                "cond_num_projected": (plane.sigma_major_km[0] / plane.sigma_minor_km[0]) ** 2,
            }
            for quantity, computed in shape.items():
                yield Comparison(
                    group, case["id"], quantity, also[quantity], computed, relative=also["rel_tol"]
                )


def _zero():
    group = "CARA, zero miss and zero relative velocity"
    for case in reference("zero_miss_zero_vrel.json")["cases"]:
        i = case["inputs"]
        # CARA mixes km and m^2 here on purpose: the numbers are used as printed, so the radius is 10 m of "km".
        r1, v1, r2, v2 = single_case(i, STATES, 1.0)
        cov1, cov2 = single_case(i, ["cov1", "cov2"], 1.0)
        computed = assess_inertial(r1, v1, cov1, r2, v2, cov2, 1000.0 * i["hbr"])
        yield Comparison(
            group, case["id"], "PcCircle", float(case["expected"]["value"]), computed.value[0], relative=1e-9
        )


def _cara_messages():
    group = "CARA, operational conjunction messages"
    for case in reference("cara_53_cdm_conjunctions.json")["cases"]:
        plain, expected = assess_case(case), case["expected"]
        distance = distance_km(case["inputs"], 1e-3)
        for quantity, computed in (
            ("pc2d", plain.value[0]),
            ("pc2d_no_tca_adjust", pc_circle(plain, distance)),
        ):
            yield Comparison(
                group,
                case["id"],
                quantity,
                expected[quantity]["value"],
                computed,
                relative=expected[quantity]["rel_tol"],
            )


def _alfano_2009():
    group = "Alfano 2009, linear probabilities"
    for case in reference("alfano2009_12cases.json")["cases"]:
        flat = {"units": case["units"], "inputs": {**case["inputs"]["at_tca"], "hbr": case["inputs"]["hbr"]}}
        expected = case["expected"]
        computed = {method: assess_case(flat, method=method) for method in ("foster", "elrod")}
        yield Comparison(
            group,
            case["id"],
            "pc2d_cara",
            expected["pc2d_cara"]["value"],
            computed["foster"].value[0],
            relative=expected["pc2d_cara"]["rel_tol"],
        )
        for method, result in computed.items():
            printed = expected["pc2d_cara_unit_test"]
            yield Comparison(
                group,
                case["id"],
                f"unit test ({method})",
                printed["value"],
                result.value[0],
                relative=printed["rel_tol"],
            )
        linear = expected["pc_linear_alfano2009"]["value"]
        yield Comparison(
            group, case["id"], "linear, n = 100", linear, computed["foster"].value[0], absolute=1e-9
        )


def _samples():
    group = "CARA, sample messages: dilution"
    for case in reference("cara_sample_cdms_mc_dilution.json")["cases"]:
        plain, expected = assess_case(case), case["expected"]
        if "pc2d" in expected:
            yield Comparison(
                group, case["id"], "pc2d", expected["pc2d"]["value"], plain.value[0], absolute=1e-10
            )
            continue
        printed = expected["dilution_max_pc"]
        yield Comparison(
            group,
            case["id"],
            "dilution_max_pc",
            printed["value"],
            plain.maximum[0],
            relative=printed["rel_tol"],
        )
        r1, v1, r2, v2 = single_case(case["inputs"], STATES, 1e-3)
        cov1, cov2 = single_case(case["inputs"], ["cov1_rtn", "cov2_rtn"], 1e-3)
        cov1, cov2 = to_inertial(cov1, np.hstack([r1, v1])), to_inertial(cov2, np.hstack([r2, v2]))
        which = dilution_by_object(r2 - r1, v2 - v1, cov1, cov2, np.array([case["inputs"]["hbr"] / 1e3]))
        flag = 10 * int(which.primary[0]) + int(which.secondary[0])
        yield Comparison(group, case["id"], "diluted_flag", expected["diluted_flag"]["value"], flag)


def _iss():
    group = "ISS, conjunction messages with the operator's own value"
    for case in reference("iss_real_cdms.json")["cases"]:
        case = {**case, "inputs": {**case["inputs"], "hbr": 70.0}}
        yield Comparison(
            group,
            case["id"],
            "COLLISION_PROBABILITY",
            case["cdm_collision_probability"],
            assess_case(case).value[0],
            relative=0.01,
        )


def armellin():
    """The conjunctions of Armellin (2021): (assessment, table of columns by name)."""
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

    computed = assess_rtn(
        vector("p_"),
        vector("p_v"),
        covariance("p"),
        vector("s_"),
        vector("s_v"),
        covariance("s"),
        1000.0 * table["R_km"],
    )
    return computed, table


def trapezoid(plane, radius, intervals):
    """The disc integral by strips along the minor axis and the trapezoid rule across the major one."""
    u, v = np.abs(plane.miss_principal_km).T[:, :, None]
    a, b, r = plane.sigma_major_km[:, None], plane.sigma_minor_km[:, None], radius[:, None]
    x = r * np.linspace(-1.0, 1.0, intervals + 1)
    half = np.sqrt(np.maximum(0.0, r * r - x * x))
    strips = erf((v + half) / b / np.sqrt(2.0)) - erf((v - half) / b / np.sqrt(2.0))
    values = strips * np.exp(-0.5 * ((u + x) / a) ** 2) / (a * np.sqrt(8.0 * np.pi))
    return 2.0 * radius / intervals * (values.sum(axis=1) - 0.5 * (values[:, 0] + values[:, -1]))


def _armellin():
    group = "Armellin 2021, conjunctions of ESA's challenge"
    computed, table = armellin()
    radius = computed.hard_body_radius_m / 1000.0
    # The published column of "Alfano's equation 5a" is this rule, 1e-3 off the integral.
    ours = {
        "pc_published_alfano_eq5a": (trapezoid(computed.plane, radius, 100), 1e-8),
        "pc_approx_alfriend_eq18": (get_method("alfriend-akella")(computed.plane, radius), 1e-7),
        "pc_max_alfriend_eq21": (small_object_maximum(computed.plane, radius).value, 2e-8),
        "mahalanobis2": (computed.plane.mahalanobis_distance**2, 1e-7),
        "miss_km": (computed.plane.miss_distance_km, 1e-9),
    }
    for quantity, (values, relative) in ours.items():
        for row, value in enumerate(values):
            yield Comparison(
                group,
                f"ARMELLIN-{int(table['id'][row])}",
                quantity,
                table[quantity][row],
                value,
                relative=relative,
            )


def frisbee_plane(case):
    """One of Frisbee's cases: (plane by the known covariance alone, hard-body radius (1,) km)."""
    i = case["inputs"]
    r1, v1, r2, v2 = single_case(i, STATES, 1e-3)
    known = single_case(i, ["known_cov_rtn"], 1e-3)[0]
    owner = np.concatenate([r1, v1] if i["known_is"] == "primary" else [r2, v2], -1)
    plane = encounter_plane(r2 - r1, v2 - v1, to_inertial(known, owner))
    return plane, np.array([i["hbr"] / 1e3])


def _frisbee():
    group = "Frisbee, one covariance missing (ISS and others)"
    for case in reference("frisbee_max_pc_iss.json")["cases"]:
        plane, radius = frisbee_plane(case)
        for quantity, method in (
            ("frisbee_max_pc_circle", "foster"),
            ("frisbee_max_pc_square_equal_area", "foster-square-equal-area"),
        ):
            if quantity in case["expected"]:
                printed = case["expected"][quantity]
                computed = frisbee_maximum(plane, radius, method=method).value[0]
                yield Comparison(
                    group,
                    case["id"],
                    quantity,
                    printed["value"],
                    computed,
                    relative=printed.get("rel_tol", 0.0),
                    absolute=printed.get("abs_tol", 0.0),
                )


def shepperd(case) -> CollisionProbability:
    """Shepperd's Earth-fixed states of Iridium 33 and Cosmos 2251, propagated to one instant and one frame."""
    earth_rate = np.array([0.0, 0.0, 7.292115e-5])
    first, second = case["inputs"]["iridium33"], case["inputs"]["cosmos2251"]
    states = []
    for body in (first, second):
        # Propagated to one instant (17.5 ms are 130 m) in the Earth-fixed frame, whose axes of that instant then
        # serve as inertial ones: the velocity gains the frame's rotation.
        velocity = np.array(body["v"]) / 1e3
        position = np.array(body["r"]) / 1e3 + velocity * (second["t"] - body["t"])
        states += [position[None], (velocity + np.cross(earth_rate, position))[None]]
    cov1, cov2 = (np.array(body["cov"], dtype=float)[None] / 1e6 for body in (first, second))
    return assess_rtn(states[0], states[1], cov1, states[2], states[3], cov2, case["inputs"]["hbr"])


def _shepperd():
    group = "Shepperd, Iridium 33 and Cosmos 2251"
    for case in reference("iridium33_cosmos2251.json")["shepperd_cases"]:
        printed = case["expected"]["Pc_Foster"]
        half_a_digit = 0.5 * 10.0 ** (np.floor(np.log10(printed)) - 1.0)
        yield Comparison(
            group, case["id"], "Pc_Foster", printed, shepperd(case).value[0], absolute=half_a_digit
        )


def _maxima():
    group = "Alfano 2005, maximum over scale (recomputed in high precision)"
    for case in reference("socrates_maxpc.json")["exact_table"]:
        ratio, radius = case["inputs"]["AR"], case["inputs"]["r_over_d"]
        plane = plane_from_components(np.array([[1.0, 0.0]]), np.diag([float(ratio) ** 2, 1.0])[None])
        computed = maximum_probability(plane, np.array([radius]))
        expected = case["expected"]
        yield Comparison(group, case["id"], "Pmax", expected["Pmax"], computed.value[0], relative=1e-9)
        yield Comparison(
            group,
            case["id"],
            "sigma_minor",
            expected["sigma_minor_over_d"],
            computed.scale[0],
            relative=expected["rel_tol"],
        )
