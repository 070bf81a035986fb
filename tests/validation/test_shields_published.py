"""Ballistic limits: all 570 reference points, and 1,301 real shots."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.ble_cases import critical_diameter_cm, family
from support.shared import shared_path

from debrissim.hazard.shields import whipple
from debrissim.hazard.shields.stuffed_whipple import StuffedWhipple
from debrissim.hazard.shields.whipple import WhippleNno


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    return json.loads(shared_path("reference/ble_reference_points.json").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(scope="module")
def shots() -> dict[str, Any]:
    return json.loads(shared_path("reference/hypervelocity_impact_tests.json").read_text(encoding="utf-8"))


# Relative difference within which every point of a family is reproduced. Steel and glass: the reference sheet's own
# constants differ in their fourth digit from those printed (0.345; 0.434).
TOLERANCE = {
    "AL": 1e-14, "TI": 1e-14, "CFRP": 1e-14, "GFRP": 1e-4, "ST": 1e-3, "STUFFED": 1e-13, "NNO": 1e-14, "ISS": 1e-14,
    "NODE": 1e-14,
}  # fmt: skip
COUNT = {
    "AL": 12,
    "TI": 12,
    "CFRP": 12,
    "GFRP": 12,
    "ST": 12,
    "STUFFED": 36,
    "NNO": 84,
    "ISS": 336,
    "NODE": 32,
}


@pytest.mark.parametrize("name", TOLERANCE)
def test_reference_points(name: str, cases: list[dict[str, Any]]):
    own = [case for case in cases if family(case) == name]
    assert len(own) == COUNT[name]
    for case in own:
        assert critical_diameter_cm(case) == pytest.approx(case["expected"]["value"], rel=TOLERANCE[name]), (
            case["id"]
        )


def test_thin_bumpers_differ_by_an_error_in_the_reference(
    cases: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    """The reference's sphere has the mass pi d^3 rho / 8 instead of pi d^3 rho / 6: with that error we match its sheet
    to the 1e-3 of its solver, without it we are up to 1.3 % higher."""
    own = [case for case in cases if family(case) == "JSCMOD"]
    assert len(own) == 22
    ratio = np.array([critical_diameter_cm(case) / case["expected"]["value"] for case in own])
    assert ratio.min() > 1.0 - 1e-9
    assert 1.012 < ratio.max() < 1.013
    monkeypatch.setattr(whipple, "sphere_mass_g", lambda d, rho: np.pi / 8.0 * rho * d**3)
    for case in own:
        assert critical_diameter_cm(case) == pytest.approx(case["expected"]["value"], rel=1e-3), case["id"]


def _verdicts(rows: list[list[Any]], columns: list[str], thin_bumper: bool) -> tuple[np.ndarray, ...]:
    """Every shot at a Whipple shield: (predicted perforation, perforated, speed along the normal)."""
    predicted, perforated, normal = [], [], []
    for row in rows:
        r = dict(zip(columns, row, strict=True))
        shield = WhippleNno(r["tb"], r["S"], r["tw"], r["sig"], r["rb"], thin_bumper=thin_bumper)
        predicted.append(r["d"] > shield.critical_diameter_cm(r["v"], r["a"], r["rp"]))
        perforated.append(bool(r["perf"]))
        normal.append(r["v"] * np.cos(np.radians(r["a"])))
    return np.array(predicted), np.array(perforated), np.array(normal)


@pytest.mark.parametrize(
    ("thin_bumper", "fraction", "unsafe", "regimes"),
    [
        (False, 0.7313, 127, ((177, 0.780, 8), (690, 0.722, 90), (268, 0.724, 29))),
        (True, 0.7621, 86, ((177, 0.791, 8), (690, 0.768, 60), (268, 0.728, 18))),
    ],
)
def test_real_shots_at_whipple_shields(
    thin_bumper: bool,
    fraction: float,
    unsafe: int,
    regimes: tuple[Any, ...],
    shots: dict[str, Any],
    record_property: Callable[[str, object], None],
):
    predicted, perforated, normal = _verdicts(shots["whipple_rows"], shots["whipple_columns"], thin_bumper)
    assert len(predicted) == 1135
    assert (predicted == perforated).mean() == pytest.approx(fraction, abs=5e-5)
    assert (~predicted & perforated).sum() == unsafe
    record_property(
        "thin-bumper factor" if thin_bumper else "plain",
        f"{fraction:.1%} of 1,135 shots right, {unsafe} unsafe errors",
    )
    for (low, high), (count, right, missed) in zip(((0, 3), (3, 7), (7, 20)), regimes, strict=True):
        own = (normal >= low) & (normal < high)
        assert own.sum() == count
        assert (predicted == perforated)[own].mean() == pytest.approx(right, abs=6e-4)
        assert (~predicted & perforated)[own].sum() == missed


def test_real_shots_at_stuffed_whipple_shields(shots: dict[str, Any]):
    """54 % agree: most of the set have fillings (foams, basalt, meshes) outside the scope of the equation."""
    right, unsafe = 0, 0
    for row in shots["stuffed_rows"]:
        r = dict(zip(shots["stuffed_columns"], row, strict=True))
        shield = StuffedWhipple(r["tb"], r["mNK"], r["S"], r["tw"], r["sig"], r["rb"], r["rw"], r["mli"])
        predicted = r["d"] > shield.critical_diameter_cm(r["v"], r["a"], r["rp"])
        right += bool(predicted) == bool(r["perf"])
        unsafe += bool(r["perf"]) and not predicted
    assert (len(shots["stuffed_rows"]), right, unsafe) == (166, 89, 20)


def test_the_handbooks_own_shots(shots: dict[str, Any]):
    """Table 4-7: 19 shots at stuffed shields of the ISS, 4 of them predicted to perforate that did not, none the
    reverse.

    Yield 57 ksi and 2.851 g/cm^3 for the wall, 2.713 for the bumper; Table 4-8 does not print them.
    """
    wrong = []
    for shot in shots["handbook_table_4_7"]:
        s = shots["handbook_shields"][shot["shield"]]
        shield = StuffedWhipple(s["tb_cm"], s["intermediate_AD_g_cm2"], s["S_cm"], s["tw_cm"], 57.0)
        predicted = shot["d_cm"] > shield.critical_diameter_cm(shot["v_km_s"], shot["angle_deg"], 2.8)
        if predicted != (shot["result"] == "P"):
            wrong.append((shot["test"], bool(predicted)))
    assert len(wrong) == 4
    assert all(predicted for _, predicted in wrong)
