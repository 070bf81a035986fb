"""Output on the terminal, 80 columns wide: the summary of a run, the content of a catalogue, a verification."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from debrissim.catalog import CatalogFile, ObjectKind, identifier, summarize_catalog
from debrissim.core.time import utc_text
from debrissim.results.own_files import REPORT
from debrissim.results.reader import rank_events

if TYPE_CHECKING:
    from debrissim.conjunctions.result import ConjunctionResult
    from debrissim.uncertainty.history import HistoryErrors
    from debrissim.verification.comparison import Finding
    from debrissim.verification.verify import Verification

_STALE_SHOWN_DAYS = 10.0
_FINDINGS_SHOWN = 20
_NAME_SHOWN = 13
_SHORT_KIND = {
    ObjectKind.PAYLOAD: "pay",
    ObjectKind.ROCKET_BODY: "R/B",
    ObjectKind.DEBRIS: "deb",
    ObjectKind.UNKNOWN: "?",
}


def run_summary(result: ConjunctionResult, folder: Path) -> Iterator[RenderableType]:
    """The summary of a run: top conjunctions, rates, thresholds exceeded, and counts of what was left out."""
    from debrissim.report.html.libraries import missing_libraries

    provenance = result.provenance
    catalogue = provenance["catalogue"]
    yield _line(result.scenario.title, "bold")
    if catalogue["synthetic"]:
        yield _line(
            _synthetic(catalogue["synthetic_objects"], catalogue["objects"], len(provenance["primaries"])),
            "bold yellow",
        )
    if result.scenario.only_events:
        yield from _message_lines(result)
    else:
        yield from _screened(result)
    yield _line(", ".join(f"{phase} {duration:.1f} s" for phase, duration in result.seconds.items()), "dim")
    yield _line(f"results in {folder}")
    if result.scenario.output.report:
        yield _line(missing_libraries() or f"report for a browser: {folder / REPORT}")


def _message_lines(result: ConjunctionResult) -> Iterator[RenderableType]:
    """The conjunctions reported by messages, one line each."""
    for report in result.events:
        message = report.conjunction
        value = report.value_of(report.chosen)
        yield _line(
            f"event {message.primary.name} x {message.secondary.name}, {message.tca_utc[:16]}: Pc "
            f"{'not computed' if value is None else format(value, '.1e')} by {report.chosen} "
            f"({Path(message.source).name})"
        )


def _screened(result: ConjunctionResult) -> Iterator[RenderableType]:
    """The results of the screening, and the conjunctions reported by messages."""
    totals, provenance = result.totals, result.provenance
    span, catalogue = provenance["span"], provenance["catalogue"]
    yield _line(f"{span['start_utc'][:16]} to {span['end_utc'][:16]} UTC, {catalogue['objects']} objects")
    yield from _event_table(result)
    yield from _message_lines(result)
    yield _rates(result)
    yield from _clouds(result)
    thresholds = result.scenario.probability
    yield _line(
        f"cumulative Pc {totals.cumulative_probability:.1e}, with every sigma halved "
        f"{totals.cumulative_half_sigma:.1e}, doubled {totals.cumulative_double_sigma:.1e}"
    )
    yield _line(
        f"{totals.above_red} above red ({thresholds.red:g}), {totals.above_yellow} above yellow "
        f"({thresholds.yellow:g})"
    )
    yield _line(f"Pc by {thresholds.method}, covariance {provenance['method']['covariance']['label']}", "dim")
    left_out = {
        "records rejected": provenance["counts"]["records_rejected"],
        "stale": provenance["counts"]["stale"],
        "failed SGP4": provenance["counts"]["failed_sgp4"],
        "co-located pairs": provenance["counts"]["co_located_pairs"],
    }
    yield _line("left out: " + ", ".join(f"{number} {reason}" for reason, number in left_out.items()), "dim")


def _clouds(result: ConjunctionResult) -> Iterator[RenderableType]:
    """Each breakup with its fragments, and how they compare with everything else in each volume."""
    for cloud in result.inputs.clouds:
        sampled, in_orbit = len(cloud.breakup.fragments), len(cloud.cloud.catalog)
        yield _line(f"{cloud.event}: {sampled} fragments sampled from the breakup model, {in_orbit} in orbit")
    names = {p["norad_id"]: p["name"] for p in result.provenance["primaries"]}
    for entry in result.cloud.revolutions if result.cloud else ():
        fragments, others = entry.fragments, entry.background
        yield _line(
            f"{names[entry.primary_norad_id]}, {entry.volume}: {int(fragments.sum())} passes of fragments, "
            f"{fragments.mean():.1f} per revolution; {int(others.sum())} of everything else, "
            f"{others.mean():.1f} per revolution"
        )


def _synthetic(synthetic: int, objects: int, primaries: int) -> str:
    if synthetic + primaries >= objects:
        return "SYNTHETIC POPULATION: the secondaries are sampled from statistics, none of them exists"
    return f"SYNTHETIC: {synthetic} of {objects} objects are sampled from statistics, they do not exist"


def _line(text: str, style: str = "") -> Text:
    """Text wrapped at 80 columns, all lines but the first indented; paths are never broken."""
    return Text(
        textwrap.fill(text, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False), style
    )


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
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("age d", "pairs", "sigma R", "sigma T", "sigma N", "bias T", "50 %", "90 %"):
        table.add_column(heading, justify="right", no_wrap=True)
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


def _event_table(result: ConjunctionResult) -> Iterator[RenderableType]:
    encounters, risk = result.screening.encounters, result.assessment.probability
    if len(encounters) == 0:
        yield _line("no close approach inside the screening volumes")
        return
    rows = rank_events(result.encounters)[: result.scenario.output.table_rows]
    if rows.size == 0:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    # Several primaries are listed by number instead of name, as 80 columns hold no more.
    named = len(np.unique(encounters.primary)) == 1
    for name in ("TCA (UTC)", "number", "secondary") if named else ("TCA (UTC)", "primary", "secondary"):
        table.add_column(name, no_wrap=True)
    table.add_column("kind", no_wrap=True)
    for name in ("miss km", "± km", "km/s", "Pc", "max Pc"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows.tolist():
        table.add_row(*_event(result, row, named), style=_alert(result, float(risk.value[row])))
    yield table
    if risk.dilution[rows].any():
        yield _line("* dilution region: the covariance is so large that a smaller one would raise Pc", "dim")


def _event(result: ConjunctionResult, row: int, named: bool) -> list[str]:
    """The cells of one encounter."""
    encounters, risk, inputs = result.screening.encounters, result.assessment.probability, result.inputs
    secondary = int(encounters.secondary[row])
    number = identifier(encounters.secondary_norad_id[row])
    name = str(inputs.catalog.name[secondary])
    moment = utc_text(inputs.start_jd, inputs.start_fraction, float(encounters.tca_s[row]), decimals=0)
    return [
        moment[5:-1].replace("T", " "),
        *((number, name[:_NAME_SHOWN]) if named else (identifier(encounters.primary_norad_id[row]), number)),
        _SHORT_KIND[ObjectKind(int(inputs.catalog.object_kind[secondary]))],
        f"{encounters.miss_distance_km[row]:.2f}",
        f"{result.assessment.miss_sigma_km[row]:.1f}",
        f"{encounters.relative_speed_km_s[row]:.2f}",
        f"{risk.value[row]:.1e}" + ("*" if risk.dilution[row] else ""),
        f"{risk.maximum[row]:.0e}",
    ]


def _alert(result: ConjunctionResult, probability: float) -> str:
    thresholds = result.scenario.probability
    if probability >= thresholds.red:
        return "red"
    return "yellow" if probability >= thresholds.yellow else ""


def _rates(result: ConjunctionResult) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("close approaches inside", no_wrap=True)
    for name in ("count", "per day", "95 %", "per year"):
        table.add_column(name, justify="right", no_wrap=True)
    for rate in result.totals.volumes:
        interval = f"{rate.per_day_low:.2f} to {rate.per_day_high:.2f}"
        table.add_row(rate.name, str(rate.count), f"{rate.per_day:.2f}", interval, f"{rate.per_year:.0f}")
    return table


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
