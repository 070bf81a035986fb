"""The tables of the CDM: header, relative metadata, and one list for each object.

Source: CCSDS 508.0-B-1 with corrigendum 2 (2021), tables 3-1 to 3-4: keywords, order, units, normative values.
Version 2 is the draft CCSDS 508.0-P-1.1, by the keyword lists of Orekit 12: its order, units and words are
**unverified**, so that units are not checked and deviations from the others are advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from debrissim.cdm import keywords as names
from debrissim.lint.tables import Keyword, Kind, Layout, keywords

VERSION = "CCSDS_CDM_VERS"
VERSIONS = ("1.0", "2.0")
DRAFT = "version 2 (draft 508.0-P-1.1, unverified)"
_NOT_NEGATIVE = 0.0
_YES_NO = ("YES", "NO")


def _words(name: str, *words: str, open_words: bool = False) -> Keyword:
    return Keyword(name, Kind.WORD, words=words, open_words=open_words)


_HEADER_KINDS = {
    VERSION: Keyword(VERSION, Kind.FREE, block="version"),
    "CREATION_DATE": Keyword("CREATION_DATE", Kind.TIME, block="header"),
    "ORIGINATOR": Keyword("ORIGINATOR", Kind.IDENTIFIER, block="header"),
    "MESSAGE_FOR": Keyword("MESSAGE_FOR", Kind.TEXT, block="header"),
    "MESSAGE_ID": Keyword("MESSAGE_ID", Kind.IDENTIFIER, block="header"),
}
_RELATIVE_KINDS = {
    **{
        name: Keyword(name, Kind.TIME)
        for name in (
            "TCA",
            "START_SCREEN_PERIOD",
            "STOP_SCREEN_PERIOD",
            "SCREEN_ENTRY_TIME",
            "SCREEN_EXIT_TIME",
        )
    },
    **{
        name: Keyword(name, Kind.NUMBER, low=_NOT_NEGATIVE)
        for name in (
            "MISS_DISTANCE",
            "RELATIVE_SPEED",
            "SCREEN_VOLUME_X",
            "SCREEN_VOLUME_Y",
            "SCREEN_VOLUME_Z",
        )
    },
    "COLLISION_PROBABILITY": Keyword("COLLISION_PROBABILITY", Kind.NUMBER, low=0.0, high=1.0),
    "SCREEN_VOLUME_FRAME": _words("SCREEN_VOLUME_FRAME", "RTN", "TVN"),
    "SCREEN_VOLUME_SHAPE": _words("SCREEN_VOLUME_SHAPE", "ELLIPSOID", "BOX"),
    **{name: Keyword(name, Kind.NUMBER) for name in names.RELATIVE_STATE},
}
_METADATA_KINDS = {
    "OBJECT": _words("OBJECT", "OBJECT1", "OBJECT2"),
    "OBJECT_DESIGNATOR": Keyword("OBJECT_DESIGNATOR", Kind.IDENTIFIER),
    "CATALOG_NAME": Keyword("CATALOG_NAME", Kind.IDENTIFIER),
    "INTERNATIONAL_DESIGNATOR": Keyword("INTERNATIONAL_DESIGNATOR", Kind.DESIGNATOR),
    "OBJECT_TYPE": _words("OBJECT_TYPE", "PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN", "OTHER"),
    "OPERATOR_EMAIL": Keyword("OPERATOR_EMAIL", Kind.TEXT),
    "EPHEMERIS_NAME": Keyword("EPHEMERIS_NAME", Kind.FREE),
    "COVARIANCE_METHOD": _words("COVARIANCE_METHOD", "CALCULATED", "DEFAULT"),
    "MANEUVERABLE": _words("MANEUVERABLE", "YES", "NO", "N/A"),
    "REF_FRAME": _words("REF_FRAME", "GCRF", "EME2000", "ITRF"),
    **{name: _words(name, *_YES_NO) for name in ("SOLAR_RAD_PRESSURE", "EARTH_TIDES", "INTRACK_THRUST")},
}
_OD_KINDS = {
    **{name: Keyword(name, Kind.TIME) for name in ("TIME_LASTOB_START", "TIME_LASTOB_END")},
    **{
        name: Keyword(name, Kind.INTEGER, low=_NOT_NEGATIVE)
        for name in ("OBS_AVAILABLE", "OBS_USED", "TRACKS_AVAILABLE", "TRACKS_USED")
    },
    **{
        name: Keyword(name, Kind.NUMBER, low=_NOT_NEGATIVE)
        for name in ("RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN", "WEIGHTED_RMS")
    },
    "RESIDUALS_ACCEPTED": Keyword("RESIDUALS_ACCEPTED", Kind.NUMBER, low=0.0, high=100.0),
}
_ADDITIONAL_KINDS = {
    **{
        name: Keyword(name, Kind.NUMBER, low=_NOT_NEGATIVE)
        for name in ("AREA_PC", "AREA_DRG", "AREA_SRP", "MASS")
    },
    **{
        name: Keyword(name, Kind.NUMBER)
        for name in ("CD_AREA_OVER_MASS", "CR_AREA_OVER_MASS", "THRUST_ACCELERATION", "SEDR")
    },
}


def _section(
    listed: Iterable[str],
    table: str,
    block: str,
    more: dict[str, Keyword] | None = None,
    kind: Kind = Kind.TEXT,
) -> tuple[Keyword, ...]:
    return keywords(
        listed, table=table, block=block, mandatory=names.OBLIGATORY, units=names.UNITS, more=more, kind=kind
    )


_COMMON = (
    *_section(names.HEADER, "table 3-1", "", _HEADER_KINDS),
    *_section(names.RELATIVE, "table 3-2", "relative", _RELATIVE_KINDS),
)
_OBJECT = (
    *_section(names.METADATA, "table 3-3", "metadata", _METADATA_KINDS),
    *_section(names.OD_PARAMETERS, "table 3-4", "OD", _OD_KINDS),
    *_section(names.ADDITIONAL_PARAMETERS, "table 3-4", "additional", _ADDITIONAL_KINDS),
    *_section(names.STATE, "table 3-4", "state", kind=Kind.NUMBER),
    *_section((*names.COVARIANCE, *names.FURTHER_COVARIANCE), "table 3-4", "covariance", kind=Kind.NUMBER),
)
_LATER_KINDS = {
    **{name: Keyword(name, Kind.TIME) for name in names.LATER_TIMES},
    **{name: Keyword(name, Kind.NUMBER) for name in names.LATER_NUMBERS},
    "SCREEN_TYPE": _words("SCREEN_TYPE", "SHAPE", "PC", "PC_MAX", open_words=True),
    "ALT_COV_TYPE": _words("ALT_COV_TYPE", "XYZ", "CSIG3EIGVEC3", open_words=True),
    "OBS_BEFORE_NEXT_MESSAGE": _words("OBS_BEFORE_NEXT_MESSAGE", *_YES_NO, open_words=True),
}


def _later(listed: Iterable[str], keyed: tuple[Keyword, ...]) -> tuple[Keyword, ...]:
    """A section in the order of version 2: the keywords of version 1 in it as they are, the others added."""
    own = {keyword.name: keyword for keyword in keyed}
    block, out = keyed[0].block, []
    for name in listed:
        found = own.get(name)
        if found is None:
            base = _LATER_KINDS.get(name, Keyword(name, Kind.FREE))
            found = replace(base, unit=None, block=block, table=DRAFT, since=2)
        block = found.block
        out.append(found)
    return tuple(out)


# In version 2 a volume may be a sphere, and a probability one for each percentile.
_OTHERWISE = {
    "SCREEN_VOLUME_SHAPE": {"words": ("ELLIPSOID", "BOX", "SPHERE")},
    "COLLISION_PROBABILITY": {"kind": Kind.FREE},
}
COMMON = Layout("the header and the relative metadata of a CDM", _later(names.COMMON_2, _COMMON))
OBJECT = Layout("the metadata and data of an object of a CDM", _later(names.OBJECT_2, _OBJECT))
COMMON_2 = Layout(
    COMMON.title,
    tuple(replace(keyword, **_OTHERWISE.get(keyword.name, {})) for keyword in COMMON.keywords),  # type: ignore[arg-type]
    prefix="USER_DEFINED_",
)
OBJECT_2 = Layout(OBJECT.title, OBJECT.keywords, prefix="USER_DEFINED_")
