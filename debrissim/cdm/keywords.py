"""The keywords of a CDM: the section of each, its unit, and whether a message may omit it.

Sources: CCSDS 508.0-B-1, "Conjunction Data Message" (June 2013, with corrigenda), tables 3-1 to 3-4; for the keywords
of version 2 the draft CCSDS 508.0-P-1.1, in the list that Orekit 12 reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")

HEADER = ("CCSDS_CDM_VERS", "CREATION_DATE", "ORIGINATOR", "MESSAGE_FOR", "MESSAGE_ID")
RELATIVE_STATE = (
    *(f"RELATIVE_POSITION_{axis}" for axis in "RTN"),
    *(f"RELATIVE_VELOCITY_{axis}" for axis in "RTN"),
)
RELATIVE = (
    "TCA",
    "MISS_DISTANCE",
    "RELATIVE_SPEED",
    *RELATIVE_STATE,
    "START_SCREEN_PERIOD",
    "STOP_SCREEN_PERIOD",
    "SCREEN_VOLUME_FRAME",
    "SCREEN_VOLUME_SHAPE",
    "SCREEN_VOLUME_X",
    "SCREEN_VOLUME_Y",
    "SCREEN_VOLUME_Z",
    "SCREEN_ENTRY_TIME",
    "SCREEN_EXIT_TIME",
    "COLLISION_PROBABILITY",
    "COLLISION_PROBABILITY_METHOD",
)
METADATA = (
    "OBJECT",
    "OBJECT_DESIGNATOR",
    "CATALOG_NAME",
    "OBJECT_NAME",
    "INTERNATIONAL_DESIGNATOR",
    "OBJECT_TYPE",
    "OPERATOR_CONTACT_POSITION",
    "OPERATOR_ORGANIZATION",
    "OPERATOR_PHONE",
    "OPERATOR_EMAIL",
    "EPHEMERIS_NAME",
    "COVARIANCE_METHOD",
    "MANEUVERABLE",
    "ORBIT_CENTER",
    "REF_FRAME",
    "GRAVITY_MODEL",
    "ATMOSPHERIC_MODEL",
    "N_BODY_PERTURBATIONS",
    "SOLAR_RAD_PRESSURE",
    "EARTH_TIDES",
    "INTRACK_THRUST",
)
OD_PARAMETERS = (
    "TIME_LASTOB_START",
    "TIME_LASTOB_END",
    "RECOMMENDED_OD_SPAN",
    "ACTUAL_OD_SPAN",
    "OBS_AVAILABLE",
    "OBS_USED",
    "TRACKS_AVAILABLE",
    "TRACKS_USED",
    "RESIDUALS_ACCEPTED",
    "WEIGHTED_RMS",
)
ADDITIONAL_PARAMETERS = (
    "AREA_PC",
    "AREA_DRG",
    "AREA_SRP",
    "MASS",
    "CD_AREA_OVER_MASS",
    "CR_AREA_OVER_MASS",
    "THRUST_ACCELERATION",
    "SEDR",
)
STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
COVARIANCE = tuple(f"C{row}_{column}" for k, row in enumerate(_AXES) for column in _AXES[: k + 1])
"""The lower triangle of the 6x6 matrix by rows: CR_R, CT_R, CT_T, ..., CNDOT_NDOT."""
FURTHER_COVARIANCE = tuple(
    f"C{row}_{column}"
    for k, row in enumerate(("DRG", "SRP", "THR"))
    for column in (*_AXES, *("DRG", "SRP", "THR")[: k + 1])
)
OBJECT = (
    *METADATA,
    *OD_PARAMETERS,
    *ADDITIONAL_PARAMETERS,
    *STATE,
    *COVARIANCE,
    *FURTHER_COVARIANCE,
)

_XYZ = ("X", "Y", "Z", "XDOT", "YDOT", "ZDOT")
XYZ_COVARIANCE = tuple(f"C{row}_{column}" for k, row in enumerate(_XYZ) for column in _XYZ[: k + 1])
"""The lower triangle of the alternative 6x6 matrix along the axes of a frame (ALT_COV_TYPE = XYZ), by rows."""
SIGMA_EIGENVECTORS = "CSIG3EIGVEC3"
"""The alternative position covariance as three standard deviations and their directions, twelve numbers."""
ALTERNATIVE_COVARIANCE = (
    "ALT_COV_TYPE",
    "ALT_COV_REF_FRAME",
    *XYZ_COVARIANCE,
    *(f"C{row}_{column}" for row in ("DRG", "SRP", "THR") for column in _XYZ),
    SIGMA_EIGENVECTORS,
)

COMMON_2 = (
    "CCSDS_CDM_VERS",
    "CLASSIFICATION",
    *HEADER[1:],
    "CONJUNCTION_ID",
    *RELATIVE[:2],
    "MAHALANOBIS_DISTANCE",
    *RELATIVE[2:9],
    "APPROACH_ANGLE",
    *RELATIVE[9:12],
    "SCREEN_TYPE",
    "SCREEN_VOLUME_SHAPE",
    "SCREEN_VOLUME_RADIUS",
    *RELATIVE[13:18],
    "SCREEN_PC_THRESHOLD",
    "COLLISION_PERCENTILE",
    *RELATIVE[18:],
    "COLLISION_MAX_PROBABILITY",
    "COLLISION_MAX_PC_METHOD",
    "SEFI_COLLISION_PROBABILITY",
    "SEFI_COLLISION_PROBABILITY_METHOD",
    "SEFI_FRAGMENTATION_MODEL",
    "PREVIOUS_MESSAGE_ID",
    "PREVIOUS_MESSAGE_EPOCH",
    "NEXT_MESSAGE_EPOCH",
    "HBR",
)
"""Header and pair in version 2, in the order of Orekit 12 (unverified), and HBR, which services write there as well."""
_OEB = tuple(f"OEB_{name}" for name in ("PARENT_FRAME", "PARENT_FRAME_EPOCH", "Q1", "Q2", "Q3", "QC"))
_SIZES = ("MAX", "INT", "MIN")
OBJECT_2 = (
    *METADATA[:10],
    *("ODM_MSG_LINK", "ADM_MSG_LINK", "EPHEMERIS_NAME", "OBS_BEFORE_NEXT_MESSAGE"),
    *("COVARIANCE_METHOD", "COVARIANCE_SOURCE", "MANEUVERABLE", "ORBIT_CENTER", "REF_FRAME"),
    *("ALT_COV_TYPE", "ALT_COV_REF_FRAME"),
    *METADATA[15:],
    *OD_PARAMETERS,
    "OD_EPOCH",
    *("AREA_PC", "AREA_PC_MIN", "AREA_PC_MAX", "AREA_DRG", "AREA_SRP"),
    *_OEB,
    *(f"OEB_{size}" for size in _SIZES),
    *(f"AREA_ALONG_OEB_{size}" for size in _SIZES),
    *("RCS", "RCS_MIN", "RCS_MAX", "VM_ABSOLUTE", "VM_APPARENT_MIN", "VM_APPARENT", "VM_APPARENT_MAX"),
    *("REFLECTANCE", "MASS", "HBR"),
    *ADDITIONAL_PARAMETERS[4:],
    *("APOAPSIS_ALTITUDE", "PERIAPSIS_ALTITUDE", "INCLINATION", "COV_CONFIDENCE", "COV_CONFIDENCE_METHOD"),
    *STATE,
    *COVARIANCE,
    *FURTHER_COVARIANCE,
    *ALTERNATIVE_COVARIANCE[2:],
    *("DENSITY_FORECAST_UNCERTAINTY", "CSCALE_FACTOR_MIN", "CSCALE_FACTOR", "CSCALE_FACTOR_MAX"),
    *("SCREENING_DATA_SOURCE", "DCP_SENSITIVITY_VECTOR_POSITION", "DCP_SENSITIVITY_VECTOR_VELOCITY"),
)
"""An object in version 2, in the order of Orekit 12 (unverified)."""
LATER_COMMON = frozenset(COMMON_2) - {*HEADER, *RELATIVE}
"""Keywords of the header and of the pair that version 2 adds, and HBR."""
LATER_OBJECT = frozenset(OBJECT_2) - {*OBJECT}
"""Keywords of an object that version 2 adds."""
LATER_TIMES = ("PREVIOUS_MESSAGE_EPOCH", "NEXT_MESSAGE_EPOCH", "OD_EPOCH", "OEB_PARENT_FRAME_EPOCH")
"""Those of them that are times."""

OBLIGATORY = frozenset(
    {
        "CCSDS_CDM_VERS",
        "CREATION_DATE",
        "ORIGINATOR",
        "MESSAGE_ID",
        "TCA",
        "MISS_DISTANCE",
        "OBJECT",
        "OBJECT_DESIGNATOR",
        "CATALOG_NAME",
        "OBJECT_NAME",
        "INTERNATIONAL_DESIGNATOR",
        "EPHEMERIS_NAME",
        "COVARIANCE_METHOD",
        "MANEUVERABLE",
        "REF_FRAME",
        *STATE,
        *COVARIANCE,
    }
)


def _covariance_unit(keyword: str) -> str:
    rates = keyword.count("DOT")
    return "m**2" if rates == 0 else "m**2/s" if rates == 1 else "m**2/s**2"


def _further_unit(keyword: str) -> str:
    """The unit of a covariance with drag or radiation pressure (m**2/kg) or with thrust (m/s**2)."""
    row, column = keyword.removeprefix("C").split("_")
    kind = column if column in ("DRG", "SRP", "THR") else "rate" if column.endswith("DOT") else "position"
    if row == "THR":
        units = {"position": "m**2/s**2", "rate": "m**2/s**3", "THR": "m**2/s**4"}
        return units.get(kind, "m**3/(kg*s**2)")
    return {"position": "m**3/kg", "rate": "m**3/(kg*s)"}.get(kind, "m**4/kg**2")


UNITS: Mapping[str, str] = MappingProxyType(
    {
        "MISS_DISTANCE": "m",
        "RELATIVE_SPEED": "m/s",
        **dict.fromkeys(RELATIVE_STATE[:3], "m"),
        **dict.fromkeys(RELATIVE_STATE[3:], "m/s"),
        **dict.fromkeys(("SCREEN_VOLUME_X", "SCREEN_VOLUME_Y", "SCREEN_VOLUME_Z"), "m"),
        **dict.fromkeys(("RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN"), "d"),
        "RESIDUALS_ACCEPTED": "%",
        **dict.fromkeys(("AREA_PC", "AREA_DRG", "AREA_SRP"), "m**2"),
        "MASS": "kg",
        **dict.fromkeys(("CD_AREA_OVER_MASS", "CR_AREA_OVER_MASS"), "m**2/kg"),
        "THRUST_ACCELERATION": "m/s**2",
        "SEDR": "W/kg",
        **dict.fromkeys(STATE[:3], "km"),
        **dict.fromkeys(STATE[3:], "km/s"),
        **{keyword: _covariance_unit(keyword) for keyword in (*COVARIANCE, *XYZ_COVARIANCE)},
        **{keyword: _further_unit(keyword) for keyword in FURTHER_COVARIANCE},
        **dict.fromkeys(("HBR", "SCREEN_VOLUME_RADIUS", *(f"OEB_{size}" for size in _SIZES)), "m"),
        **dict.fromkeys(("APPROACH_ANGLE", "INCLINATION"), "deg"),
        **dict.fromkeys(("AREA_PC_MIN", "AREA_PC_MAX", "RCS", "RCS_MIN", "RCS_MAX"), "m**2"),
        **{f"AREA_ALONG_OEB_{size}": "m**2" for size in _SIZES},
        **dict.fromkeys(("APOAPSIS_ALTITUDE", "PERIAPSIS_ALTITUDE"), "km"),
    }
)
"""The standard's units; a number that is used and comes in another one is never converted, but refused."""
LATER_NUMBERS = (
    *(name for name in (*COMMON_2, *OBJECT_2) if name in UNITS and name not in (*RELATIVE, *OBJECT)),
    *(
        "MAHALANOBIS_DISTANCE",
        "SCREEN_PC_THRESHOLD",
        "COLLISION_MAX_PROBABILITY",
        "SEFI_COLLISION_PROBABILITY",
    ),
    *("OEB_Q1", "OEB_Q2", "OEB_Q3", "OEB_QC", "REFLECTANCE", "DENSITY_FORECAST_UNCERTAINTY"),
    *("VM_ABSOLUTE", "VM_APPARENT_MIN", "VM_APPARENT", "VM_APPARENT_MAX"),
    *("CSCALE_FACTOR_MIN", "CSCALE_FACTOR", "CSCALE_FACTOR_MAX"),
)
"""Keywords that version 2 adds and whose values are numbers; units unverified."""
