"""The page of events over time: next approaches, spacecraft, events with their histories, and the view in space.

One JSON value holds its data; the page embeds it, so that it works from a file, and a site also has it as a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from debrissim.report.html.data import SpacePaths
from debrissim.report.html.libraries import packed_plotly
from debrissim.report.html.page import asset, coasts_json, embedded_json, rendered, space_json

_SCRIPTS = ("table.js", "charts.js", "scene.js", "loading.js", "events.js")
COLOURS = 8
"""Colours of spacecraft; further ones reuse them."""
NEXT = 12
"""Approaches with a countdown."""


@dataclass(frozen=True)
class CraftVerdict:
    """One spacecraft. key: its identity. answer: a sentence.

    level: "red", "yellow", "green", "no Pc", or "" with no event ahead. red, yellow, green, unknown: numbers of events
    ahead, the last of those without a Pc. next_utc: the TCA of the next one, "" if there is none.
    """

    key: str
    name: str
    level: str
    answer: str
    red: int
    yellow: int
    green: int
    unknown: int
    next_utc: str
    next_with: str


@dataclass(frozen=True)
class EventRow:
    """One event as the page writes it. craft: position of its spacecraft, -1 if there is none. ahead: its TCA is to
    come."""

    number: int
    tca_utc: str
    ahead: bool
    primary: str
    primary_key: str
    secondary: str
    secondary_key: str
    craft: int
    level: str
    miss: str
    odds: str
    probability: str
    range: str
    maximum: str
    reports: int
    speed_km_s: float | None
    diluted: bool


@dataclass(frozen=True, eq=False)
class EventsPage:
    """The content of the page.

    answer, range, method, level: of all events together. written_utc: of the page; data_utc: of the newest run or
    message. stale_after_h: the age from which a reader is warned, None: never. rows: the events, in the order of
    their TCA; hidden: events left out. histories: the reports of each row, columns by name. paths: in space, of each.
    """

    title: str
    answer: str
    range: str
    method: str
    level: str
    written_utc: str
    data_utc: str
    stale_after_h: float | None
    yellow: float
    red: float
    spacecraft: tuple[CraftVerdict, ...]
    rows: tuple[EventRow, ...]
    hidden: int
    histories: tuple[Mapping[str, Sequence[Any]], ...]
    paths: SpacePaths
    version: str


def events_json(page: EventsPage) -> dict[str, Any]:
    """The data of the page: plain JSON values, null for unknown ones."""
    return {
        "title": page.title,
        "answer": page.answer,
        "range": page.range,
        "method": page.method,
        "level": page.level,
        "written_utc": page.written_utc,
        "data_utc": page.data_utc,
        "stale_after_h": page.stale_after_h,
        "yellow": page.yellow,
        "red": page.red,
        "hidden": page.hidden,
        "spacecraft": [vars(craft) for craft in page.spacecraft],
        "events": [
            vars(row) | {"history": {name: list(values) for name, values in history.items()}}
            for row, history in zip(page.rows, page.histories, strict=True)
        ],
        "space": space_json(page.paths),
    }


def json_file(content: Mapping[str, Any]) -> str:
    """The text of the file of the data; raises ValueError for NaN, which is not JSON."""
    return json.dumps(content, allow_nan=False, indent=1) + "\n"


def events_html(page: EventsPage, *, data_file: str = "") -> str:
    """The page as text. Needs Jinja2: see `missing_libraries`.

    data_file: name of the data file next to the page, "" if there is none.
    """
    from markupsafe import Markup

    ahead = [row for row in page.rows if row.ahead]
    return rendered(
        "events.html.jinja",
        page=page,
        ahead=ahead,
        in_space=bool(np.isfinite(page.paths.orbit_period_s).any()),
        soon=ahead[:NEXT],
        colours=COLOURS,
        data_file=data_file,
        scripts=Markup("\n".join(map(asset, _SCRIPTS))),
        payload=Markup(embedded_json(events_json(page) | {"coasts_deg": coasts_json()})),
        plotly=Markup(packed_plotly()),
    )
