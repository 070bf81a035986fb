"""The tables of OPM, OMM and OEM.

Source: CCSDS 502.0-B-3, tables 3-1 to 3-3 (OPM), 4-1 to 4-3 (OMM), 5-2 to 5-4 (OEM), 3.2.3.2, 3.2.3.3 and 3.2.4.11.

Assumptions
- Messages of versions 1.0 and 2.0 are also checked by these tables, without the keywords that version 3 adds
  (CLASSIFICATION, MESSAGE_ID, BTERM, AGOM; that these are all is **unverified**).
- Time systems and frames beyond those of the lists are allowed where partners agree: advice.
- The unit of BSTAR, "1/[Earth radii]" in the table, is not checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from debrissim.ephemerides.odm_blocks import (
    COVARIANCE_KEYWORDS,
    HEADER_KEYWORDS,
    STATE_KEYWORDS,
    unit_of_state,
)
from debrissim.ephemerides.oem_message import METADATA as OEM_METADATA
from debrissim.ephemerides.oem_message import OBLIGATORY as OEM_OBLIGATORY
from debrissim.ephemerides.opm import OBLIGATORY as ODM_OBLIGATORY
from debrissim.ephemerides.opm import SCHEMA as OPM
from debrissim.lint.tables import OMM_CLAUSES, OPM_CLAUSES, Clauses, Keyword, Kind, Layout, keywords

TIME_SYSTEMS = ("GMST", "GPS", "MET", "MRT", "SCLK", "TAI", "TCB", "TDB", "TCG", "TT", "UT1", "UTC")
FRAMES = (
    *("EME2000", "GCRF", "GRC", "ICRF", "ITRF2000", "ITRF-93", "ITRF-97", "MCI", "TDR", "TEME", "TOD"),
)  # fmt: skip
LOCAL_FRAMES = ("RSW", "RTN", "TNW")
USER = "USER_DEFINED_"

_KINDS = {
    "OBJECT_NAME": Keyword("OBJECT_NAME", Kind.FREE),
    "OBJECT_ID": Keyword("OBJECT_ID", Kind.DESIGNATOR, open_words=True),
    "CENTER_NAME": Keyword("CENTER_NAME", Kind.FREE),
    "REF_FRAME": Keyword("REF_FRAME", Kind.WORD, words=FRAMES, open_words=True),
    "REF_FRAME_EPOCH": Keyword("REF_FRAME_EPOCH", Kind.TIME),
    "TIME_SYSTEM": Keyword("TIME_SYSTEM", Kind.WORD, words=TIME_SYSTEMS, open_words=True),
    "MEAN_ELEMENT_THEORY": Keyword("MEAN_ELEMENT_THEORY", Kind.FREE),
    "EPOCH": Keyword("EPOCH", Kind.TIME),
    "COV_REF_FRAME": Keyword("COV_REF_FRAME", Kind.WORD, words=(*LOCAL_FRAMES, *FRAMES), open_words=True),
    **{
        name: Keyword(name, Kind.TIME)
        for name in ("START_TIME", "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME")
    },
    "INTERPOLATION": Keyword(
        "INTERPOLATION", Kind.WORD, words=("HERMITE", "LINEAR", "LAGRANGE"), open_words=True
    ),
    "INTERPOLATION_DEGREE": Keyword("INTERPOLATION_DEGREE", Kind.INTEGER, low=1),
    "SEMI_MAJOR_AXIS": Keyword("SEMI_MAJOR_AXIS", Kind.NUMBER, "km"),
    "MEAN_MOTION": Keyword("MEAN_MOTION", Kind.NUMBER, "rev/day", low=0.0),
    "ECCENTRICITY": Keyword("ECCENTRICITY", Kind.NUMBER, low=0.0),
    "INCLINATION": Keyword("INCLINATION", Kind.NUMBER, "deg", low=0.0, high=180.0),
    **{
        name: Keyword(name, Kind.NUMBER, "deg")
        for name in ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "TRUE_ANOMALY", "MEAN_ANOMALY")
    },
    "GM": Keyword("GM", Kind.NUMBER, "km**3/s**2", low=0.0),
    "MASS": Keyword("MASS", Kind.NUMBER, "kg", low=0.0),
    **{name: Keyword(name, Kind.NUMBER, "m**2", low=0.0) for name in ("SOLAR_RAD_AREA", "DRAG_AREA")},
    **{name: Keyword(name, Kind.NUMBER) for name in ("SOLAR_RAD_COEFF", "DRAG_COEFF")},
    **{
        name: Keyword(name, Kind.NUMBER, unit_of_state(name))
        for name in (*STATE_KEYWORDS, *COVARIANCE_KEYWORDS)
    },
    "MAN_EPOCH_IGNITION": Keyword("MAN_EPOCH_IGNITION", Kind.TIME),
    "MAN_DURATION": Keyword("MAN_DURATION", Kind.NUMBER, "s", low=0.0),
    "MAN_DELTA_MASS": Keyword("MAN_DELTA_MASS", Kind.NUMBER, "kg", high=0.0),
    "MAN_REF_FRAME": Keyword("MAN_REF_FRAME", Kind.WORD, words=(*LOCAL_FRAMES, *FRAMES), open_words=True),
    **{name: Keyword(name, Kind.NUMBER, "km/s") for name in ("MAN_DV_1", "MAN_DV_2", "MAN_DV_3")},
    "EPHEMERIS_TYPE": Keyword("EPHEMERIS_TYPE", Kind.INTEGER, low=0),
    "CLASSIFICATION_TYPE": Keyword("CLASSIFICATION_TYPE", Kind.FREE),
    "NORAD_CAT_ID": Keyword("NORAD_CAT_ID", Kind.INTEGER, low=1, high=999_999_999),
    **{name: Keyword(name, Kind.INTEGER, low=0) for name in ("ELEMENT_SET_NO", "REV_AT_EPOCH")},
    "BSTAR": Keyword("BSTAR", Kind.NUMBER, None),
    "BTERM": Keyword("BTERM", Kind.NUMBER, "m**2/kg", since=3),
    "MEAN_MOTION_DOT": Keyword("MEAN_MOTION_DOT", Kind.NUMBER, "rev/day**2"),
    "MEAN_MOTION_DDOT": Keyword("MEAN_MOTION_DDOT", Kind.NUMBER, "rev/day**3"),
    "AGOM": Keyword("AGOM", Kind.NUMBER, "m**2/kg", since=3),
}


def header(version: str, table: str) -> tuple[Keyword, ...]:
    """The keywords of the header of an orbit data message."""
    kinds = {
        version: Keyword(version, Kind.FREE, block="version"),
        "CLASSIFICATION": Keyword("CLASSIFICATION", Kind.FREE, since=3, block="header"),
        "CREATION_DATE": Keyword("CREATION_DATE", Kind.TIME, block="header"),
        "ORIGINATOR": Keyword("ORIGINATOR", Kind.FREE, block="header"),
        "MESSAGE_ID": Keyword("MESSAGE_ID", Kind.FREE, since=3, block="header"),
    }
    needed = (version, "CREATION_DATE", "ORIGINATOR")
    return keywords((version, *HEADER_KEYWORDS), table=table, mandatory=needed, more=kinds)


def _block(
    names: Sequence[str], table: str, block: str, mandatory: Sequence[str] = ()
) -> tuple[Keyword, ...]:
    return keywords(names, table=table, block=block, mandatory=mandatory, more=_KINDS)


_ELEMENTS = ("ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
MANEUVER = _block(OPM["MANEUVER"], "table 3-3", "maneuver", OPM["MANEUVER"])
TLE_KEYWORDS = (
    *("EPHEMERIS_TYPE", "CLASSIFICATION_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH"),
    *("BSTAR", "BTERM", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT", "AGOM"),
)
COVARIANCE = OPM["COVARIANCE"]


@dataclass(frozen=True)
class FlatMessage:
    """A message that is one list of keywords: OPM, OMM.

    kind; versions; layout of everything but manoeuvres; maneuver: the layout of one, None if there are none; groups: of
    <data> in XML, with the fewest and the most of each; table: of the data.
    """

    kind: str
    versions: tuple[str, ...]
    clauses: Clauses
    layout: Layout
    groups: dict[str, tuple[int, int | None]]
    table: str
    maneuver: Layout | None = None

    @property
    def version_keyword(self) -> str:
        """Such as CCSDS_OPM_VERS."""
        return f"CCSDS_{self.kind}_VERS"


_OPTIONAL_GROUPS: dict[str, tuple[int, int | None]] = {"covarianceMatrix": (0, 1)}
OPM_MESSAGE = FlatMessage(
    "OPM",
    ("1.0", "2.0", "3.0"),
    OPM_CLAUSES,
    Layout(
        "an OPM",
        (
            *header("CCSDS_OPM_VERS", "table 3-1"),
            *_block(OPM["META"], "table 3-2", "metadata", ODM_OBLIGATORY),
            *_block(OPM["STATE"], "table 3-3", "state", OPM["STATE"]),
            *_block(OPM["KEPLERIAN"], "table 3-3", "elements"),
            *_block(OPM["SPACECRAFT"], "table 3-3", "spacecraft"),
            *_block(COVARIANCE, "table 3-3", "covariance"),
            *(replace(keyword, mandatory=False) for keyword in MANEUVER),
        ),
        prefix=USER,
    ),
    {
        "stateVector": (1, 1),
        "keplerianElements": (0, 1),
        "spacecraftParameters": (0, 1),
        "covarianceMatrix": (0, 1),
        "maneuverParameters": (0, None),
        "userDefinedParameters": (0, 1),
    },
    "table 3-3",
    Layout("a manoeuvre of an OPM", MANEUVER),
)
OMM_MESSAGE = FlatMessage(
    "OMM",
    ("2.0", "3.0"),
    OMM_CLAUSES,
    Layout(
        "an OMM",
        (
            *header("CCSDS_OMM_VERS", "table 4-1"),
            *_block(
                (*OPM["META"], "MEAN_ELEMENT_THEORY"),
                "table 4-2",
                "metadata",
                (*ODM_OBLIGATORY, "MEAN_ELEMENT_THEORY"),
            ),
            *_block(
                ("EPOCH", "SEMI_MAJOR_AXIS", "MEAN_MOTION", *_ELEMENTS, "GM"),
                "table 4-3",
                "elements",
                ("EPOCH", *_ELEMENTS),
            ),
            *_block(OPM["SPACECRAFT"], "table 4-3", "spacecraft"),
            *_block(TLE_KEYWORDS, "table 4-3", "TLE"),
            *_block(COVARIANCE, "table 4-3", "covariance"),
        ),
        prefix=USER,
    ),
    {
        "meanElements": (1, 1),
        "spacecraftParameters": (0, 1),
        "tleParameters": (0, 1),
        "covarianceMatrix": (0, 1),
        "userDefinedParameters": (0, 1),
    },
    "table 4-3",
)

OEM_VERSION = "CCSDS_OEM_VERS"
OEM_VERSIONS = ("1.0", "2.0", "3.0")
OEM_HEADER = Layout("the header of an OEM", header(OEM_VERSION, "table 5-2"))
OEM_SEGMENT = Layout("the metadata of an OEM", _block(OEM_METADATA, "table 5-3", "metadata", OEM_OBLIGATORY))
OEM_COVARIANCE = Layout(
    "the covariance of an OEM", _block(("EPOCH", "COV_REF_FRAME"), "table 5-4", "covariance", ("EPOCH",))
)
OEM_STATE = Layout(
    "a state of an OEM",
    (
        *_block(("EPOCH", *STATE_KEYWORDS), "5.2.4.1", "state", ("EPOCH", *STATE_KEYWORDS)),
        *(
            Keyword(name, Kind.NUMBER, "km/s**2", block="state", table="5.2.4.1")
            for name in ("X_DDOT", "Y_DDOT", "Z_DDOT")
        ),
    ),
)
OEM_MATRIX = Layout(
    "a covariance matrix of an OEM",
    (
        *OEM_COVARIANCE.keywords,
        *_block(COVARIANCE_KEYWORDS, "5.2.5.4", "covariance", COVARIANCE_KEYWORDS),
    ),
)
