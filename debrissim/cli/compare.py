"""`debrissim compare`: a finished run compared with another source of events, and the cause of each difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from debrissim.cli.options import AsJson, Force, Out, Quiet, Results, RunEarthOrientation, RunEphemerides
from debrissim.cli.progress import ProgressDisplay
from debrissim.cli.run import show_notes
from debrissim.cli.sigint import INTERRUPTION, interrupted
from debrissim.cli.terminal import console, say, shown
from debrissim.core.errors import RunError

if TYPE_CHECKING:
    from debrissim.results.table import Table

_SHOWN = 5


def compare(
    results: Results,
    other: Annotated[
        Path,
        typer.Argument(
            help="A SOCRATES list (CSV, or socrates:min-range to fetch it), public CDM summaries, CDMs (a file or a "
            "folder), or a results folder."
        ),
    ],
    catalog: Annotated[
        list[Path] | None,
        typer.Option(
            "--catalog",
            help=(
                "Catalogue file of the run, recognised by its hash, or one that may contain the element sets of "
                "OTHER; repeatable."
            ),
        ),
    ] = None,
    ephemeris: RunEphemerides = None,
    earth_orientation: RunEarthOrientation = None,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Compare a finished run with another source of events: events of both, events that one lacks, and the causes.

    Exit code 0 if every difference is explained by a tested cause, 1 if one is not.

    Example: debrissim compare results/iss_week socrates.csv --catalog yesterday.csv
    """
    from debrissim.cli.layout import PROSE, Sentence, show
    from debrissim.results.claim import claimed
    from debrissim.results.folder import json_text
    from debrissim.verification.other_sources.compare import compare as compare_results

    folder = out if out is not None else results.parent / f"{results.name}-compared"
    with (
        claimed(folder, force=force) as claim,
        ProgressDisplay(console(err=True, quiet=quiet)) as progress,
        INTERRUPTION.during(claim.abandon),
    ):
        try:
            comparison = compare_results(
                results,
                other,
                catalog_files=catalog or (),
                ephemeris_files=ephemeris or (),
                earth_orientation_file=earth_orientation,
                progress=progress,
            ).write_claimed(claim)
        except KeyboardInterrupt:
            raise RunError(interrupted()) from None
    answer = comparison.answer
    with shown(folder):
        if as_json:
            say(json_text({"results": str(folder), **comparison.summary}), end="")
        elif not quiet:
            output = console()
            for line in comparison.terminal_lines(min(output.width, PROSE)):
                say(line)
            for title, events in _examples(comparison.missing, comparison.matched):
                show(output, map(Sentence, (title, *events)))
            say(f"every event with its cause in {folder}")
    show_notes(comparison)
    if answer["explained"] < answer["differences"]:
        raise typer.Exit(1)


def _examples(missing: Table, matched: Table) -> Iterator[tuple[str, list[str]]]:
    """A few events that are missing or differ on each side, closest first: title and sentences of each list."""
    for title, table, miss in (
        ("only there", missing[missing.missing_in == "results"], "miss_distance_km"),
        ("only here", missing[missing.missing_in == "other"], "miss_distance_km"),
        ("with other numbers", matched[~matched.agrees], "other_miss_distance_km"),
    ):
        # Sampled objects have no dates.
        table = table[(table.first_norad_id > 0) & (table.second_norad_id > 0)]
        if len(table) == 0:
            continue
        events = [_event(table[k], miss) for k in table[miss].argsort()[:_SHOWN].tolist()]
        count = (
            f"the closest {len(events)} of {len(table):,}"
            if len(table) > len(events)
            else "the closest first"
        )
        yield f"{title}, {count}:", events


def _event(row: Table, miss: str) -> str:
    """TCA to the second, both objects, the miss in that column, and the causes of one row."""
    from debrissim.catalog import object_label
    from debrissim.core.text import printable

    first = object_label(int(row.first_norad_id[0]), row.first_name[0])
    second = object_label(int(row.second_norad_id[0]), row.second_name[0])
    moment = str(row.tca_utc[0])[:19].replace("T", " ")
    causes = row.causes[0].replace(";", " and ")
    return printable(f"{moment} UTC, {first} and {second}, miss {row[miss][0]:.3f} km: {causes}")
