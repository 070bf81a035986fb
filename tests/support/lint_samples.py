"""Messages of each kind without a fault and without advice, for the tests of the checks."""

from __future__ import annotations

from support import cdm_samples, ephemeris_formats, ephemeris_samples

from debrissim.cdm import cdm_kvn, cdm_xml, parse_cdm
from debrissim.ephemerides import ephemeris_message, ocm_kvn, parse_ephemerides
from debrissim.lint import LintReport, lint_bytes

_XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
OMM_KVN = """\
CCSDS_OMM_VERS = 2.0
COMMENT a test
CREATION_DATE = 2024-11-01T00:00:00
ORIGINATOR = TESTERS
OBJECT_NAME = IRIDIUM 33
OBJECT_ID = 1997-051C
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP4
EPOCH = 2009-02-09T18:49:39.061000
MEAN_MOTION = 14.34219863 [rev/day]
ECCENTRICITY = 0.0002288
INCLINATION = 86.3994 [deg]
RA_OF_ASC_NODE = 121.7028 [deg]
ARG_OF_PERICENTER = 85.2201 [deg]
MEAN_ANOMALY = 274.9227 [deg]
EPHEMERIS_TYPE = 0
CLASSIFICATION_TYPE = U
NORAD_CAT_ID = 24946
ELEMENT_SET_NO = 999
REV_AT_EPOCH = 59775
BSTAR = 4.7668E-5
MEAN_MOTION_DOT = 1.53E-6
MEAN_MOTION_DDOT = 0.0
"""
OMM_XML = """\
<?xml version="1.0" encoding="UTF-8"?>
<omm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="CCSDS_OMM_VERS" version="3.0">
<header><CREATION_DATE>2024-11-01T00:00:00</CREATION_DATE><ORIGINATOR>TESTERS</ORIGINATOR></header>
<body><segment><metadata><OBJECT_NAME>IRIDIUM 33</OBJECT_NAME><OBJECT_ID>1997-051C</OBJECT_ID>
<CENTER_NAME>EARTH</CENTER_NAME><REF_FRAME>TEME</REF_FRAME><TIME_SYSTEM>UTC</TIME_SYSTEM>
<MEAN_ELEMENT_THEORY>SGP4</MEAN_ELEMENT_THEORY></metadata>
<data><meanElements><EPOCH>2009-02-09T18:49:39.061000</EPOCH><MEAN_MOTION>14.34219863</MEAN_MOTION>
<ECCENTRICITY>.0002288</ECCENTRICITY><INCLINATION>86.3994</INCLINATION><RA_OF_ASC_NODE>121.7028</RA_OF_ASC_NODE>
<ARG_OF_PERICENTER>85.2201</ARG_OF_PERICENTER><MEAN_ANOMALY>274.9227</MEAN_ANOMALY></meanElements>
<tleParameters><EPHEMERIS_TYPE>0</EPHEMERIS_TYPE><CLASSIFICATION_TYPE>U</CLASSIFICATION_TYPE>
<NORAD_CAT_ID>24946</NORAD_CAT_ID><ELEMENT_SET_NO>999</ELEMENT_SET_NO><REV_AT_EPOCH>59775</REV_AT_EPOCH>
<BSTAR>.47668E-4</BSTAR><MEAN_MOTION_DOT>.153E-5</MEAN_MOTION_DOT><MEAN_MOTION_DDOT>0</MEAN_MOTION_DDOT>
</tleParameters></data></segment></body></omm>
"""


def _cdm() -> tuple[str, str]:
    (message,) = parse_cdm(cdm_samples.kvn(comments=("HBR = 12 [m]",)).encode(), "x")
    return cdm_kvn(message), cdm_xml(message)


def _ocm() -> str:
    (ephemeris,) = parse_ephemerides(ephemeris_samples.oem_kvn().encode(), "x")
    return ocm_kvn(ephemeris_message(ephemeris))


CDM_KVN, CDM_XML = _cdm()
OEM_KVN = ephemeris_samples.oem_kvn()
OEM_XML = ephemeris_samples.oem_xml(wrapped=False).replace("<oem", f"<oem{_XSI}")
NDM_XML = ephemeris_samples.oem_xml().replace("<ndm", f"<ndm{_XSI}")
OPM_KVN = ephemeris_formats.opm_kvn()
OPM_XML = ephemeris_formats.opm_xml().replace("<opm", f"<opm{_XSI}")
OCM_KVN = _ocm()
OCM_XML = ephemeris_formats.ocm_xml().replace("<ocm", f"<ocm{_XSI}")
CLEAN = {
    "CDM (KVN)": (CDM_KVN,),
    "CDM (XML)": (CDM_XML,),
    "OEM (KVN)": (OEM_KVN, ephemeris_samples.with_events()),
    "OEM (XML)": (OEM_XML, NDM_XML),
    "OPM (KVN)": (OPM_KVN,),
    "OPM (XML)": (OPM_XML,),
    "OMM (KVN)": (OMM_KVN,),
    "OMM (XML)": (OMM_XML,),
    "OCM (KVN)": (OCM_KVN,),
    "OCM (XML)": (OCM_XML,),
}


def checked(text: str | bytes) -> LintReport:
    """The report of a text."""
    return lint_bytes(text.encode() if isinstance(text, str) else text, "file")


def findings(text: str | bytes) -> list[tuple[str, str, int]]:
    """(severity, rule, line) of each finding of a text."""
    return [(found.severity, found.rule, found.line) for found in checked(text).findings]


def rules(text: str | bytes) -> set[str]:
    """The rules of the faults of a text."""
    return {found.rule for found in checked(text).findings if found.severity == "fault"}


def clauses(text: str | bytes) -> set[str]:
    """The clauses of the faults of a text."""
    return {found.clause for found in checked(text).findings if found.severity == "fault"}


def changed(text: str, old: str, new: str) -> str:
    """The text with the first `old` replaced; an error if there is none."""
    assert old in text, old
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The number of the first line that has a part."""
    return next(k for k, line in enumerate(text.split("\n"), start=1) if part in line)
