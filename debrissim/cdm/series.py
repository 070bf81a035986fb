"""Reports grouped into events: the history of each close approach in a folder of messages, in the order of issue.

Sources: `core.events` for the rule by which reports of one pair are one event; `cdm.identity` and `cdm.links` for the
identity of objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from debrissim.cdm.identity import ObjectIdentity, resolved_keys
from debrissim.cdm.links import candidates_of, links
from debrissim.cdm.reports import CdmReport, ReportFiles, read_reports
from debrissim.core.events import TOLERANCE_S, group_events, unordered_pair
from debrissim.core.numbers import count
from debrissim.core.text import printable

# A run of an originator takes minutes, and writes one message for each operator.
_SAME_RUN_S = 600.0
_SAME_MISS_M, _SAME_TCA_S, _SAME_VALUE = 1.0, 0.01, 0.01


@dataclass(frozen=True, eq=False, repr=False)
class CdmEvent:
    """All reports of one close approach.

    keys: of the first and the second object, as `cdm.identity` decides, those of the primary and the secondary of the
    first report. reports: in the order of their creation. swapped: for each report, whether the second object is its
    primary. notes: doubts about identities, one sentence each.
    """

    keys: tuple[str, str]
    reports: tuple[CdmReport, ...]
    swapped: tuple[bool, ...]
    notes: tuple[str, ...]

    @property
    def latest(self) -> CdmReport:
        """The report that was made last."""
        return self.reports[-1]

    @property
    def labels(self) -> tuple[str, str]:
        """Each object by name and key, as the latest report writes the names."""
        first, second = self.latest.names if not self.swapped[-1] else self.latest.names[::-1]
        return _label(printable(first).strip(), self.keys[0]), _label(printable(second).strip(), self.keys[1])

    @property
    def label(self) -> str:
        """Both objects, by name and key."""
        return "  x  ".join(self.labels)

    @property
    def issues(self) -> tuple[str, ...]:
        """The distinct issues: minute and originator."""
        return tuple(dict.fromkeys(report.issue for report in self.reports))

    @property
    def revisions(self) -> tuple[int, ...]:
        """Positions of the reports that say something: one that repeats another of the same run of its originator, such
        as with the objects in the other order, is left out.
        """
        kept: list[int] = []
        for k, report in enumerate(self.reports):
            if not any(_repeats(report, self.reports[j]) for j in kept[-3:]):
                kept.append(k)
        return tuple(kept)

    def __repr__(self) -> str:
        return (
            f"<CdmEvent {self.label}, TCA {self.latest.tca}, {count(len(self.reports), 'report')} of "
            f"{count(len(self.issues), 'issue')}>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class CdmEvents:
    """The events of files and folders.

    events: in the order of their first report; files: as `ReportFiles`, with the files that could not be read.
    """

    events: tuple[CdmEvent, ...]
    files: ReportFiles

    def __repr__(self) -> str:
        return (
            f"<CdmEvents: {count(len(self.events), 'event')} of {count(len(self.files.reports), 'report')}, "
            f"{count(len(self.files.faults), 'file')} not readable>"
        )


def read_cdm_events(*paths: Path | str, tolerance_s: float = TOLERANCE_S) -> CdmEvents:
    """The events of files and folders of messages and public summaries.

    Parameters
    ----------
    *paths : path
        Files (KVN, XML, JSON or CSV; plain, gzip or xz), or folders, which are read with all that is in them.
    tolerance_s : float, s
        Reports of one pair with TCAs further apart are different events.

    Returns
    -------
    CdmEvents
        With the faults of the files that could not be read.

    Raises
    ------
    InputError
        Naming the path, for a folder that writing fails.
    """
    files = read_reports(paths)
    return CdmEvents(group_reports(files.reports, tolerance_s=tolerance_s), files)


def group_reports(reports: Sequence[CdmReport], *, tolerance_s: float = TOLERANCE_S) -> tuple[CdmEvent, ...]:
    """Group reports into events, in the order of their first report.

    Parameters
    ----------
    reports : sequence of CdmReport
        Of any originators, in any order.
    tolerance_s : float, s
        Reports of one pair with TCAs further apart are different events.
    """
    if not reports:
        return ()
    identities = [identity for report in reports for identity in report.identities]
    resolved, contradictions = resolved_keys(identities)
    keys = list(zip(resolved[::2], resolved[1::2], strict=True))
    stays = [_permanent(report.identities, pair) for report, pair in zip(reports, keys, strict=True)]
    rows = _rows_by_event(reports, keys, tolerance_s)
    renamed, notes = links(reports, candidates_of(keys, stays, rows))
    for row, (side, key) in renamed.items():
        keys[row] = (keys[row][0], key) if side == 1 else (key, keys[row][1])
    if renamed:
        rows = _rows_by_event(reports, keys, tolerance_s)
    return tuple(
        _event(reports, keys, members, _notes_of(reports, members, notes, contradictions))
        for members in rows.values()
    )


def _rows_by_event(
    reports: Sequence[CdmReport], keys: Sequence[tuple[str, str]], tolerance_s: float
) -> dict[int, list[int]]:
    """Rows of each event in the order of creation; a report of an object without identity is an event by itself."""
    origin = reports[0].tca
    pairs = [
        unordered_pair(*(key or ("no identity", row, side) for side, key in enumerate(pair)))
        for row, pair in enumerate(keys)
    ]
    events = group_events(
        pairs,
        np.array([report.tca - origin for report in reports]),
        [report.issue for report in reports],
        tolerance_s=tolerance_s,
    )
    rows: dict[int, list[int]] = {}
    for row in sorted(range(len(reports)), key=lambda k: (reports[k].created, k)):
        rows.setdefault(int(events[row]), []).append(row)
    return rows


def _permanent(identities: tuple[ObjectIdentity, ObjectIdentity], keys: tuple[str, str]) -> tuple[bool, bool]:
    """Whether either object has a permanent identity, its own or by its international designator."""
    first, second = (
        one.is_permanent or (bool(key) and key != one.key) for one, key in zip(identities, keys, strict=True)
    )
    return first, second


def _notes_of(
    reports: Sequence[CdmReport],
    rows: Sequence[int],
    notes: dict[int, tuple[str, ...]],
    contradictions: Iterable[str],
) -> tuple[str, ...]:
    found = [sentence for row in rows for sentence in notes.get(row, ())]
    named = {one.international for row in rows for one in reports[row].identities if one.international}
    found += [text for text in contradictions if text.partition(" ")[0] in named]
    return tuple(dict.fromkeys(found))


def _event(
    reports: Sequence[CdmReport],
    keys: Sequence[tuple[str, str]],
    rows: Sequence[int],
    notes: tuple[str, ...],
) -> CdmEvent:
    pair = keys[rows[0]]
    return CdmEvent(
        keys=pair,
        reports=tuple(reports[row] for row in rows),
        swapped=tuple(keys[row] != pair for row in rows),
        notes=notes,
    )


def _repeats(report: CdmReport, other: CdmReport) -> bool:
    """Whether a report repeats an earlier one of the same run of its originator."""
    if report.originator != other.originator or report.created - other.created > _SAME_RUN_S:
        return False
    if abs(report.tca - other.tca) > _SAME_TCA_S:
        return False
    one, two = report.stated_probability, other.stated_probability
    same = one == two or (
        one is not None and two is not None and abs(one - two) <= _SAME_VALUE * max(one, two)
    )
    return same and abs(report.miss_distance_m - other.miss_distance_m) <= _SAME_MISS_M


def _label(name: str, key: str) -> str:
    if not key:
        return name or "unknown object"
    return f"{name} ({key})" if name and name != key else key
