"""The result of a run of conjunctions: its tables and summary, and the arrays they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from debrissim.catalog import Catalog, identifier_order, read_catalog, write_omm_csv
from debrissim.cdm.as_json import assessment_as_json
from debrissim.cdm.assess import CdmAssessment
from debrissim.conjunctions import cloud_tables, tables
from debrissim.conjunctions.assessment import Assessment
from debrissim.conjunctions.cdm_files import conjunctions_above, write_cdms
from debrissim.conjunctions.debris_clouds import CloudSummary
from debrissim.conjunctions.derived import DensityProfile, RelativeTrack
from debrissim.conjunctions.encounter_table import EncounterTable
from debrissim.conjunctions.hit_rates import LongRunHits
from debrissim.conjunctions.inputs import RunInputs
from debrissim.conjunctions.outside_names import with_outside_names
from debrissim.conjunctions.totals import Fraction, PrimaryTotals, Totals, VolumeRate
from debrissim.core.arrays import Index
from debrissim.core.errors import InputError
from debrissim.report.lines import WIDTH, wrap
from debrissim.report.read_views import folder_views
from debrissim.report.verdict import RunVerdict, run_verdict
from debrissim.results.folder import read_summary
from debrissim.results.own_files import OBJECTS
from debrissim.results.reader import FolderTables, reading
from debrissim.results.result import Plotter, Result, Tables, read_seconds
from debrissim.results.schema import SCHEMAS
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.table import Table
from debrissim.scenario.conjunctions import Scenario, parse_scenario
from debrissim.screening.screen import ScreeningResult


@dataclass(frozen=True, eq=False)
class RunDetails:
    """The arrays of a run, which a results folder does not hold."""

    inputs: RunInputs
    screening: ScreeningResult
    assessment: Assessment
    totals: Totals
    tracks: tuple[RelativeTrack, ...]
    density: DensityProfile
    events: tuple[CdmAssessment, ...] = ()
    cloud: CloudSummary | None = None
    hits: tuple[LongRunHits, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class ConjunctionResult(Result):
    """The close approaches of a scenario; from `run`, or from a results folder.

    `encounters` is the table of close approaches. `inputs`, `screening`, `assessment`, `events` and `cloud` are the
    arrays of the run and exist only where it was computed: InputError for a result opened from its folder.
    """

    details: RunDetails | None = None

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        details: RunDetails,
        provenance: Mapping[str, Any],
        seconds: Mapping[str, float],
    ) -> Self:
        """Make the result of a computed run.

        Parameters
        ----------
        scenario : Scenario
            The checked scenario.
        details : RunDetails
            Arrays of the run.
        provenance : mapping
            Origin of the results, for the summary.
        seconds : mapping of str to float, s
            Time spent, by phase.
        """
        return cls(
            scenario=scenario,
            tables=Tables(_table_sources(details)),
            summary=summarize(details, provenance),
            seconds=seconds,
            fetched=details.inputs.downloads,
            replacing=details.inputs.replacing,
            details=details,
        )

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The result in a results folder.

        Raises InputError if `folder` is not the results folder of a run of conjunctions or is damaged.
        """
        summary = read_summary(folder)
        with reading(folder):
            scenario = parse_scenario(
                summary["provenance"]["scenario"], source=str(folder / "summary.json"), recorded=True
            )
            read_totals(summary)
        return cls(
            scenario=scenario,
            tables=FolderTables(folder, SCHEMAS["conjunctions"]),
            summary=summary,
            seconds=read_seconds(folder),
            folder=folder,
        )

    @property
    def encounters(self) -> EncounterTable:
        """conjunctions.csv: one row per close approach, in the order of TCA."""
        table = self.tables["conjunctions"]
        return EncounterTable(table.schema, table.columns())

    @property
    def totals(self) -> Totals:
        """The run as a whole."""
        return read_totals(self.summary) if self.details is None else self.details.totals

    @property
    def verdict(self) -> RunVerdict:
        """The answer in words, as the terminal and the page give it."""
        with nullcontext() if self.folder is None else reading(self.folder):
            return run_verdict(self.summary, self.encounters)

    @property
    def objects(self) -> Catalog:
        """The element sets of the primaries and of every object of an encounter."""
        if self.details is not None:
            return with_outside_names(self.details.inputs.catalog[_involved(self.details)])
        return read_catalog(self._written() / OBJECTS).catalog

    @property
    def inputs(self) -> RunInputs:
        return self._details("inputs").inputs

    @property
    def screening(self) -> ScreeningResult:
        return self._details("screening").screening

    @property
    def assessment(self) -> Assessment:
        return self._details("assessment").assessment

    @property
    def events(self) -> tuple[CdmAssessment, ...]:
        return self._details("events").events

    @property
    def cloud(self) -> CloudSummary | None:
        return self._details("cloud").cloud

    def terminal_lines(self, width: int = WIDTH) -> list[str]:
        """The answer, its range, how much of the population is synthetic, and the answer of each spacecraft."""
        verdict = self.verdict
        whole, own = verdict.whole, [primary.answer for primary in verdict.primaries]
        sentences = (whole.answer, whole.range, *verdict.limits, verdict.population, *own, verdict.examined)
        return [line for sentence in sentences for line in wrap(sentence, width)]

    def _details(self, name: str) -> RunDetails:
        if self.details is None:
            raise InputError(
                f"{name}: exists only in a result that `run` returned; a results folder holds tables"
            )
        return self.details

    def _file_of(self, table: Table) -> str:
        above = self.scenario.output.parquet_above
        is_large = table.schema is CONJUNCTIONS and above is not None and len(table) > above
        return table.schema.parquet if is_large else table.schema.file

    def _write_other_files(self, folder: Path) -> None:
        details, output = self._details("write"), self.scenario.output
        rows = _involved(details)
        spans = tables.screened_spans(details.screening, details.inputs, rows)
        spans |= tables.flown_by(details.inputs, rows)
        write_omm_csv(with_outside_names(details.inputs.catalog[rows]), folder / OBJECTS, spans)
        if output.cdm_above is not None:
            conjunctions = conjunctions_above(
                output.cdm_above, details.screening.encounters, details.assessment, details.inputs
            )
            write_cdms(folder / "cdm", conjunctions, output.cdm_format)

    def _plot(self, folder: Path, format: str, size: str, *, every: bool) -> list[Path]:
        from debrissim.report.redraw import draw_plots

        return draw_plots(folder, file_format=format, size=size, every=every, tables=self.tables)

    def _start_plots(self, folder: Path, plotter: Plotter | None) -> Callable[[], list[Path]]:
        if plotter is not None and plotter.start(folder_views(folder, self.tables), folder):
            return plotter.finish
        return super()._start_plots(folder, None)

    def _report(self, folder: Path, plotted: Callable[[], object]) -> Path | None:
        from debrissim.report.page import write_report

        return write_report(folder, tables=self.tables, plotted=plotted)


def summarize(details: RunDetails, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """The content of summary.json: totals and provenance."""
    return {
        "totals": asdict(details.totals),
        "events": [assessment_as_json(report) for report in details.events],
        "provenance": dict(provenance),
        "long_run_hits": [asdict(hits) for hits in details.hits],
    } | ({"cloud": cloud_tables.totals(details.cloud)} if details.cloud else {})


def read_totals(summary: Mapping[str, Any]) -> Totals:
    """The totals of summary.json. Raises KeyError or TypeError if they are damaged."""

    def sums(content: Mapping[str, Any]) -> dict[str, Any]:
        return dict(content) | {"volumes": tuple(VolumeRate(**volume) for volume in content["volumes"])}

    totals = sums(summary["totals"])
    return Totals(
        **totals
        | {
            "primaries": tuple(PrimaryTotals(**sums(primary)) for primary in totals["primaries"]),
            "kinds": tuple(Fraction(**kind) for kind in totals["kinds"]),
            "parent_events": tuple(Fraction(**event) for event in totals["parent_events"]),
            "speed_edges_km_s": tuple(totals["speed_edges_km_s"]),
            "speed_counts": tuple(totals["speed_counts"]),
        }
    )


def _table_sources(details: RunDetails) -> dict[str, Any]:
    """The functions that make the tables of the run, in the order of `results.schema`."""
    inputs, screened, cloud = details.inputs, details.screening, details.cloud
    sources: dict[str, Any] = {
        "conjunctions": lambda: tables.conjunctions(screened.encounters, details.assessment, inputs),
        "co_located": lambda: tables.co_located(screened, inputs),
        "excluded": lambda: tables.excluded(screened, inputs),
        "rejected": lambda: tables.rejected(inputs.rejected),
        "tracks": lambda: tables.tracks(details.tracks),
        "density": lambda: tables.density(details.density),
    }
    if inputs.flights is not None:
        sources["gaps"] = lambda: tables.gaps(screened, inputs)
    if details.events:
        sources["events"] = lambda: tables.events(details.events)
    if cloud:
        sources |= {
            "cloud": lambda: cloud_tables.revolutions(cloud, inputs),
            "cloud_days": lambda: cloud_tables.days(cloud, inputs),
            "cloud_orbits": lambda: cloud_tables.orbits(cloud, inputs),
            "cloud_density": lambda: cloud_tables.density(cloud),
            "cloud_fragments": lambda: cloud_tables.fragments(inputs),
        }
    return sources


def _involved(details: RunDetails) -> Index:
    """Rows of the primaries and of every object of an encounter, by catalogue number."""
    encounters, catalog = details.screening.encounters, details.inputs.catalog
    primaries = () if details.inputs.primaries is None else details.inputs.primaries
    rows = np.unique(np.concatenate([encounters.primary, encounters.secondary, primaries])).astype(np.int64)
    return np.asarray(rows[identifier_order(catalog.norad_id[rows])])
