"""`debrissim catalog`: inspect catalogue files, measure the errors of element sets, make synthetic catalogues."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from debrissim.cli.options import Force, refuse_existing, require_inputs
from debrissim.cli.terminal import console, say
from debrissim.core.errors import InputError

catalog_app = typer.Typer(
    help="Inspect catalogues and make synthetic ones.", no_args_is_help=True, rich_markup_mode=None
)


@catalog_app.command()
def info(file: Annotated[Path, typer.Argument(help="TLE, 3LE or OMM; plain, .gz or .xz.")]) -> None:
    """Show the content of a catalogue file and the records that could not be read.

    Example: debrissim catalog info catalogue.csv.xz
    """
    require_inputs(file)
    from debrissim.catalog import read_catalog
    from debrissim.cli.output import catalog_table

    console().print(catalog_table(read_catalog(file)))


@catalog_app.command()
def errors(
    history: Annotated[Path, typer.Argument(help="Past element sets, as a catalogue file.")],
    norad_id: Annotated[
        int | None, typer.Option("--norad-id", help="Catalogue number, if the file contains several objects.")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of epochs (UTC).")
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option("--before", formats=["%Y-%m-%d"], help="Day before which the epochs end."),
    ] = None,
    coasting: Annotated[
        bool, typer.Option("--coasting", help="Leave out pairs with a jump of mean motion between them.")
    ] = False,
) -> None:
    """Measure the error of an object's element sets by comparing older ones with newer ones.

    Example: debrissim catalog errors iss_history.csv.gz --from 2020-01-01 --before 2021-01-01
    """
    from debrissim.catalog import read_catalog
    from debrissim.cli.layout import show
    from debrissim.cli.output import errors_table
    from debrissim.core.time import split_julian_date
    from debrissim.uncertainty.history import errors_from_history

    days = [None if day is None else sum(split_julian_date(day)) for day in (first, before)]
    try:
        measured = errors_from_history(
            read_catalog(history).catalog,
            norad_id=norad_id,
            first_jd=float("-inf") if days[0] is None else days[0],
            last_jd=float("inf") if days[1] is None else days[1],
            leave_out_manoeuvres=coasting,
        )
    except InputError as error:
        raise InputError(f"{history}: {str(error).removeprefix(f'{history}: ')}") from error
    show(console(), errors_table(measured))


@catalog_app.command()
def fit(
    file: Annotated[Path, typer.Argument(help="A real catalogue.")],
    table: Annotated[Path, typer.Argument(help="The population table to write.")],
    title: Annotated[str | None, typer.Option(help="Title of the table, which names the catalogue.")] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help='Breakup whose fragments are left out, such as "Cosmos 1408"; may be repeated.'),
    ] = None,
    force: Force = False,
) -> None:
    """Reduce a real catalogue to a statistical population that can be shared.

    Example: debrissim catalog fit catalogue.csv.xz population.csv
    """
    from debrissim.catalog import read_catalog
    from debrissim.catalog.population.fit import fit_population

    refuse_existing(table, force=force)
    source = read_catalog(file)
    model = fit_population(
        source.catalog, title or f"statistics of {source.path.name}", without_events=without or ()
    )
    model.write(table)
    say(f"{table}: {model.object_count} objects in {table.stat().st_size / 1000:.0f} kB")


@catalog_app.command()
def synthesize(
    file: Annotated[Path, typer.Argument(help="The OMM CSV file to write (.gz and .xz compress).")],
    count: Annotated[
        int | None,
        typer.Option("--count", "-n", min=1, help="Number of objects; by default as many as were fitted."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 1,
    population: Annotated[
        Path | None, typer.Option(help="A table of `catalog fit`; by default the bundled one.")
    ] = None,
    force: Force = False,
) -> None:
    """Sample synthetic objects from a population; none of them is a real object.

    Example: debrissim catalog synthesize synthetic.csv.xz --count 27000 --seed 7
    """
    from debrissim.catalog import identifier, write_omm_csv
    from debrissim.catalog.population.synthesis import synthetic_catalog

    refuse_existing(file, force=force)
    catalog = synthetic_catalog(count, seed=seed, population=population)
    write_omm_csv(catalog, file)
    first, last = (identifier(number) for number in catalog.norad_id[[0, -1]].tolist())
    say(f"{file}: {len(catalog)} synthetic objects ({first} to {last})")
