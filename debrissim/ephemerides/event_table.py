"""The table of burns and other events in the comments of the ISS's public ephemerides.

Source: the files "ISS.OEM_J2K_EPH" of NASA's Johnson Space Center. Their comments hold rows between "TRAJECTORY EVENT
SUMMARY" and "End sequence of events": the event, its time of ignition (day of year, GMT, without a year), the number of
the orbit or nothing, the change of velocity in m/s, and the heights of apogee and perigee in km.

Assumptions
- The year is the one that brings the time nearest to the middle of the segment.
- The file does not state how long a burn lasts. The events are changes of mass, area or velocity; all of them are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.epochs import JD_OF_ORDINAL_0
from debrissim.core.notes import Notes
from debrissim.core.text import excerpt
from debrissim.ephemerides.ephemeris import DeclaredManeuver, Segment

_TITLE = "TRAJECTORY EVENT SUMMARY"
_END = "END SEQUENCE OF EVENTS"
_TIME = r"([0-9]{3}):([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,9})?)"
_ROW = re.compile(
    r"(\S.{0,60}?)\s+" + _TIME + r"\s+(?:[0-9]{1,6}\s+)?([0-9]{1,5}\.[0-9]{1,6})(?:\s+[0-9.]{1,12}){2}"
)
_HAS_TIME = re.compile(r"[0-9]{3}:[0-9]{2}:[0-9]{2}:[0-9]{2}")
_MAX_LINE = 200


def declared_events(comments: Sequence[str], segment: Segment, notes: Notes) -> Iterator[DeclaredManeuver]:
    """The events in the comments of a segment; rows that are not understood are noted."""
    inside = False
    for comment in comments:
        text = comment.strip()
        if text.upper().startswith(_TITLE):
            inside = True
        elif text.upper().startswith(_END):
            inside = False
        elif inside and _HAS_TIME.search(text[:_MAX_LINE]):
            row = _ROW.fullmatch(text) if len(text) <= _MAX_LINE else None
            moment = None if row is None else _moment(row, segment)
            if row is None or moment is None:
                notes.add("a row of the table of events is not understood", excerpt(text)[:60])
            else:
                yield DeclaredManeuver(*moment, 0.0, float(row[6]), excerpt(row[1]))


def _moment(row: re.Match[str], segment: Segment) -> tuple[float, float] | None:
    """(jd, fraction), UTC; None if there is no such day or time."""
    day, hour, minute, second = int(row[2]), int(row[3]), int(row[4]), float(row[5])
    if not 1 <= day <= 366 or hour > 23 or minute > 59 or second >= 60.0:
        return None
    fraction = (hour * 3600 + minute * 60 + second) / SECONDS_PER_DAY
    middle = 0.5 * (segment.jd[0] + segment.jd[-1] + segment.fraction[0] + segment.fraction[-1])
    year = date.fromordinal(int(middle - JD_OF_ORDINAL_0)).year
    days = [date(y, 1, 1).toordinal() + day - 1 + JD_OF_ORDINAL_0 for y in (year - 1, year, year + 1)]
    return min(days, key=lambda jd: abs(jd + fraction - middle)), fraction
