"""What the terminal shows: the summary of a run, the content of a catalogue. 80 columns are enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from debrissim.catalog import CatalogFile, ObjectKind, describe
from debrissim.exhibits import top_events
from debrissim.propagation.time import utc_text
from debrissim.results import SimulationResult

_STALE_SHOWN_DAYS = 10.0


def run_summary(result: SimulationResult, folder: Path) -> Iterator[RenderableType]:
    """The verdict, the top conjunctions, rates and what was left out, as rich renderables."""
    totals, provenance = result.totals, result.provenance
    counts, span = provenance["counts"], provenance["span"]
    yield Text(result.scenario.title, style="bold")
    if provenance["catalogue"]["synthetic"]:
        yield Text("SYNTHETIC POPULATION: statistics, no real object is among the secondaries", style="bold yellow")
    yield Text(f"{span['start_utc'][:16]} to {span['end_utc'][:16]} UTC, {provenance['catalogue']['objects']} objects")
    yield _event_table(result)
    yield _rates(result)
    thresholds = result.scenario.probability
    yield Text(
        f"cumulative Pc {totals.cumulative_probability:.1e} "
        f"({min(totals.cumulative_half_sigma, totals.cumulative_double_sigma):.0e} to "
        f"{max(totals.cumulative_half_sigma, totals.cumulative_double_sigma):.0e} for sigmas halved / doubled); "
        f"{totals.above_red} above red ({thresholds.red:g}), {totals.above_yellow} above yellow ({thresholds.yellow:g})"
    )
    yield Text(f"Pc: {result.scenario.probability.method}; covariance {provenance['method']['covariance']['label']}", style="dim")
    left_out = {
        "records rejected": counts["records_rejected"],
        "stale": counts["stale"],
        "failed SGP4": counts["failed_sgp4"],
        "co-located pairs": counts["co_located_pairs"],
    }
    yield Text("left out: " + ", ".join(f"{number} {what}" for what, number in left_out.items()), style="dim")
    seconds = ", ".join(f"{phase} {duration:.1f} s" for phase, duration in result.seconds.items())
    yield Text(f"results in {folder} ({seconds})", style="dim")


def catalog_table(file: CatalogFile) -> RenderableType:
    """The content of a catalogue file."""
    summary = describe(file.catalog, _STALE_SHOWN_DAYS)
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
    table.add_row("epochs", f"{utc_text(*summary.first_epoch, decimals=0)} to {utc_text(*summary.last_epoch, decimals=0)}")
    table.add_row(f"older than {summary.stale_after_days:g} days", str(summary.stale_count))
    for label, spread in (("perigee", summary.perigee_altitude_km), ("apogee", summary.apogee_altitude_km)):
        table.add_row(f"{label} altitude, km: 5 / 50 / 95 %", " / ".join(f"{spread[p]:.0f}" for p in (5, 50, 95)))
    for rejection in file.rejected[:5]:
        table.add_row(f"  line {rejection.line}", rejection.reason)
    if len(file.rejected) > 5:
        table.add_row("", f"... and {len(file.rejected) - 5} more rejected records")
    return table


def _event_table(result: SimulationResult) -> RenderableType:
    encounters, risk = result.screening.encounters, result.assessment.probability
    if len(encounters) == 0:
        return Text("no close approach inside the screening volumes")
    catalog, start = result.prepared.catalog, (result.prepared.start_jd, result.prepared.start_fraction)
    rows = top_events(result.assessment, encounters, result.scenario.output.table_rows)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("TCA (UTC)", "secondary", "kind"):
        table.add_column(name, no_wrap=True)
    for name in ("miss km", "± km", "km/s", "Pc", "max Pc"):
        table.add_column(name, justify="right", no_wrap=True)
    several = len(np.unique(encounters.primary)) > 1
    for row in rows.tolist():
        secondary = int(encounters.secondary[row])
        name = str(catalog.name[secondary])[:19]
        if several:
            name = f"{encounters.primary_norad_id[row]} {encounters.secondary_norad_id[row]}"
        value = float(risk.value[row])
        style = "red" if value >= result.scenario.probability.red else (
            "yellow" if value >= result.scenario.probability.yellow else ""
        )  # fmt: skip
        table.add_row(
            utc_text(*start, float(encounters.tca_s[row]), decimals=0)[5:-1].replace("T", " "),
            name,
            ObjectKind(int(catalog.object_kind[secondary])).label,
            f"{encounters.miss_distance_km[row]:.2f}",
            f"{result.assessment.miss_sigma_km[row]:.1f}",
            f"{encounters.relative_speed_km_s[row]:.2f}",
            f"{value:.1e}" + ("*" if risk.dilution[row] else ""),
            f"{risk.maximum[row]:.0e}",
            style=style,
        )
    note = "* in the dilution region: the covariance is so large that a smaller one would give a greater Pc"
    table.caption = note if risk.dilution[rows].any() else None
    table.caption_justify = "left"
    return table


def _rates(result: SimulationResult) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("close approaches inside", no_wrap=True)
    for name in ("count", "per day", "95 %", "per year"):
        table.add_column(name, justify="right", no_wrap=True)
    for rate in result.totals.volumes:
        interval = f"{rate.per_day_low:.2f} to {rate.per_day_high:.2f}"
        table.add_row(rate.name, str(rate.count), f"{rate.per_day:.2f}", interval, f"{rate.per_year:.0f}")
    return table
