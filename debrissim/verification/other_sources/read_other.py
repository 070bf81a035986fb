"""Reading of the other source of a comparison: a SOCRATES list, CDM summaries, CDMs, or another results folder.

Its content decides the format, never its name. Reports of one event (`core.events`) are one event, the latest counts.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import Catalog, parse_catalog
from debrissim.cdm.message import CdmSummaries
from debrissim.cdm.read import read_cdm_summaries
from debrissim.cdm.spacetrack import is_summary
from debrissim.core.arrays import Index
from debrissim.core.errors import InputError
from debrissim.core.events import group_events, unordered_pair
from debrissim.core.files import read_text
from debrissim.core.text import quoted
from debrissim.sources import SocratesTable, is_socrates, is_source_name, parse_socrates
from debrissim.verification.other_sources.other_messages import messages
from debrissim.verification.other_sources.other_results import results_folder
from debrissim.verification.other_sources.reported import (
    SOCRATES,
    SOCRATES_SETS,
    SUMMARIES,
    UNKNOWN,
    OtherList,
    Precision,
    reported_events,
)

SOCRATES_LIMIT_KM = 5.0
"""The miss, km, below which SOCRATES lists an approach."""
WHOLE_LIST = 1000
"""A list of at least this many approaches is taken to cover all the time from its first to its last."""

# Half of the last printed digit: km, km/s, ms and thousandths of a day, with a margin for its rounding.
_SOCRATES_DIGITS = Precision(miss_km=5.1e-4, speed_km_s=5.1e-4, tca_s=1.5e-3, age_days=6e-4)
_SUMMARY_DIGITS = Precision(miss_km=5.1e-4, speed_km_s=np.inf, tca_s=1e-3)
_EXPECTED = "a SOCRATES list (CSV), Space-Track's public CDM summaries, CDMs (a file or a folder), or a results folder"


def read_other(path: Path | str) -> OtherList:
    """Read another source.

    Parameters
    ----------
    path : Path or str
        A SOCRATES list (CSV), Space-Track's public CDM summaries (CSV, JSON), CDMs (KVN, XML, JSON; a file or a folder
        of them), each plain, gzip or xz, or a results folder of conjunctions. Or the name of a source, such as
        "socrates:min-range", which is fetched.

    Raises
    ------
    InputError
        Naming the file, and line and column if it has them, if it is none of these or damaged.
    DownloadError
        If a source can be obtained neither from its service nor from the cache.
    """
    path = located(path)
    if path.is_dir():
        if (path / "summary.json").is_file():
            return results_folder(path)
        return _each_event_once(messages(path))
    text = read_text(path, _EXPECTED)
    if not text.strip():
        raise InputError(f"{path}: empty file; expected {_EXPECTED}")
    start = text.lstrip()
    if start[:200].lower().startswith(("<!doctype html", "<html")):
        raise InputError(f"{path}: an HTML page; expected {_EXPECTED}")
    if is_socrates(text):
        return _each_event_once(_socrates(path, text))
    header = [cell.strip(' "').upper() for cell in start.partition("\n")[0].strip().split(",")]
    if is_summary(header) or (start[:1] in ("[", "{") and '"SAT_1_ID"' in start[:4000]):
        return _each_event_once(_summaries(path, read_cdm_summaries(path)))
    if start[:1] not in ("<", "[", "{") and "CCSDS_CDM_VERS" not in text.upper():
        raise InputError(f"{path}: begins with {quoted(start[:16])}; expected {_EXPECTED}")
    return _each_event_once(messages(path))


def located(name: Path | str) -> Path:
    """The path of a file, or of the copy of a named source, which is fetched."""
    return _fetched(str(name)) if is_source_name(str(name)) else Path(name)


def _fetched(source: str) -> Path:
    """The copy of a named source."""
    from debrissim.sources import fetch

    return Path(fetch(source).path)


def _each_event_once(other: OtherList) -> OtherList:
    """The list with the latest report of each event."""
    events = other.events
    if len(events) == 0:
        return other
    origin = float(events.tca_jd.min()), 0.0
    pairs = [
        unordered_pair(first, second)
        for first, second in zip(events.first_number.tolist(), events.second_number.tolist(), strict=True)
    ]
    batches = events.batch.tolist()
    event = group_events(pairs, events.tca_s(*origin), batches)
    latest: dict[int, int] = {}
    for row, number in enumerate(event.tolist()):
        if number not in latest or batches[row] >= batches[latest[number]]:
            latest[number] = row
    return replace(other, events=events[np.array(sorted(latest.values()), dtype=np.int64)])


def _socrates(path: Path, text: str) -> OtherList:
    table = parse_socrates(text, str(path))
    sets, rows, batch = _archived(path, text, len(table))
    events = reported_events(
        len(table),
        first_number=table.norad_id_1,
        second_number=table.norad_id_2,
        first_name=table.name_1.astype(np.object_),
        second_name=table.name_2.astype(np.object_),
        tca_jd=table.tca_jd,
        tca_fraction=table.tca_fraction,
        miss_km=table.miss_km,
        speed_km_s=table.speed_km_s,
        maximum_probability=table.max_probability,
        dilution_km=table.dilution_km,
        first_age_days=table.days_since_epoch_1,
        second_age_days=table.days_since_epoch_2,
        first_set=rows[0],
        second_set=rows[1],
        batch=batch,
    )
    return OtherList(
        path=path,
        label="SOCRATES",
        format=SOCRATES_SETS if len(sets) else SOCRATES,
        events=events,
        report_count=len(events),
        precision=_SOCRATES_DIGITS,
        sets=sets,
        limit_km=SOCRATES_LIMIT_KM,
        span=_covered(table) if len(set(batch.tolist())) == 1 else None,
    )


def _covered(table: SocratesTable) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The time from the first to the last approach of a list that is long enough to leave nothing out between."""
    if len(table) < WHOLE_LIST:
        return None
    order = np.lexsort((table.tca_fraction, table.tca_jd))
    ends = [(float(table.tca_jd[k]), float(table.tca_fraction[k])) for k in (order[0], order[-1])]
    return ends[0], ends[1]


def _archived(path: Path, text: str, size: int) -> tuple[Catalog, tuple[Index, Index], Any]:
    """The element sets of an archived list (columns SAT1_TLE, SAT2_TLE), their rows by event, and its runs (RUN)."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    header = {name.strip().upper(): place for place, name in enumerate(rows[0])}
    batch = np.full(size, "", dtype=np.object_)
    if "RUN" in header:
        batch[:] = [row[header["RUN"]] for row in rows[1:]]
    unknown = np.full(size, UNKNOWN)
    if not {"SAT1_TLE", "SAT2_TLE"} <= set(header):
        return Catalog.empty(), (unknown, unknown), batch
    texts = [[row[header[f"SAT{k}_TLE"]].replace(",", "\n") for row in rows[1:]] for k in (1, 2)]
    spelled: dict[tuple[str, str], str] = {}
    for one in (*texts[0], *texts[1]):
        spelled.setdefault(_same_set(one), one)
    file = parse_catalog(("\n".join(spelled.values()) + "\n").encode(), str(path))
    kept = _kept(list(spelled), {rejection.line for rejection in file.rejected})
    if len(kept) != len(file.catalog):
        raise InputError(f"{path}: the element sets in SAT1_TLE and SAT2_TLE cannot be distinguished")
    place = {key: row for row, key in enumerate(kept)}
    found = [np.array([place.get(_same_set(one), UNKNOWN) for one in each], dtype=np.int64) for each in texts]
    return file.catalog, (found[0], found[1]), batch


def _same_set(text: str) -> tuple[str, str]:
    """The part of the two lines of a set that does not depend on how its numbers are spelled: number, epoch, angles."""
    line1, _, line2 = text.partition("\n")
    return line1[:32], line2[:63]


def _kept(sets: list[tuple[str, str]], rejected: set[int]) -> list[tuple[str, str]]:
    """The sets, two lines each, without those of which a line was rejected."""
    return [each for k, each in enumerate(sets) if not rejected & {2 * k + 1, 2 * k + 2}]


def _summaries(path: Path, table: CdmSummaries) -> OtherList:
    created = [
        f"{jd + fraction:.9f}" for jd, fraction in zip(table.created_jd, table.created_fraction, strict=True)
    ]
    events = reported_events(
        len(table),
        first_number=table.primary_norad_id,
        second_number=table.secondary_norad_id,
        first_name=table.primary_name.astype(np.object_),
        second_name=table.secondary_name.astype(np.object_),
        tca_jd=table.tca_jd,
        tca_fraction=table.tca_fraction,
        miss_km=table.miss_distance_m / 1000.0,
        probability=table.collision_probability,
        batch=np.array(created, dtype=np.object_),
    )
    return OtherList(
        path=path,
        label="the CDM summaries",
        format=SUMMARIES,
        events=events,
        report_count=len(table),
        precision=_SUMMARY_DIGITS,
        uses_sgp4=False,
        notes=("Public summaries hold no states: neither orbits nor covariances can be compared.",),
    )
