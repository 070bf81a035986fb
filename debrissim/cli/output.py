"""Output on the terminal: the summary of a run, the content of a catalogue, a verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import RenderableType
from rich.table import Table

from debrissim.catalog import CatalogFile, identifier, summarize_catalog
from debrissim.cli.layout import Column, FittedTable, Sentence
from debrissim.core.arrays import Index
from debrissim.core.numbers import moment, plus_minus, probability, rounded, short_odds
from debrissim.core.time import utc_text
from debrissim.report.sentences import DILUTED, level_of
from debrissim.report.verdict import REAL
from debrissim.results.own_files import REPORT
from debrissim.results.reader import rank_events
from debrissim.results.schema.conjunctions import CONJUNCTIONS

if TYPE_CHECKING:
    from debrissim.conjunctions.result import ConjunctionResult
    from debrissim.report.verdict import Verdict
    from debrissim.uncertainty.history import HistoryErrors
    from debrissim.verification.comparison import Finding
    from debrissim.verification.verify import Verification

_STALE_SHOWN_DAYS = 10.0
_FINDINGS_SHOWN = 20
_SPACECRAFT_SHOWN = 10
_MANY_ROWS = 100_000
_SHORT_KIND = {"payload": "pay", "rocket body": "R/B", "debris": "deb", "unknown": "?"}
_ALERTS = {"red": "red", "yellow": "yellow"}
_ENCOUNTERS = (
    Column("TCA (UTC)"), Column("primary", names=16), Column("number", rank=4), Column("secondary", names=16),
    Column("kind", rank=5), Column("miss km", right=True), Column("km/s", right=True, rank=3),
    Column("collision", right=True), Column("Pc", right=True, rank=2),
)  # fmt: skip


def run_summary(
    result: ConjunctionResult, folder: Path, *, sampled: bool = False
) -> Iterator[RenderableType]:
    """The answer of a run, each spacecraft's own, the most probable encounters, the method, and the omissions.

    sampled: also list encounters with synthetic objects.
    """
    from debrissim.report.html.libraries import missing_libraries

    verdict = result.verdict
    whole = verdict.whole
    yield Sentence(whole.answer, f"bold {_ALERTS.get(whole.level, '')}".strip())
    if whole.range:
        yield Sentence(whole.range)
    for sentence in verdict.limits:
        yield Sentence(sentence, "bold yellow")
    if verdict.population:
        yield Sentence(verdict.population, "bold yellow")
    yield from _spacecraft(verdict.primaries)
    if verdict.kind == REAL:
        yield from _encounters(result)
    for sentence in (*whole.details, verdict.scale, *verdict.messages):
        if sentence:
            yield Sentence(sentence)
    if sampled:
        yield from _sampled_encounters(result)
    for sentence in verdict.notes:
        yield Sentence(sentence, "yellow")
    if verdict.examined:
        yield Sentence(verdict.examined)
    for sentence in verdict.method:
        yield Sentence(sentence, "dim")
    yield Sentence(
        ", ".join(f"{phase} {duration:.1f} s" for phase, duration in result.seconds.items()), "dim"
    )
    yield from _location(result, folder)
    if result.scenario.output.report:
        yield Sentence(missing_libraries() or f"report for a browser: {folder / REPORT}")


def short_summary(
    result: ConjunctionResult, folder: Path, origins: Sequence[str], limits: Sequence[str] = ()
) -> Iterator[RenderableType]:
    """The answer of a run in a few lines: the most probable encounters, the limits of the answer, and where to find the
    rest.

    origins: sentences on the origin of the objects. limits: of the answer, in addition to its own.
    """
    from debrissim.report.html.libraries import missing_libraries

    verdict = result.verdict
    whole, real = verdict.whole, verdict.kind == REAL
    answer = whole.answer if real else f"SYNTHETIC, not the sky of today. {whole.answer}"
    yield Sentence(answer, f"bold {_ALERTS.get(whole.level, '')}".strip())
    if whole.range:
        yield Sentence(whole.range)
    for sentence in (*verdict.limits, verdict.population, *limits):
        if sentence:
            yield Sentence(sentence, "bold yellow")
    if real:
        yield from _encounters(result)
        if result.encounters.dilution[_most_probable(result)].any():
            yield Sentence(DILUTED, "dim")
    else:
        yield from map(Sentence, whole.details[:1])
    for sentence in (*origins, verdict.examined):
        if sentence:
            yield Sentence(sentence)
    for sentence in verdict.method[:2]:
        yield Sentence(sentence, "dim")
    yield from _location(result, folder)
    if result.scenario.output.report:
        yield Sentence(missing_libraries() or f"report for a browser: {folder / REPORT}")


def _location(result: ConjunctionResult, folder: Path) -> Iterator[RenderableType]:
    """The results folder; for many rows also the file that contains them, and the smaller alternative."""
    from debrissim.results.table import table_path

    yield Sentence(f"results in {folder}")
    file, rows = table_path(folder / CONJUNCTIONS.file), len(result.encounters)
    if file.name != CONJUNCTIONS.file:
        yield Sentence(f"its {rows:,} rows in {file.name}")
    elif rows > _MANY_ROWS:
        size = f"{file.stat().st_size / 1e6:,.0f} MB"
        yield Sentence(
            f"its {rows:,} rows in {file.name}, {size}; as Parquet with output.parquet_above", "dim"
        )


def _spacecraft(verdicts: tuple[Verdict, ...]) -> Iterator[RenderableType]:
    """The answer and the range of each of several spacecraft; the rest is in the report and in summary.json."""
    for verdict in verdicts[:_SPACECRAFT_SHOWN]:
        yield Sentence(
            "; ".join(filter(None, (verdict.answer, verdict.range))), _ALERTS.get(verdict.level, "")
        )
    if len(verdicts) > _SPACECRAFT_SHOWN:
        yield Sentence(f"and {len(verdicts) - _SPACECRAFT_SHOWN} more spacecraft: totals in summary.json")


def catalog_table(file: CatalogFile) -> RenderableType:
    """The content of a catalogue file."""
    summary = summarize_catalog(file.catalog, _STALE_SHOWN_DAYS)
    table = Table(title=f"{file.path.name}: {file.format}", title_justify="left", show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_row("records", str(file.record_count))
    table.add_row("rejected", str(len(file.rejected)))
    table.add_row("objects", str(summary.object_count))
    for kind, number in summary.by_kind.items():
        table.add_row(f"  {kind}", str(number))
    for event, number in list(summary.by_parent_event.items())[:8]:
        table.add_row(f"    {event}", str(number))
    if summary.synthetic_count:
        table.add_row("SYNTHETIC", str(summary.synthetic_count))
    table.add_row("catalogue epoch", utc_text(*summary.epoch, decimals=0))
    table.add_row("first epoch", utc_text(*summary.first_epoch, decimals=0))
    table.add_row("last epoch", utc_text(*summary.last_epoch, decimals=0))
    table.add_row(f"older than {summary.stale_after_days:g} days", str(summary.stale_count))
    for label, spread in (("perigee", summary.perigee_altitude_km), ("apogee", summary.apogee_altitude_km)):
        table.add_row(
            f"{label} altitude, km: 5 / 50 / 95 %", " / ".join(f"{spread[p]:.0f}" for p in (5, 50, 95))
        )
    for rejection in file.rejected[:5]:
        table.add_row(f"  line {rejection.line}", rejection.reason)
    if len(file.rejected) > 5:
        table.add_row("", f"... and {len(file.rejected) - 5} more rejected records")
    return table


def errors_table(errors: HistoryErrors) -> Iterator[RenderableType]:
    """The errors of an object's element sets, measured from its history."""
    name = f"{errors.norad_id} {errors.object_name}".strip()
    yield Sentence(
        f"{name}: {errors.element_set_count} element sets, {errors.first_epoch_utc} to {errors.last_epoch_utc}",
        "bold",
    )
    yield Sentence(
        "older sets propagated by SGP4 to the epochs of newer ones, metres in the RTN of the newer"
    )
    cells = []
    for k, age in enumerate(errors.age_days.tolist()):
        metres = 1000.0 * np.concatenate(
            [errors.sigma_rtn_km[k], errors.median_rtn_km[k, 1:2], errors.distance_percentiles_km[k]]
        )
        cells.append((f"{age:g}", str(errors.pair_count[k]), *(f"{value:.0f}" for value in metres)))
    headings = ("age d", "pairs", "sigma R", "sigma T", "sigma N", "bias T", "50 %", "90 %")
    yield FittedTable([Column(heading, right=True) for heading in headings], cells, gap=1)
    a, b = (1000.0 * value for value in errors.along_track)
    yield Sentence(
        f"sigma T = {a:.0f} t + {b:.0f} t^2 m (t in days; misfit up to {100.0 * errors.along_track_misfit:.0f} %)"
    )
    for axis, (c, d) in (("R", errors.radial), ("N", errors.normal)):
        yield Sentence(f"sigma {axis} = {1000.0 * c:.0f} + {1000.0 * d:.0f} t m")
    treatment = "are left out" if errors.manoeuvres_left_out else "are included"
    yield Sentence(
        f"{errors.jump_count} jumps of mean motion (manoeuvres); pairs across them {treatment}", "dim"
    )
    if errors.failed_pair_count:
        yield Sentence(f"{errors.failed_pair_count} pairs dropped: SGP4 could not propagate them", "dim")
    yield Sentence(errors.model().warning, "dim")


def _most_probable(result: ConjunctionResult) -> Index:
    """The rows of the most probable encounters of real objects, as many as the scenario shows."""
    ranked = rank_events(result.encounters)
    rows: Index = ranked[~result.encounters.synthetic[ranked]][: result.scenario.output.table_rows]
    return rows


def _encounters(result: ConjunctionResult) -> Iterator[RenderableType]:
    """The most probable encounters of real objects."""
    events, rows = result.encounters, _most_probable(result)
    if rows.size == 0:
        return
    several = len(result.provenance["primaries"]) != 1
    cells, styles = [], []
    for row, tca in zip(rows.tolist(), events[rows].cells("tca_utc"), strict=True):
        value = float(events.collision_probability[row])
        level = level_of(value, result.provenance["scenario"]["probability"])
        miss = float(events.miss_distance_km[row]), float(events.miss_distance_sigma_km[row])
        cells.append(
            (
                moment(tca)[5:],
                *([str(events.primary_name[row])] if several else []),
                identifier(events.secondary_norad_id[row]),
                str(events.secondary_name[row]),
                _SHORT_KIND[events.object_kind[row]],
                plus_minus(*miss),
                f"{events.relative_speed_km_s[row]:.1f}",
                short_odds(value),
                probability(value) + ("*" if events.dilution[row] else ""),
            )
        )
        styles.append(_ALERTS.get(level, ""))
    columns = [column for column in _ENCOUNTERS if several or column.heading != "primary"]
    yield FittedTable(columns, cells, styles, gap=1)


def _sampled_encounters(result: ConjunctionResult) -> Iterator[RenderableType]:
    """Encounters with synthetic objects, the closest first: examples of the encounters of such a run."""
    events = result.encounters
    rows = np.flatnonzero(events.synthetic)
    rows = rows[np.argsort(events.miss_distance_km[rows], kind="stable")][: result.scenario.output.table_rows]
    if rows.size == 0:
        return
    yield Sentence("sampled encounters, the closest first; none of these objects exists", "bold")
    cells = [
        (
            identifier(events.secondary_norad_id[row]),
            "sampled " + _SHORT_KIND[events.object_kind[row]],
            rounded(float(events.miss_distance_km[row])),
            f"{events.relative_speed_km_s[row]:.1f}",
        )
        for row in rows.tolist()
    ]
    columns = (Column("object"), Column("kind"), Column("miss km", right=True), Column("km/s", right=True))
    yield FittedTable(columns, cells, gap=1)


def verification_lines(report: Verification) -> Iterator[Sentence]:
    """The outcome of `verify`: the verdict, the extent of the sample, recall with its bounds, wrong rows."""
    tested = "bold green" if report.found_count else "bold yellow"
    yield Sentence(_verdict(report), tested if report.passed else "bold red")
    yield Sentence(
        f"sampled {report.cells_sampled:,} of {report.cells_total:,} cells (one object for ten minutes "
        f"each) in {report.intervals_sampled} of {report.intervals_total} intervals"
    )
    if report.found_count:
        low, high = report.recall_interval
        yield Sentence(
            f"events found by dense SGP4: {report.found_count}; in the results: {report.held_count}", "bold"
        )
        yield Sentence(
            f"recall {report.recall:.4f}, at least {_down(report.recall_lower_bound)} with 95 % confidence "
            f"(two-sided {_down(low)} to {high:.4f}; Clopper-Pearson)",
            "bold",
        )
    else:
        yield Sentence("dense SGP4 found no event there, so recall is unknown; try a larger --sample")
    if report.flat_count:
        yield Sentence(f"not judged: {report.flat_count} pairs whose distance is constant", "dim")
    yield from _findings("missing", report.missing)
    yield Sentence(
        f"rows computed again: {report.rows_checked} of {report.rows_total}; wrong: {len(report.false_rows)}",
        "bold",
    )
    yield from _findings("wrong", report.false_rows)


def _verdict(report: Verification) -> str:
    """The answer of `verify`, for the sample only."""
    rows = f"wrong rows: {len(report.false_rows)} of {report.rows_checked:,}"
    if report.found_count:
        events = f"missing events: {len(report.missing)} of {report.found_count:,} in the sample"
        return f"{'passed' if report.passed else 'FAILED'}: {events}; {rows}"
    untested = "missing events: not tested, none was in the sample"
    if not report.rows_checked:
        return f"nothing tested: no row was computed again; {untested}"
    return f"{'passed for its rows alone' if report.passed else 'FAILED'}: {rows}; {untested}"


def _down(fraction: float) -> str:
    """A lower bound, rounded downwards."""
    return f"{np.floor(fraction * 1e4) / 1e4:.4f}"


def _findings(label: str, findings: tuple[Finding, ...]) -> Iterator[Sentence]:
    for finding in findings[:_FINDINGS_SHOWN]:
        yield Sentence(
            f"{label}: {identifier(finding.primary_norad_id)} x {identifier(finding.secondary_norad_id)} "
            f"at {finding.tca_s:.3f} s, {finding.miss_distance_km:.6f} km: {finding.reason}",
            "red",
        )
    if len(findings) > _FINDINGS_SHOWN:
        yield Sentence(f"... and {len(findings) - _FINDINGS_SHOWN} more", "red")
