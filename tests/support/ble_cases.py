"""Published cases of ballistic limit equations, converted to shields: class and numbers."""

from __future__ import annotations

from typing import Any

from debrissim.hazard.shields.ballistic_limits import Shield
from debrissim.hazard.shields.iss_shields import ISS_SHIELDS, IssNodeShield
from debrissim.hazard.shields.single_wall import SingleWall, WallFailure, WallMaterial
from debrissim.hazard.shields.stuffed_whipple import StuffedWhipple
from debrissim.hazard.shields.whipple import WhippleNno

_MATERIAL = {"ST": "steel", "TI": "titanium", "AL": "aluminium", "CFRP": "cfrp", "GFRP": "gfrp"}
_FAILURE = {1.8: "perforation", 2.2: "detached spall", 2.4: "detached spall", 3.0: "attached spall"}
_ISS = {
    "USL cylinder": "us-lab-cylinder",
    "USL end cone": "us-lab-end-cone",
    "Node forward cylinder": "node-forward-cylinder",
    "Node aft cylinder": "node-aft-cylinder",
    "Node end cone #1": "node-end-cone-1",
    "Node end cone #2": "node-end-cone-2",
    "SM small-diameter cylinder": "service-module-small-cylinder",
    "SM large-diameter cylinder": "service-module-large-cylinder",
}


def family(case: dict[str, Any]) -> str:
    """Family of a reference case: "AL", "NNO", "JSCMOD", "ISS", "NODE" or "STUFFED"."""
    model = case["model"]
    if model.startswith("single wall"):
        return str(case["inputs"]["kind"])
    starts = {
        "new non": "NNO",
        "JSC": "JSCMOD",
        "ISS Whipple": "ISS",
        "ISS Node": "NODE",
        "Nextel": "STUFFED",
    }
    return next(name for start, name in starts.items() if model.startswith(start))


def shield_of(case: dict[str, Any]) -> Shield:
    """The shield of a reference case."""
    i, kind = case["inputs"], family(case)
    if kind in _MATERIAL:
        return SingleWall(
            WallMaterial(_MATERIAL[kind]),
            i["t"],
            WallFailure(_FAILURE[i["k"]]),
            i["rt"],
            i["hb"],
            i["ct"],
            i["mli"],
        )
    if kind == "NNO":
        return WhippleNno(i["tb"], i["S"], i["tw"], i["sigma"], i["rho_b"], i["m_MLI"], i["S_MLI"])
    if kind == "JSCMOD":
        return WhippleNno(i["tb"], i["S"], i["tw"], i["sig"], i["rb"], thin_bumper=True)
    if kind == "ISS":
        return ISS_SHIELDS[_ISS[i["shield"]]]
    if kind == "NODE":
        return IssNodeShield(i["tb"], i["S"], i["tw"], i["sigma"], i["rho_b"])
    stuffing = i["kevlar_AD"] + i["nextel_AD"]
    return StuffedWhipple(i["tb"], stuffing, i["S"], i["tw"], i["sigma"], i["rho_b"], i["rho_w"])


def critical_diameter_cm(case: dict[str, Any]) -> float:
    """Our critical diameter of a reference case."""
    i = case["inputs"]
    angle, density = i.get("angle", i.get("a")), i.get("rho_p", i.get("rp"))
    return float(shield_of(case).critical_diameter_cm(i["v"], angle, density))
