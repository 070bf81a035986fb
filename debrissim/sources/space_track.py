"""Space-Track as a source: the queries behind its names, within the rules for programs.

Source: https://www.space-track.org/documentation, "API Use Guidelines": current element sets (gp) at most once per
hour, the history of element sets (gp_history) once and never for current data, the catalogue (satcat) and the box score
once per day, one list of numbers instead of a query per object. The intervals of conjunction messages are this
program's own. A developer of Space-Track lists what accounts are locked for:
https://github.com/SatDump/SatDump/issues/1174.

| name                                         | data                                                                  |
|----------------------------------------------|-----------------------------------------------------------------------|
| spacetrack:gp                                | current element sets: not decayed, of the last 10 days                |
| spacetrack:gp=25544,48274                    | those of some objects                                                 |
| spacetrack:history=25544:2024-01-01:2024-02-01 | all element sets of objects between two days                        |
| spacetrack:cdm_public                        | public summaries of conjunction messages, closest approach to come    |
| spacetrack:cdm                               | an operator's own conjunction messages, closest approach to come      |
| spacetrack:satcat, spacetrack:satcat=25544   | the catalogue of objects                                              |
| spacetrack:boxscore                          | objects by country                                                    |
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

from debrissim.core.errors import InputError
from debrissim.core.registry import unknown_name
from debrissim.core.text import quoted
from debrissim.sources.query import Content, Query, Rules, Service

if TYPE_CHECKING:
    from debrissim.sources.space_track_session import SpaceTrackTransport

VARIABLE = "DEBRISSIM_SPACETRACK"
"""The environment variable with the address of another server, such as Space-Track's own for tests."""

BASE_URL = "https://www.space-track.org"
MAX_NUMBERS = 500
"""The longest list of numbers of one query; its URL is 5 kB then, and servers refuse those beyond 8 kB."""

_HOUR_S, _DAY_S = 3600.0, 86_400.0
_FOREVER_S = 100.0 * 365.25 * _DAY_S
_FIRST_DAY = date(1957, 10, 4)
_MAX_NUMBER = 999_999_999

SERVICE = Service("spacetrack", "Space-Track", Rules(interval_s=_HOUR_S, errors=(5, _HOUR_S), hold_s=_HOUR_S))
# An empty list means that there is no such object or no data for these days.
_NEVER_EMPTY = replace(SERVICE, missing=re.compile(r"\s*\[\s*\]\s*\Z"))


@dataclass(frozen=True)
class SpaceTrackQuery(Query):
    """A question to Space-Track.

    controller, request_class: the place of the data in its interface. predicates: the conditions, in the order of the
    URL. class_interval_s: the time between two downloads of the class, whatever the numbers, s.
    """

    controller: str = "basicspacedata"
    request_class: str = ""
    predicates: Mapping[str, str] = field(default_factory=dict)
    class_interval_s: float = 0.0


@dataclass(frozen=True)
class _Class:
    """A class of data. lasts_s: as `Query.lasts_s`. numbers, days: whether its name may or must have them."""

    request_class: str
    content: Content
    lasts_s: float
    predicates: Mapping[str, str] = field(default_factory=dict)
    controller: str = "basicspacedata"
    numbers: Literal["none", "may", "must"] = "none"
    days: bool = False
    class_interval_s: float = 0.0
    advice: str = ""


_ELEMENTS = Content(
    "json", ("NORAD_CAT_ID", "EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "BSTAR"), "element sets"
)
_UPCOMING = {"tca": ">now-1", "orderby": "tca asc"}
_CLASSES: dict[str, _Class] = {
    "gp": _Class(
        "gp",
        _ELEMENTS,
        _HOUR_S,
        {"decay_date": "null-val", "epoch": ">now-10", "orderby": "norad_cat_id asc"},
        numbers="may",
        class_interval_s=_HOUR_S,
        advice=": no element set of the last 10 days of an object that has not decayed",
    ),
    "history": _Class(
        "gp_history", _ELEMENTS, _FOREVER_S, {"orderby": "epoch asc"}, numbers="must", days=True
    ),
    "cdm_public": _Class(
        "cdm_public",
        Content("json", ("CDM_ID", "CREATED", "TCA", "SAT_1_ID", "SAT_2_ID"), "summaries", may_be_empty=True),
        8.0 * _HOUR_S,
        _UPCOMING,
    ),
    "cdm": _Class(
        "cdm",
        Content("json", ("TCA",), "messages", may_be_empty=True),
        _HOUR_S,
        _UPCOMING,
        controller="expandedspacedata",
    ),
    "satcat": _Class(
        "satcat",
        Content("json", ("NORAD_CAT_ID", "OBJECT_TYPE"), "objects"),
        _DAY_S,
        {"current": "Y", "orderby": "norad_cat_id asc"},
        numbers="may",
        class_interval_s=_DAY_S,
    ),
    "boxscore": _Class("boxscore", Content("json", ("COUNTRY",), "countries"), _DAY_S),
}
CLASSES = tuple(_CLASSES)
"""The classes of data, as names of sources spell them."""


def base_url() -> str:
    """The address of Space-Track, or the one in DEBRISSIM_SPACETRACK.

    Raises InputError if that is not an address, or is one to which a password would be sent in clear.
    """
    named = os.environ.get(VARIABLE, "")
    if not named:
        return BASE_URL
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", named):
        raise InputError(f"{VARIABLE}: expected an address such as {BASE_URL}, got {quoted(named)}")
    parts = urlsplit(named)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise InputError(
            f"{VARIABLE}: expected https, without which a password is sent in clear, got {quoted(named)}"
        )
    return named.rstrip("/")


def query(text: str, base: str | None = None, *, today: date | None = None) -> SpaceTrackQuery:
    """The query of the part after "spacetrack:", such as "gp=25544,48274".

    Parameters
    ----------
    text : str
        The part of the name.
    base : str or None
        The address instead of `base_url()`.
    today : date or None
        The day (UTC) before which history ends; by default today's.

    Raises
    ------
    InputError
        In one sentence that quotes the text: an unknown class, numbers or days that are none, or a history of current
        data.
    """
    base = base_url() if base is None else base
    name = f"source {quoted(f'{SERVICE.name}:{text}', 80)}"
    selection, *days = text.split(":")
    word, sign, listed = selection.partition("=")
    entry = _CLASSES.get(word)
    if entry is None:
        raise unknown_name(f"source {SERVICE.name}", word, CLASSES)
    numbers = _numbers(name, listed) if sign else ()
    if numbers and entry.numbers == "none":
        raise InputError(f"{name}: {word} is one list and takes no catalogue numbers")
    if not numbers and entry.numbers == "must":
        raise InputError(f"{name}: expected {word}=NUMBER:FROM:TO, such as {_EXAMPLE}")
    if days and not entry.days:
        raise InputError(f"{name}: {word} does not accept days; element sets of the past: {_EXAMPLE}")
    predicates: dict[str, str] = {}
    spelt = word
    if numbers:
        predicates["norad_cat_id"] = ",".join(map(str, numbers))
        spelt += f"={predicates['norad_cat_id']}"
    if entry.days:
        first, last = _days(name, days, today or datetime.now(UTC).date())
        predicates["epoch"] = f"{first}--{last}"
        spelt += f":{first}:{last}"
    predicates |= {**entry.predicates, "format": "json"}
    path = "".join(f"/{key}/{quote(value, safe='')}" for key, value in predicates.items())
    return SpaceTrackQuery(
        name=f"{SERVICE.name}:{spelt}",
        service=SERVICE if entry.content.may_be_empty else _NEVER_EMPTY,
        url=f"{base}/{entry.controller}/query/class/{entry.request_class}{path}",
        content=entry.content,
        advice=entry.advice,
        lasts_s=entry.lasts_s,
        controller=entry.controller,
        request_class=entry.request_class,
        predicates=predicates,
        class_interval_s=entry.class_interval_s,
    )


def transport() -> SpaceTrackTransport:
    """The transport that asks Space-Track, with the credentials of this user.

    A wait for its limits is logged as a warning, which standard error shows unless a program chooses otherwise.
    """
    from debrissim.sources.cache import cache_folder
    from debrissim.sources.request_log import RequestLog
    from debrissim.sources.space_track_session import SpaceTrackTransport

    folder = cache_folder() / SERVICE.name
    log = RequestLog(folder, report=logging.getLogger(__name__).warning)
    return SpaceTrackTransport(folder, base_url(), log=log)


_EXAMPLE = "spacetrack:history=25544:2024-01-01:2024-02-01"


def _numbers(name: str, text: str) -> tuple[int, ...]:
    """Catalogue numbers in ascending order, each once."""
    words = text.split(",")
    if len(words) > MAX_NUMBERS:
        raise InputError(
            f"{name}: {len(words)} catalogue numbers; expected at most {MAX_NUMBERS}, or spacetrack:gp for "
            "all objects"
        )
    bad = [word for word in words if not re.fullmatch(r"0*[1-9][0-9]{0,8}", word.strip(), re.ASCII)]
    if bad:
        raise InputError(f"{name}: expected catalogue numbers such as 25544,48274, got {quoted(bad[0], 40)}")
    return tuple(sorted({int(word) for word in words}))


def _days(name: str, texts: list[str], today: date) -> tuple[date, date]:
    """The first and the last day of a history, which must be over for a day: later ones are current data."""
    if len(texts) != 2:
        raise InputError(f"{name}: expected two days, as in {_EXAMPLE}")
    try:
        first, last = (date.fromisoformat(text) for text in texts)
    except ValueError:
        raise InputError(
            f"{name}: expected days such as 2024-01-31, got {quoted(':'.join(texts), 40)}"
        ) from None
    if not _FIRST_DAY <= first < last:
        raise InputError(f"{name}: expected a first day from {_FIRST_DAY} on and a later last day")
    if last >= today:
        raise InputError(
            f"{name}: ends on {last}, and Space-Track gives its history only for past days (until "
            f"{today - timedelta(days=1)}); current element sets: spacetrack:gp=25544"
        )
    return first, last
