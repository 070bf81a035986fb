"""The tables of the OCM.

Source: CCSDS 502.0-B-3, tables 6-1 to 6-12: keywords, order, units, mandatory ones.

Assumptions
- Mandatory keywords with a default may be left out (6.2.1.3): TIME_SYSTEM (UTC), CENTER_NAME (EARTH), TRAJ_REF_FRAME
  (ICRF3), COV_REF_FRAME, MAN_REF_FRAME (TNW_INERTIAL), COV_ORDERING (LTM), DC_TYPE (CONTINUOUS); that these are all is
  **unverified**.
- MAN_ID is mandatory, as Orekit and ccsds-ndm have it (**unverified** against the printed table).
- Values that the books leave to registries of SANA (frames, centres, types) are not checked against them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from debrissim.ephemerides.ocm import SCHEMA
from debrissim.ephemerides.ocm_covariances import ORDERINGS
from debrissim.lint.odm_tables import TIME_SYSTEMS, USER, header
from debrissim.lint.tables import Keyword, Kind, Layout, keywords

VERSION = "CCSDS_OCM_VERS"
VERSIONS = ("3.0",)

_M, _M2, _KG, _S, _D, _DEG, _PERCENT, _KM_S = "m", "m**2", "kg", "s", "d", "deg", "%", "km/s"
_PHYS_UNITS = {
    "DRAG_CONST_AREA": _M2, "DRAG_COEFF_NOM": "", "DRAG_UNCERTAINTY": _PERCENT, "INITIAL_WET_MASS": _KG,
    "WET_MASS": _KG, "DRY_MASS": _KG, "OEB_Q1": "", "OEB_Q2": "", "OEB_Q3": "", "OEB_QC": "", "OEB_MAX": _M,
    "OEB_INT": _M, "OEB_MIN": _M, "AREA_ALONG_OEB_MAX": _M2, "AREA_ALONG_OEB_INT": _M2, "AREA_ALONG_OEB_MIN": _M2,
    "AREA_MIN_FOR_PC": _M2, "AREA_MAX_FOR_PC": _M2, "AREA_TYP_FOR_PC": _M2, "RCS": _M2, "RCS_MIN": _M2, "RCS_MAX": _M2,
    "SRP_CONST_AREA": _M2, "SOLAR_RAD_COEFF": "", "SOLAR_RAD_UNCERTAINTY": _PERCENT, "VM_ABSOLUTE": "",
    "VM_APPARENT_MIN": "", "VM_APPARENT": "", "VM_APPARENT_MAX": "", "REFLECTANCE": "", "ATT_KNOWLEDGE": _DEG,
    "ATT_CONTROL": _DEG, "ATT_POINTING": _DEG, "AVG_MANEUVER_FREQ": "#/yr", "MAX_THRUST": "N", "DV_BOL": _KM_S,
    "DV_REMAINING": _KM_S, "IXX": "kg*m**2", "IYY": "kg*m**2", "IZZ": "kg*m**2", "IXY": "kg*m**2", "IXZ": "kg*m**2",
    "IYZ": "kg*m**2",
}  # fmt: skip
_PHYS = (
    "MANUFACTURER", "BUS_MODEL", "DOCKED_WITH", "DRAG_CONST_AREA", "DRAG_COEFF_NOM", "DRAG_UNCERTAINTY",
    "INITIAL_WET_MASS", "WET_MASS", "DRY_MASS", "OEB_PARENT_FRAME", "OEB_PARENT_FRAME_EPOCH", "OEB_Q1", "OEB_Q2",
    "OEB_Q3", "OEB_QC", "OEB_MAX", "OEB_INT", "OEB_MIN", "AREA_ALONG_OEB_MAX", "AREA_ALONG_OEB_INT",
    "AREA_ALONG_OEB_MIN", "AREA_MIN_FOR_PC", "AREA_MAX_FOR_PC", "AREA_TYP_FOR_PC", "RCS", "RCS_MIN", "RCS_MAX",
    "SRP_CONST_AREA", "SOLAR_RAD_COEFF", "SOLAR_RAD_UNCERTAINTY", "VM_ABSOLUTE", "VM_APPARENT_MIN", "VM_APPARENT",
    "VM_APPARENT_MAX", "REFLECTANCE", "ATT_CONTROL_MODE", "ATT_ACTUATOR_TYPE", "ATT_KNOWLEDGE", "ATT_CONTROL",
    "ATT_POINTING", "AVG_MANEUVER_FREQ", "MAX_THRUST", "DV_BOL", "DV_REMAINING", "IXX", "IYY", "IZZ", "IXY", "IXZ",
    "IYZ",
)  # fmt: skip
_FIXED = ("F10P7", "F10P7_MEAN", "M10P7", "M10P7_MEAN", "S10P7", "S10P7_MEAN", "Y10P7", "Y10P7_MEAN")
_PERT = (
    "ATMOSPHERIC_MODEL", "GRAVITY_MODEL", "EQUATORIAL_RADIUS", "GM", "N_BODY_PERTURBATIONS", "CENTRAL_BODY_ROTATION",
    "OBLATE_FLATTENING", "OCEAN_TIDES_MODEL", "SOLID_TIDES_MODEL", "REDUCTION_THEORY", "ALBEDO_MODEL",
    "ALBEDO_GRID_SIZE", "SHADOW_MODEL", "SHADOW_BODIES", "SRP_MODEL", "SW_DATA_SOURCE", "SW_DATA_EPOCH",
    "SW_INTERP_METHOD", "FIXED_GEOMAG_KP", "FIXED_GEOMAG_AP", "FIXED_GEOMAG_DST",
    *(f"FIXED_{name}" for name in _FIXED),
)  # fmt: skip
_PERT_UNITS = {
    "EQUATORIAL_RADIUS": "km", "GM": "km**3/s**2", "CENTRAL_BODY_ROTATION": "deg/s", "OBLATE_FLATTENING": "",
    "FIXED_GEOMAG_KP": "nT", "FIXED_GEOMAG_AP": "nT", "FIXED_GEOMAG_DST": "nT",
    **{f"FIXED_{name}": "SFU" for name in _FIXED},
}  # fmt: skip
_OD = (
    "OD_ID", "OD_PREV_ID", "OD_METHOD", "OD_EPOCH", "DAYS_SINCE_FIRST_OBS", "DAYS_SINCE_LAST_OBS",
    "RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN", "OBS_AVAILABLE", "OBS_USED", "TRACKS_AVAILABLE", "TRACKS_USED",
    "MAXIMUM_OBS_GAP", "OD_EPOCH_EIGMAJ", "OD_EPOCH_EIGINT", "OD_EPOCH_EIGMIN", "OD_MAX_PRED_EIGMAJ",
    "OD_MIN_PRED_EIGMIN", "OD_CONFIDENCE", "GDOP", "SOLVE_N", "SOLVE_STATES", "CONSIDER_N", "CONSIDER_PARAMS", "SEDR",
    "SENSORS_N", "SENSORS", "WEIGHTED_RMS", "DATA_TYPES",
)  # fmt: skip
_OD_UNITS = {
    **dict.fromkeys(("DAYS_SINCE_FIRST_OBS", "DAYS_SINCE_LAST_OBS", "RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN"), _D),
    "MAXIMUM_OBS_GAP": _D,
    **dict.fromkeys(("OD_EPOCH_EIGMAJ", "OD_EPOCH_EIGINT", "OD_EPOCH_EIGMIN"), _M),
    **dict.fromkeys(("OD_MAX_PRED_EIGMAJ", "OD_MIN_PRED_EIGMIN"), _M),
    "OD_CONFIDENCE": _PERCENT, "GDOP": "", "SEDR": "W/kg",
}  # fmt: skip
_INTEGERS = (
    *("INTERPOLATION_DEGREE", "ORB_REVNUM", "ALBEDO_GRID_SIZE", "DC_MIN_CYCLES", "DC_MAX_CYCLES"),
    *("OBS_AVAILABLE", "OBS_USED", "TRACKS_AVAILABLE", "TRACKS_USED", "SOLVE_N", "CONSIDER_N", "SENSORS_N"),
)
_TAGS = (
    *(
        "START_TIME",
        "STOP_TIME",
        "USEABLE_START_TIME",
        "USEABLE_STOP_TIME",
        "MAN_PREV_EPOCH",
        "MAN_NEXT_EPOCH",
    ),
    *("DC_WIN_OPEN", "DC_WIN_CLOSE", "DC_EXEC_START", "DC_EXEC_STOP", "DC_REF_TIME", "OD_EPOCH"),
)
_TIMES = (
    *("EPOCH_TZERO", "PREVIOUS_MESSAGE_EPOCH", "NEXT_MESSAGE_EPOCH", "NEXT_LEAP_EPOCH", "TRAJ_FRAME_EPOCH"),
    *("COV_FRAME_EPOCH", "MAN_FRAME_EPOCH", "OEB_PARENT_FRAME_EPOCH", "SW_DATA_EPOCH"),
)
_NUMBERS = {
    "SCLK_OFFSET_AT_EPOCH": _S, "SCLK_SEC_PER_SI_SEC": _S, "TIME_SPAN": _D, "TAIMUTC_AT_TZERO": _S,
    "NEXT_LEAP_TAIMUTC": _S, "UT1MUTC_AT_TZERO": _S, "COV_SCALE_MIN": "", "COV_SCALE_MAX": "",
    "COV_CONFIDENCE": _PERCENT,
    "DC_TIME_PULSE_DURATION": _S, "DC_TIME_PULSE_PERIOD": _S, "DC_PA_START_ANGLE": _DEG, "DC_PA_STOP_ANGLE": _DEG,
    **_PHYS_UNITS, **_PERT_UNITS, **_OD_UNITS,
}  # fmt: skip
_WORDS = {
    "COV_ORDERING": ORDERINGS,
    "DC_TYPE": ("CONTINUOUS", "TIME", "TIME_AND_ANGLE"),
    "MAN_BASIS": ("CANDIDATE", "PLANNED", "ANTICIPATED", "TELEMETRY", "DETERMINED", "SIMULATED", "OTHER"),
    "SHADOW_MODEL": ("NONE", "CYLINDRICAL", "CONE", "DUAL_CONE"),
    "ORB_REVNUM_BASIS": ("0", "1"),
}
# SANA, orbital elements, by the list of Orekit 12 (unverified).
_TYPES = (
    *("CARTP", "CARTPV", "CARTPVA", "ADBARV", "DELAUNAY", "DELAUNAYMOD", "EIGVAL3EIGVEC3", "EQUINOCTIAL"),
    *("EQUINOCTIALMOD", "GEODETIC", "KEPLERIAN", "KEPLERIANMEAN", "LDBARV", "ONSTATION", "POINCARE"),
)
_KINDS = {
    **{name: Keyword(name, Kind.NUMBER, unit) for name, unit in _NUMBERS.items()},
    **{name: Keyword(name, Kind.INTEGER, low=0) for name in _INTEGERS},
    **{name: Keyword(name, Kind.TAG) for name in _TAGS},
    **{name: Keyword(name, Kind.TIME) for name in _TIMES},
    **{name: Keyword(name, Kind.WORD, words=words) for name, words in _WORDS.items()},
    "TIME_SYSTEM": Keyword("TIME_SYSTEM", Kind.WORD, words=TIME_SYSTEMS, open_words=True),
    **{name: Keyword(name, Kind.WORD, words=_TYPES, open_words=True) for name in ("TRAJ_TYPE", "COV_TYPE")},
    "INTERNATIONAL_DESIGNATOR": Keyword("INTERNATIONAL_DESIGNATOR", Kind.DESIGNATOR),
    "OD_CONFIDENCE": Keyword("OD_CONFIDENCE", Kind.NUMBER, _PERCENT, low=0.0, high=100.0),
    "WEIGHTED_RMS": Keyword("WEIGHTED_RMS", Kind.NUMBER, None, low=0.0),
}


@dataclass(frozen=True)
class Block:
    """A kind of block: its layout, its tag in XML and that of its lines of data, whether there may be several."""

    name: str
    layout: Layout
    tag: str
    line_tag: str = ""
    repeats: bool = False


def _block(
    name: str, listed: Sequence[str], table: str, tag: str, needed: Sequence[str] = (), *, rows: bool = False
) -> Block:
    layout = Layout(
        f"the block {name} of an OCM",
        keywords(listed, table=table, block=name, mandatory=needed, more=_KINDS, kind=Kind.FREE),
        prefix=USER if name == "USER" else "",
    )
    return Block(name, layout, tag, f"{tag}Line" if rows else "", rows)


HEADER = Layout("the header of an OCM", header(VERSION, "table 6-2"))
BLOCKS: Mapping[str, Block] = {
    block.name: block
    for block in (
        _block("META", SCHEMA["META"], "table 6-3", "metadata", ("EPOCH_TZERO",)),
        _block("TRAJ", SCHEMA["TRAJ"], "table 6-4", "traj", ("TRAJ_TYPE",), rows=True),
        _block("PHYS", _PHYS, "table 6-5", "phys"),
        _block("COV", SCHEMA["COV"], "table 6-6", "cov", ("COV_TYPE",), rows=True),
        _block(
            "MAN",
            SCHEMA["MAN"],
            "table 6-7",
            "man",
            ("MAN_ID", "MAN_DEVICE_ID", "MAN_COMPOSITION"),
            rows=True,
        ),
        _block("PERT", _PERT, "table 6-10", "pert"),
        _block("OD", _OD, "table 6-11", "od", ("OD_ID", "OD_METHOD", "OD_EPOCH")),
        _block("USER", (), "table 6-12", "user"),
    )
}
"""The blocks in the order of table 6-1."""
PROPULSIVE = (
    *("TIME_ABSOLUTE", "TIME_RELATIVE", "MAN_DURA", "DELTA_MASS", "ACC_X", "ACC_Y", "ACC_Z", "ACC_INTERP"),
    *("ACC_MAG_SIGMA", "ACC_DIR_SIGMA", "DV_X", "DV_Y", "DV_Z", "DV_MAG_SIGMA", "DV_DIR_SIGMA"),
    *("THR_X", "THR_Y", "THR_Z", "THR_EFFIC", "THR_INTERP", "THR_ISP", "THR_MAG_SIGMA", "THR_DIR_SIGMA"),
)
"""Parts of MAN_COMPOSITION in the order of table 6-8."""
DEPLOYMENT = (
    *(
        "TIME_ABSOLUTE",
        "TIME_RELATIVE",
        "DEPLOY_ID",
        "DEPLOY_DV_X",
        "DEPLOY_DV_Y",
        "DEPLOY_DV_Z",
        "DEPLOY_MASS",
    ),
    *("DEPLOY_DV_SIGMA", "DEPLOY_DIR_SIGMA", "DEPLOY_DV_RATIO", "DEPLOY_DV_CDA"),
)
"""Parts of MAN_COMPOSITION in the order of table 6-9."""
TEXT_PARTS = ("ACC_INTERP", "THR_INTERP", "DEPLOY_ID")
"""Parts whose values are words."""
SIZES = {"CARTP": 3, "CARTPV": 6, "CARTPVA": 9, "KEPLERIAN": 6, "EQUINOCTIAL": 6, "ADBARV": 6, "GEODETIC": 6}
"""Numbers of a state of the types whose number is known (SANA, orbital elements; KEPLERIAN and EQUINOCTIAL may be
followed by further ones of partners)."""
EXACT_SIZES = ("CARTP", "CARTPV", "CARTPVA", "ADBARV")
NAMES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT", "X_DDOT", "Y_DDOT", "Z_DDOT")
