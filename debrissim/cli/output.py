"""Output on the terminal, 80 columns wide: the summary of a run, the content of a catalogue, a verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from debrissim.catalog import CatalogFile, identifier, summarize_catalog
from debrissim.core.numbers import MIN_PROBABILITY, moment, one_in, plus_minus, probability, rounded
from debrissim.core.time import utc_text
from debrissim.report.lines import wrap
from debrissim.report.sentences import level_of
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
_NAME_SHOWN = 12
_SPACECRAFT_SHOWN = 10
_MANY_ROWS = 100_000
_SHORT_KIND = {"payload": "pay", "rocket body": "R/B", "debris": "deb", "unknown": "?"}
_ALERTS = {"red": "red", "yellow": "yellow"}


def run_summary(
    result: ConjunctionResult, folder: Path, *, sampled: bool = False
) -> Iterator[RenderableType]:
    """The answer of a run, each spacecraft's own, the most probable encounters, the method, and what was left out.

    sampled: list encounters with synthetic objects, too.
    """
    from debrissim.report.html.libraries import missing_libraries

    verdict = result.verdict
    whole = verdict.whole
    yield _line(whole.answer, f"bold {_ALERTS.get(whole.level, '')}".strip())
    if whole.range:
        yield _line(whole.range)
    for sentence in verdict.limits:
        yield _line(sentence, "bold yellow")
    if verdict.population:
        yield _line(verdict.population, "bold yellow")
    if verdict.kind == REAL:
        yield from _encounters(result)
    for sentence in (*whole.details, verdict.scale, *verdict.messages):
        if sentence:
            yield _line(sentence)
    yield from _spacecraft(verdict.primaries)
    if sampled:
        yield from _sampled_encounters(result)
    for sentence in verdict.notes:
        yield _line(sentence, "yellow")
    if verdict.examined:
        yield _line(verdict.examined)
    for sentence in verdict.method:
        yield _line(sentence, "dim")
    yield _line(", ".join(f"{phase} {duration:.1f} s" for phase, duration in result.seconds.items()), "dim")
    yield from _location(result, folder)
    if result.scenario.output.report:
        yield _line(missing_libraries() or f"report for a browser: {folder / REPORT}")


def short_summary(
    result: ConjunctionResult, folder: Path, origins: Sequence[str], limits: Sequence[str] = ()
) -> Iterator[RenderableType]:
    """The answer of a run in a few lines: the most probable encounters, the limits of the answer, where the rest is.

    origins: sentences on the origin of the objects. limits: of the answer, in addition to its own.
    """
    from debrissim.report.html.libraries import missing_libraries

    verdict = result.verdict
    whole, real = verdict.whole, verdict.kind == REAL
    answer = whole.answer if real else f"SYNTHETIC, not the sky of today. {whole.answer}"
    yield _line(answer, f"bold {_ALERTS.get(whole.level, '')}".strip())
    if whole.range:
        yield _line(whole.range)
    for sentence in (*verdict.limits, verdict.population, *limits):
        if sentence:
            yield _line(sentence, "bold yellow")
    if real:
        yield from _encounters(result)
    for sentence in (*origins, verdict.examined):
        if sentence:
            yield _line(sentence)
    for sentence in verdict.method[:2]:
        yield _line(sentence, "dim")
    yield from _location(result, folder)
    if result.scenario.output.report:
        yield _line(missing_libraries() or f"report for a browser: {folder / REPORT}")


def _location(result: ConjunctionResult, folder: Path) -> Iterator[RenderableType]:
    """The results folder; of many rows the file that holds them, and a smaller one that could."""
    from debrissim.results.table import table_path

    yield _line(f"results in {folder}")
    file, rows = table_path(folder / CONJUNCTIONS.file), len(result.encounters)
    if file.name != CONJUNCTIONS.file:
        yield _line(f"its {rows:,} rows in {file.name}")
    elif rows > _MANY_ROWS:
        size = f"{file.stat().st_size / 1e6:,.0f} MB"
        yield _line(f"its {rows:,} rows in {file.name}, {size}; as Parquet with output.parquet_above", "dim")


def _spacecraft(verdicts: tuple[Verdict, ...]) -> Iterator[RenderableType]:
    """The answer and the range of each of several spacecraft, and its counts."""
    for verdict in verdicts[:_SPACECRAFT_SHOWN]:
        yield _line(verdict.answer, _ALERTS.get(verdict.level, ""))
        for sentence in (verdict.range, *verdict.details):
            if sentence:
                yield _line(f"  {sentence}")
    if len(verdicts) > _SPACECRAFT_SHOWN:
        yield _line(f"and {len(verdicts) - _SPACECRAFT_SHOWN} more spacecraft: totals in summary.json")


def _columns(*left: str, right: tuple[str, ...]) -> Table:
    """An empty table of text columns, the first of which are flush left."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in left:
        table.add_column(name, no_wrap=True)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _short_odds(value: float) -> str:
    """The odds in at most 12 characters."""
    if value < MIN_PROBABILITY:
        return probability(value)
    return one_in(value).replace(" million", " M").replace(" billion", " bn")


def _line(text: str, style: str = "") -> Text:
    """Text wrapped at 80 columns, all lines but the first indented; paths are never broken."""
    return Text("\n".join(wrap(text)), style)


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
    yield _line(
        f"{name}: {errors.element_set_count} element sets, {errors.first_epoch_utc} to {errors.last_epoch_utc}",
        "bold",
    )
    yield _line("older sets propagated by SGP4 to the epochs of newer ones, metres in the RTN of the newer")
    table = _columns(right=("age d", "pairs", "sigma R", "sigma T", "sigma N", "bias T", "50 %", "90 %"))
    for k, age in enumerate(errors.age_days.tolist()):
        metres = 1000.0 * np.concatenate(
            [errors.sigma_rtn_km[k], errors.median_rtn_km[k, 1:2], errors.distance_percentiles_km[k]]
        )
        table.add_row(f"{age:g}", str(errors.pair_count[k]), *(f"{value:.0f}" for value in metres))
    yield table
    a, b = (1000.0 * value for value in errors.along_track)
    yield _line(
        f"sigma T = {a:.0f} t + {b:.0f} t^2 m (t in days; misfit up to {100.0 * errors.along_track_misfit:.0f} %)"
    )
    for axis, (c, d) in (("R", errors.radial), ("N", errors.normal)):
        yield _line(f"sigma {axis} = {1000.0 * c:.0f} + {1000.0 * d:.0f} t m")
    treatment = "are left out" if errors.manoeuvres_left_out else "are included"
    yield _line(
        f"{errors.jump_count} jumps of mean motion (manoeuvres); pairs across them {treatment}", "dim"
    )
    if errors.failed_pair_count:
        yield _line(f"{errors.failed_pair_count} pairs dropped: SGP4 could not propagate them", "dim")
    yield _line(errors.model().warning, "dim")


def _encounters(result: ConjunctionResult) -> Iterator[RenderableType]:
    """The most probable encounters of real objects."""
    events = result.encounters
    ranked = rank_events(events)
    rows = ranked[~events.synthetic[ranked]][: result.scenario.output.table_rows]
    if rows.size == 0:
        return
    # Several spacecraft are listed by name, one by the number of the object that it meets: 80 columns hold no more.
    several = len(result.provenance["primaries"]) != 1
    left = ("TCA (UTC)", "primary" if several else "number", "secondary", "kind")
    table = _columns(*left, right=("miss km", "km/s", "collision", "Pc"))
    for row, tca in zip(rows.tolist(), events[rows].cells("tca_utc"), strict=True):
        value = float(events.collision_probability[row])
        level = level_of(value, result.provenance["scenario"]["probability"])
        first = str(events.primary_name[row]) if several else identifier(events.secondary_norad_id[row])
        miss = float(events.miss_distance_km[row]), float(events.miss_distance_sigma_km[row])
        table.add_row(
            moment(tca)[5:],
            first[:_NAME_SHOWN],
            str(events.secondary_name[row])[:_NAME_SHOWN],
            _SHORT_KIND[events.object_kind[row]],
            plus_minus(*miss),
            f"{events.relative_speed_km_s[row]:.1f}",
            _short_odds(value),
            probability(value) + ("*" if events.dilution[row] else ""),
            style=_ALERTS.get(level, ""),
        )
    yield table


def _sampled_encounters(result: ConjunctionResult) -> Iterator[RenderableType]:
    """Encounters with synthetic objects, the closest first: examples of what a run of this kind meets."""
    events = result.encounters
    rows = np.flatnonzero(events.synthetic)
    rows = rows[np.argsort(events.miss_distance_km[rows], kind="stable")][: result.scenario.output.table_rows]
    if rows.size == 0:
        return
    yield _line("sampled encounters, the closest first; none of these objects exists", "bold")
    table = _columns("object", "kind", right=("miss km", "km/s"))
    for row in rows.tolist():
        table.add_row(
            identifier(events.secondary_norad_id[row]),
            "sampled " + _SHORT_KIND[events.object_kind[row]],
            rounded(float(events.miss_distance_km[row])),
            f"{events.relative_speed_km_s[row]:.1f}",
        )
    yield table


def verification_lines(report: Verification) -> Iterator[Text]:
    """The outcome of `verify`: extent of the sample, recall with its bounds, wrong rows, the verdict last."""
    yield _line(
        f"sampled {report.cells_sampled:,} of {report.cells_total:,} cells (one object for ten minutes "
        f"each) in {report.intervals_sampled} of {report.intervals_total} intervals"
    )
    if report.found_count:
        low, high = report.recall_interval
        yield _line(
            f"events found by dense SGP4: {report.found_count}; in the results: {report.held_count}", "bold"
        )
        yield _line(
            f"recall {report.recall:.4f}, at least {_down(report.recall_lower_bound)} with 95 % confidence "
            f"(two-sided {_down(low)} to {high:.4f}; Clopper-Pearson)",
            "bold",
        )
    else:
        yield _line("dense SGP4 found no event there, so recall is unknown; try a larger --sample")
    if report.flat_count:
        yield _line(f"not judged: {report.flat_count} pairs whose distance is constant", "dim")
    yield from _findings("missing", report.missing)
    yield _line(
        f"rows computed again: {report.rows_checked} of {report.rows_total}; wrong: {len(report.false_rows)}",
        "bold",
    )
    yield from _findings("wrong", report.false_rows)
    yield _line(
        "passed: nothing missing, nothing wrong" if report.passed else "FAILED",
        "bold green" if report.passed else "bold red",
    )


def _down(fraction: float) -> str:
    """A lower bound, rounded downwards."""
    return f"{np.floor(fraction * 1e4) / 1e4:.4f}"


def _findings(label: str, findings: tuple[Finding, ...]) -> Iterator[Text]:
    for finding in findings[:_FINDINGS_SHOWN]:
        yield _line(
            f"{label}: {identifier(finding.primary_norad_id)} x {identifier(finding.secondary_norad_id)} "
            f"at {finding.tca_s:.3f} s, {finding.miss_distance_km:.6f} km: {finding.reason}",
            "red",
        )
    if len(findings) > _FINDINGS_SHOWN:
        yield _line(f"... and {len(findings) - _FINDINGS_SHOWN} more", "red")
