"""The verdict, which opens the page: from the numbers in summary.json and conjunctions.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from debrissim.report.html import text
from debrissim.report.html.data import ReportData
from debrissim.results.reader import rank_events


@dataclass(frozen=True)
class Verdict:
    """The answer in words.

    level: "red", "yellow" or "none", of the worst encounter. headline: one sentence. worst: position of the worst
    encounter among those shown, -1 if there is none. subject: the primaries in words. newest_age_days: of the
    catalogue's newest element set at the start of the span; negative if it is later. hidden: number of encounters
    that are only in the file. diluted: number of those shown that are in the dilution region. screened: the run
    screened a catalogue, not messages alone.
    """

    level: str
    headline: str
    worst: int
    subject: str
    newest_age_days: float
    hidden: int
    diluted: int
    screened: bool


def verdict(data: ReportData) -> Verdict:
    """The verdict of a run."""
    provenance, totals = data.summary["provenance"], data.summary["totals"]
    span = provenance["span"]
    subject = _subject(data)
    approaches = text.count(totals["encounter_count"], "close approach", "close approaches")
    days = f"{span['duration_days']:g}"
    level = "red" if totals["above_red"] else "yellow" if totals["above_yellow"] else "none"
    words = {
        "red": f"{totals['above_red']:,} at or above the red threshold",
        "yellow": f"{totals['above_yellow']:,} at or above the yellow threshold, none above red",
        "none": "none reaches the yellow threshold",
    }[level]
    if not totals["encounter_count"]:
        words = "nothing entered the screening volumes"
    messages = data.summary["events"]
    headline = f"{subject}: {approaches} in {days} day{'' if days == '1' else 's'}, {words}."
    if messages and not provenance["catalogue"]["objects"]:
        reported = text.count(len(messages), "conjunction")
        headline = f"{reported} reported by messages, nothing screened: see the table below."
    screened = bool(provenance["catalogue"]["objects"])
    return Verdict(
        level=level,
        headline=headline,
        worst=int(rank_events(data.table)[0]) if len(data.row) else -1,
        subject=subject,
        newest_age_days=_newest_age_days(provenance) if screened else 0.0,
        screened=screened,
        hidden=totals["encounter_count"] - len(data.row),
        diluted=int(data.table.dilution.sum()),
    )


def _newest_age_days(provenance: Mapping[str, Any]) -> float:
    newest = np.datetime64(provenance["catalogue"]["last_epoch_utc"].removesuffix("Z"))
    age = np.datetime64(provenance["span"]["start_utc"].removesuffix("Z")) - newest
    return float(age / np.timedelta64(1, "D"))


def _subject(data: ReportData) -> str:
    names = [primary["name"] for primary in data.summary["provenance"]["primaries"]]
    if len(names) > 2:
        return f"{len(names)} primaries"
    return " and ".join(names) or "All objects against each other"
