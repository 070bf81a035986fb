"""Exports of finished runs: from only the results folder, or with the input files of the run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from debrissim.core.errors import InputError
from debrissim.results.export import get_format
from debrissim.results.export.flown import Flown


def export_run(
    results: Path | str,
    file_format: str,
    target: Path | str | None = None,
    *,
    catalog_files: Path | str | Iterable[Path | str] = (),
    ephemeris_files: Path | str | Iterable[Path | str] = (),
    earth_orientation_file: Path | str | None = None,
    force: bool = False,
    **options: Any,
) -> Path:
    """Write a run's conjunctions or its objects' arcs for other programs.

    Parameters
    ----------
    results : Path or str
        A results folder of a conjunction run.
    file_format : str
        Name of a format: "json", "parquet", "oem", "ocm" or "czml".
    target : Path or str, optional
        Where to write; by default next to the results folder.
    catalog_files, ephemeris_files, earth_orientation_file : Path or str, the first two also several
        The files of the run, recognised by their hash; by default those at the scenario's own paths. They are read only
        for arcs of objects that flew ephemerides or several element sets.
    force : bool
        Replace an existing export.
    **options : Any
        Of the format: minutes of arc on either side of each TCA (oem, ocm, czml), frame (oem, ocm).

    Returns
    -------
    Path
        The file or folder written.

    Raises
    ------
    InputError
        For an unknown format, a folder that holds no such results, a target that exists, or a file of the run that is
        needed and missing or changed.
    RunError
        If writing fails.
    """
    from debrissim.conjunctions.recorded_inputs import reconstruct_inputs, run_files
    from debrissim.results.folder import read_summary

    chosen, folder = get_format(file_format), Path(results)

    def flown() -> Flown:
        files = run_files(catalog_files, ephemeris_files, earth_orientation_file)
        inputs = reconstruct_inputs(read_summary(folder), folder, files)
        if inputs.flights is None:
            raise InputError(
                f"{folder}: objects.csv lists objects that flew otherwise than this run's files say"
            )
        return Flown(inputs.flights, inputs.catalog.norad_id)

    if "minutes" in chosen.options:
        options["flown"] = flown
    return chosen.write(
        folder, Path(target) if target else chosen.default_target(folder), force=force, **options
    )
