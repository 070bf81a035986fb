"""CelesTrak: element sets (GP), supplemental element sets, and the satellite catalogue (SATCAT).

Sources: CelesTrak, "A New Way to Obtain GP Data", "How to Perform SupGP Queries", "SATCAT Format Documentation" and
"Usage Policy" (2026-05-22). Data change once in two hours; a query is answered once per update and address, then with
403 and a sentence that they have not changed; fifty HTTP errors in two hours, of whatever kind, or 100 MB a day bring
an address to the firewall. So: CSV, which is a third of JSON (TLE cannot hold the numbers from 100000 on), one request
in two hours, and none after the first refusal that is not about one query.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote, urlencode

from debrissim.core.errors import InputError
from debrissim.core.registry import suggestion, unknown_name
from debrissim.core.text import quoted
from debrissim.sources.query import Content, Query, Rules, Service, Transport

VARIABLE = "DEBRISSIM_CELESTRAK"
"""The environment variable with the address of a mirror or of a proxy of one's own."""

BASE_URL = "https://celestrak.org"

SERVICE = Service(
    name="celestrak",
    label="CelesTrak",
    rules=Rules(interval_s=7200.0),
    unchanged=re.compile(r"has not (been )?updated since", re.IGNORECASE),
    missing=re.compile(
        r"\s*(no (sup)?gp data found|invalid query|no (satcat )?(data|records) found)", re.IGNORECASE
    ),
)

_ELEMENTS = Content(
    "csv",
    (
        "OBJECT_NAME",
        "NORAD_CAT_ID",
        "EPOCH",
        "MEAN_MOTION",
        "ECCENTRICITY",
        "INCLINATION",
        "RA_OF_ASC_NODE",
        "ARG_OF_PERICENTER",
        "MEAN_ANOMALY",
        "BSTAR",
    ),
    "element sets",
)
_SATCAT = Content(
    "csv", ("OBJECT_NAME", "NORAD_CAT_ID", "OBJECT_TYPE", "OWNER", "DECAY_DATE", "RCS"), "objects"
)

GROUPS = (
    "active",
    "stations",
    "last-30-days",
    "visual",
    "analyst",
    "fengyun-1c-debris",
    "iridium-33-debris",
    "cosmos-2251-debris",
    "cosmos-1408-debris",
    "weather",
    "noaa",
    "goes",
    "resource",
    "sarsat",
    "dmc",
    "tdrss",
    "argos",
    "planet",
    "spire",
    "geo",
    "gpz",
    "gpz-plus",
    "intelsat",
    "ses",
    "eutelsat",
    "telesat",
    "starlink",
    "oneweb",
    "qianfan",
    "hulianwang",
    "kuiper",
    "iridium-NEXT",
    "orbcomm",
    "globalstar",
    "amateur",
    "satnogs",
    "x-comm",
    "other-comm",
    "gnss",
    "gps-ops",
    "glo-ops",
    "galileo",
    "beidou",
    "sbas",
    "nnss",
    "musson",
    "science",
    "geodetic",
    "engineering",
    "education",
    "military",
    "radar",
    "cubesat",
    "other",
)
"""Groups that CelesTrak is known to have, for suggestions; others are asked for as they are written."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_DESIGNATOR = re.compile(r"[12][0-9]{3}-[0-9]{3}")
_NAME = re.compile(r"[A-Za-z0-9 ()\[\]/&.,'_+*#-]{1,60}")
_SPECIALS = ("gpz", "gpz-plus", "decaying")
# The key of a name, with the parameter of the query and the shape of its value.
_KEYS = {
    "group": ("GROUP", _WORD, "the name of a group, such as stations"),
    "name": ("NAME", _NAME, "a name or a part of one, such as STARLINK"),
    "number": ("CATNR", _NUMBER, "a catalogue number of one to nine digits, such as 25544"),
    "designator": ("INTDES", _DESIGNATOR, "the international designator of a launch, such as 1998-067"),
    "special": ("SPECIAL", re.compile("|".join(_SPECIALS)), f"one of {', '.join(_SPECIALS)}"),
}
_SUPPLEMENTAL_KEYS = {
    "supplemental": ("FILE", _WORD, "the name of a supplemental set, such as starlink"),
    "supplemental-source": ("SOURCE", _WORD, "a source of supplemental data, such as SpaceX-E"),
    "supplemental-number": _KEYS["number"],
    "supplemental-name": _KEYS["name"],
    "supplemental-designator": _KEYS["designator"],
}


def base_url() -> str:
    """The address of CelesTrak, or of the mirror in DEBRISSIM_CELESTRAK. Raises InputError if that is not an
    address."""
    named = os.environ.get(VARIABLE, "")
    if not named:
        return BASE_URL
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", named):
        raise InputError(f"{VARIABLE}: expected an address such as {BASE_URL}, got {quoted(named)}")
    return named.rstrip("/")


def query(text: str, base: str | None = None) -> Query:
    """The query of the part after "celestrak:": "active", "group=active", "number=25544", "supplemental=starlink".

    base: the address instead of `base_url()`. Raises InputError, naming the expected format, for anything else.
    """
    base = base_url() if base is None else base
    if text == "satcat":
        advice = ""
        return Query("celestrak:satcat", SERVICE, f"{base}/pub/satcat.csv", _SATCAT, advice)
    key, equals, value = text.partition("=")
    if not equals:
        key, value = "group", text
    keys = {**_KEYS, **_SUPPLEMENTAL_KEYS}
    if key not in keys:
        raise unknown_name("source celestrak", key, [*keys, "satcat"])
    parameter, shape, expected = keys[key]
    if not shape.fullmatch(value):
        raise InputError(f"source celestrak:{key}: expected {expected}, got {quoted(value)}")
    supplemental = key in _SUPPLEMENTAL_KEYS
    page = "NORAD/elements/supplemental/sup-gp.php" if supplemental else "NORAD/elements/gp.php"
    parameters = urlencode(
        {parameter: value.upper() if key == "special" else value, "FORMAT": "CSV"}, quote_via=quote
    )
    name = f"celestrak:{value}" if key == "group" else f"celestrak:{key}={value}"
    advice = suggestion(value, GROUPS) if key == "group" and value not in GROUPS else ""
    return Query(name, SERVICE, f"{base}/{page}?{parameters}", _ELEMENTS, advice)


def transport() -> Transport:
    """The transport that asks CelesTrak."""
    from debrissim.sources.transport import HttpTransport

    return HttpTransport()
