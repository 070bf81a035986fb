"""Reports of close approaches, of whole messages and of public summaries alike, read from files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from debrissim.cdm.identity import ObjectIdentity, identity_of
from debrissim.cdm.message import CdmSummaries, Conjunction
from debrissim.cdm.read import parse_reports
from debrissim.core.epochs import parse_iso_epochs
from debrissim.core.errors import InputError
from debrissim.core.files import read_bytes, unreadable
from debrissim.core.numbers import finite_or_none
from debrissim.core.time import Time

SUMMARY_ORIGINATOR = "Space-Track summary"
"""The originator of public summaries, which do not name one."""
_ISSUE_LENGTH = len("2024-11-01T00:00")


@dataclass(frozen=True, eq=False)
class CdmReport:
    """One report of a close approach: a message, or a public summary.

    identities, names: of the primary and the secondary. miss_distance_m: of the states, or as the summary states it;
    stated_probability, stated_method: as stated, None and "" without. conjunction: the message, None for a summary.
    """

    tca: Time
    created: Time
    originator: str
    message_id: str
    identities: tuple[ObjectIdentity, ObjectIdentity]
    names: tuple[str, str]
    miss_distance_m: float
    stated_probability: float | None
    stated_method: str
    source: str
    conjunction: Conjunction | None = None

    @property
    def issue(self) -> str:
        """The minute in which it was made, and by whom: reports of one issue are of one run of their originator."""
        return f"{self.created.iso[:_ISSUE_LENGTH]} {self.originator}"

    @property
    def time_to_tca_s(self) -> float:
        """Seconds from its creation to its TCA, negative if it was made afterwards."""
        return self.tca - self.created


@dataclass(frozen=True, eq=False)
class ReportFiles:
    """The reports of files and folders.

    faults: one sentence for each file that could not be read; files: count of files that could be; repeated: count of
    reports left out because the same one was read already.
    """

    reports: tuple[CdmReport, ...]
    faults: tuple[str, ...]
    files: int
    repeated: int


def read_reports(paths: Iterable[Path | str]) -> ReportFiles:
    """Read the reports of files and folders, a folder with all that is in it, in the order of names.

    A file that cannot be read does not affect the others; files and folders with a leading dot are not read.

    Raises InputError, naming the path, for a folder that writing fails.
    """
    found: dict[object, CdmReport] = {}
    faults: list[str] = []
    files = total = 0
    for path in _files(paths):
        try:
            reports = _reports(parse_reports(read_bytes(path, "a file of CDMs"), str(path)), str(path))
        except InputError as error:
            faults.append(str(error))
            continue
        files += 1
        total += len(reports)
        for report in reports:
            found.setdefault(_content(report), report)
    return ReportFiles(tuple(found.values()), tuple(faults), files, total - len(found))


def reports_of(conjunctions: Sequence[Conjunction]) -> tuple[CdmReport, ...]:
    """Messages as reports.

    Raises InputError, naming the message, for one whose CREATION_DATE is not a time (a message that was read has one).
    """
    return tuple(map(_of_message, conjunctions))


def reports_of_summaries(table: CdmSummaries, source: str = "") -> tuple[CdmReport, ...]:
    """Public summaries as reports; source: their file."""
    columns = (
        table.primary_norad_id.tolist(),
        table.secondary_norad_id.tolist(),
        table.primary_name.tolist(),
        table.secondary_name.tolist(),
    )
    return tuple(
        CdmReport(
            tca=Time(float(table.tca_jd[k]), float(table.tca_fraction[k])),
            created=Time(float(table.created_jd[k]), float(table.created_fraction[k])),
            originator=SUMMARY_ORIGINATOR,
            message_id=str(table.cdm_id[k]),
            identities=(ObjectIdentity(first, "", ""), ObjectIdentity(second, "", "")),
            names=(name, other),
            miss_distance_m=float(table.miss_distance_m[k]),
            stated_probability=finite_or_none(float(table.collision_probability[k])),
            stated_method="",
            source=source,
        )
        for k, (first, second, name, other) in enumerate(zip(*columns, strict=True))
    )


def _reports(found: tuple[Conjunction, ...] | CdmSummaries, source: str = "") -> tuple[CdmReport, ...]:
    return reports_of_summaries(found, source) if isinstance(found, CdmSummaries) else reports_of(found)


def _of_message(message: Conjunction) -> CdmReport:
    jd, fraction, bad = parse_iso_epochs([message.creation_date])
    if bad:
        name = message.source or message.message_id
        raise InputError(f"{name}: CREATION_DATE: expected a UTC time in ISO 8601")
    return CdmReport(
        tca=Time(message.tca_jd, message.tca_fraction),
        created=Time(float(jd[0]), float(fraction[0])),
        originator=message.originator,
        message_id=message.message_id,
        identities=(identity_of(message.primary), identity_of(message.secondary)),
        names=(message.primary.name, message.secondary.name),
        miss_distance_m=1000.0 * float(np.linalg.norm(message.relative_state_rtn[:3])),
        stated_probability=message.collision_probability,
        stated_method=message.collision_probability_method,
        source=message.source,
        conjunction=message,
    )


def _content(report: CdmReport) -> object:
    """The key by which two reports are the same one."""
    message = report.conjunction
    states = () if message is None else (message.primary.state.tobytes(), message.secondary.state.tobytes())
    return (report.originator, report.message_id, report.created, report.tca, report.identities, states)


def _files(paths: Iterable[Path | str]) -> Iterator[Path]:
    """The files, folders replaced by their content; each once."""
    seen: set[Path] = set()
    for path in map(Path, paths):
        for file in _in_folder(path) if path.is_dir() else (path,):
            place = file.absolute()
            if place not in seen:
                seen.add(place)
                yield file


def _in_folder(folder: Path) -> Iterator[Path]:
    """Regular files without a leading dot, in the order of names, folders after the files next to them."""

    def refuse(error: OSError) -> None:
        raise unreadable(Path(error.filename or folder), error)

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # A pipe or a device would block.
        yield from (
            Path(place, name)
            for name in sorted(names)
            if not name.startswith(".") and Path(place, name).is_file()
        )
