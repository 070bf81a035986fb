"""Breakups whose fragments make up most of the debris in orbit, recognised by launch and name.

Source of dates and causes up to 2018: NASA, "History of On-Orbit Satellite Fragmentations", 15th edition;
later ones: announcements of the 18th Space Control Squadron and US Space Command. The list is not complete
and need not be: fragments of other events have no label.

Assumptions:
- a fragment carries its parent's launch designator and a name that begins with the parent's. Both are
  required: a launch may also have shed covers and clamps, and "DELTA 1 DEB" comes from many launches;
- a fragment without a designator is recognised only by its name if that names one spacecraft;
- two clouds of one launch (CBERS 1 and its rocket) are distinguished by name only.
"""

from __future__ import annotations

from typing import NamedTuple


class KnownBreakup(NamedTuple):
    """One event: the parent's launch ("1999-025"), how fragments' names begin, and the label used for it."""

    launch: str
    name: str
    label: str
    # True where the name means one spacecraft; False for rocket stages, whose names recur.
    unique_name: bool


BREAKUPS: tuple[KnownBreakup, ...] = (
    # Deliberate and accidental collisions.
    KnownBreakup("1999-025", "FENGYUN 1C", "Fengyun 1C", True),  # 2007-01-11, anti-satellite test
    KnownBreakup("1993-036", "COSMOS 2251", "Cosmos 2251", True),  # 2009-02-10, collision with Iridium 33
    KnownBreakup("1997-051", "IRIDIUM 33", "Iridium 33", True),  # 2009-02-10, collision with Cosmos 2251
    KnownBreakup("1982-092", "COSMOS 1408", "Cosmos 1408", True),  # 2021-11-15, anti-satellite test
    KnownBreakup("2006-057", "USA 193", "USA 193", True),  # 2008-02-21, intercepted; all fragments are down
    # Spacecraft that broke up on their own or were destroyed by command.
    KnownBreakup("1971-015", "COSMOS 397", "Cosmos 397", True),  # 1971-02-25, self-destruction
    KnownBreakup("1976-067", "COSMOS 839", "Cosmos 839", True),  # 1977-09-29
    KnownBreakup("1976-126", "COSMOS 886", "Cosmos 886", True),  # 1976-12-27, self-destruction
    KnownBreakup("1977-121", "COSMOS 970", "Cosmos 970", True),  # 1977-12-21, self-destruction
    KnownBreakup("1981-053", "COSMOS 1275", "Cosmos 1275", True),  # 1981-07-24
    KnownBreakup("1982-055", "COSMOS 1375", "Cosmos 1375", True),  # 1985-10-21
    KnownBreakup("1987-020", "COSMOS 1823", "Cosmos 1823", True),  # 1987-12-17
    KnownBreakup("2006-026", "COSMOS 2421", "Cosmos 2421", True),  # 2008-03-14; nearly all fragments are down
    KnownBreakup("1982-025", "METEOR 2-8", "Meteor 2-8", True),  # 1999-05-29
    KnownBreakup("1988-005", "METEOR 2-17", "Meteor 2-17", True),  # 2005-06-21
    KnownBreakup("1991-082", "DMSP 5D-2 F11", "DMSP F11", True),  # 2004-04-15
    KnownBreakup("1995-015", "DMSP 5D-2 F13", "DMSP F13", True),  # 2015-02-03, battery
    KnownBreakup("2000-055", "NOAA 16", "NOAA 16", True),  # 2015-11-25
    KnownBreakup("2002-032", "NOAA 17", "NOAA 17", True),  # 2021-03-10
    KnownBreakup("1999-057", "CBERS 1", "CBERS 1", True),  # 2007-02-18
    KnownBreakup("2019-063", "YUNHAI 1-02", "Yunhai 1-02", True),  # 2021-03-18
    KnownBreakup("2013-030", "RESURS P1", "Resurs-P1", True),  # 2024-06-26
    KnownBreakup("2013-030", "RESURS-P1", "Resurs-P1", True),  # the same, other spelling
    # Rocket stages.
    KnownBreakup(
        "1961-015", "THOR ABLESTAR", "Transit 4A rocket body", False
    ),  # 1961-06-29, the first of all
    KnownBreakup("1965-082", "TITAN 3C TRANSTAGE", "OV2-1 rocket body", False),  # 1965-10-15
    KnownBreakup("1969-082", "THORAD AGENA D", "OPS 7613 rocket body", False),  # 1969-10-04
    KnownBreakup("1970-025", "THORAD AGENA D", "Nimbus 4 rocket body", False),  # 1970-10-17
    KnownBreakup("1972-058", "DELTA 1", "Landsat 1 rocket body", False),  # 1975-05-22
    KnownBreakup("1973-086", "DELTA 1", "NOAA 3 rocket body", False),  # 1973-12-28
    KnownBreakup("1974-089", "THORAD DELTA 1", "NOAA 4 rocket body", False),  # 1975-08-20
    KnownBreakup("1975-004", "DELTA 1", "Landsat 2 rocket body", False),  # 1976-02-09
    KnownBreakup("1975-052", "DELTA 1", "Nimbus 6 rocket body", False),  # 1991-05-01
    KnownBreakup("1976-077", "DELTA 1", "NOAA 5 rocket body", False),  # 1977-12-24
    KnownBreakup("1977-065", "DELTA 1", "Himawari 1 rocket body", False),  # 1977-07-14
    KnownBreakup("1978-026", "DELTA 1", "Landsat 3 rocket body", False),  # 1981-01-27
    KnownBreakup("1978-100", "SL-14", "Cosmos 1045 rocket body", False),  # 1988-05-09
    KnownBreakup("1986-019", "ARIANE 1", "SPOT 1 rocket body", False),  # 1986-11-13
    KnownBreakup("1987-068", "SL-14", "Meteor 2-16 rocket body", False),  # 1998-02-15
    KnownBreakup("1989-006", "ARIANE 2", "Intelsat 515 rocket body", False),  # 2001-01-01
    KnownBreakup("1990-081", "CZ-4", "Fengyun 1B rocket body", False),  # 1990-10-04
    KnownBreakup("1991-009", "SL-8", "Cosmos 2125-2132 rocket body", False),  # 1991-03-05
    KnownBreakup("1991-068", "SL-14", "Cosmos 2157-2162 rocket body", False),  # 1999-10-09
    KnownBreakup("1992-093", "SL-16", "Cosmos 2227 rocket body", False),  # 1992-12-26
    KnownBreakup("1993-016", "SL-16", "Cosmos 2237 rocket body", False),  # 1993-03-28
    KnownBreakup("1994-029", "PEGASUS", "STEP-2 rocket body", False),  # 1996-06-03, the HAPS stage of Pegasus
    KnownBreakup("1999-057", "CZ-4", "CBERS 1 rocket body", False),  # 2000-03-11
    KnownBreakup("2001-049", "PSLV", "TES rocket body", False),  # 2001-12-19
    KnownBreakup("2006-006", "BREEZE-M", "Arabsat 4A Briz-M", False),  # 2007-02-19
    KnownBreakup("2008-011", "BREEZE-M", "AMC-14 Briz-M", False),  # 2010-10-13
    KnownBreakup("2010-057", "CZ-3C", "Beidou G4 rocket body", False),  # 2010-11-01
    KnownBreakup("2012-008", "CZ-3C", "Beidou G5 rocket body", False),  # 2012-02-26
    KnownBreakup("2012-044", "BREEZE-M", "Telkom-3 Briz-M", False),  # 2012-10-16
    KnownBreakup("2014-055", "ATLAS 5 CENTAUR", "Centaur 2014-055", False),  # 2018-08-30
    KnownBreakup("2018-079", "ATLAS 5 CENTAUR", "Centaur 2018-079", False),  # 2019-04-06
    KnownBreakup("2011-037", "FREGAT", "Fregat-SB tank 2011-037", False),  # 2020-05-08
    KnownBreakup("2022-151", "CZ-6A", "CZ-6A 2022-151", False),  # 2022-11-12
    KnownBreakup("2024-140", "CZ-6A", "CZ-6A 2024-140", False),  # 2024-08-06
)

_BY_LAUNCH: dict[str, list[KnownBreakup]] = {}
for _breakup in BREAKUPS:
    _BY_LAUNCH.setdefault(_breakup.launch, []).append(_breakup)
_UNIQUE = tuple(breakup for breakup in BREAKUPS if breakup.unique_name)


def parent_event_of(name: str, international_designator: str) -> str:
    """The label of the breakup a piece of debris comes from, or "".

    `name` as catalogued ("FENGYUN 1C DEB"), `international_designator` as in the OMM ("1999-025ABC") or "".
    """
    candidates = _BY_LAUNCH.get(international_designator[:8], ()) if international_designator else _UNIQUE
    for breakup in candidates:
        # "CZ-4" also begins "CZ-4B DEB", as intended: the two catalogues name that stage differently.
        if name.upper().startswith(breakup.name):
            return breakup.label
    return ""
