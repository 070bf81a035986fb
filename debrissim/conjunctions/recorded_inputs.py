"""The inputs of a finished run, again: from its summary.json and its files, which are recognised by their hash.

A file is looked for under the names that a caller gives; then at its path in the scenario, from the folder where the
scenario was (run.json records the way there from the results folder), from the working folder, and from the results
folder; then, for a catalogue instead of the scenario's own, at its path in run.json. One with another hash than the
recorded one is never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from debrissim.catalog import summarize_catalog
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.recorded_files import (
    copies,
    digest_of,
    possible_places,
    replacing_catalogs,
    scenario_roots,
)
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.time import utc_text
from debrissim.scenario.conjunctions import CatalogSource, Scenario, parse_scenario


@dataclass(frozen=True)
class RunFiles:
    """The files of a run as a caller gives them, wherever they are now."""

    catalogs: tuple[Path, ...] = ()
    ephemerides: tuple[Path, ...] = ()
    earth_orientation: Path | None = None


def run_files(
    catalogs: Path | str | Iterable[Path | str] = (),
    ephemerides: Path | str | Iterable[Path | str] = (),
    earth_orientation: Path | str | None = None,
) -> RunFiles:
    """The files of a run from one path or several of each kind."""

    def paths(given: Path | str | Iterable[Path | str]) -> tuple[Path, ...]:
        return tuple(Path(file) for file in ([given] if isinstance(given, Path | str) else given))

    orientation = None if earth_orientation is None else Path(earth_orientation)
    return RunFiles(paths(catalogs), paths(ephemerides), orientation)


@dataclass(frozen=True, eq=False)
class RecordedRun:
    """A finished run: its scenario, with its files where they were found, and its inputs."""

    scenario: Scenario
    inputs: RunInputs


def reconstruct_inputs(summary: Mapping[str, Any], folder: Path, files: RunFiles | None = None) -> RunInputs:
    """Load the inputs of a run again.

    Parameters
    ----------
    summary : mapping
        The content of its summary.json.
    folder : Path
        Its results folder.
    files : RunFiles, optional
        Its files, where they are not where the scenario has them.

    Returns
    -------
    RunInputs
        As the run had them.

    Raises
    ------
    InputError
        Naming a file that is missing, has changed or is not of this run, or the count, epoch or start that differs from
        the recorded one.
    """
    return _reconstruct(summary, folder, files or RunFiles(), 0.0, errors=False).inputs


def reconstruct_run(
    summary: Mapping[str, Any], folder: Path, files: RunFiles | None = None, *, until_s: float = 0.0
) -> RecordedRun:
    """Load a run again, with the files of sizes and errors of its objects, on which its probabilities depend.

    Parameters
    ----------
    summary, folder, files
        As for `reconstruct_inputs`.
    until_s : float
        s of run time up to which objects must have trajectories; the span of the run where that is longer.

    Raises
    ------
    InputError
        As `reconstruct_inputs`, and naming a file of sizes or errors that is not where the scenario has it.
    """
    return _reconstruct(summary, folder, files or RunFiles(), until_s, errors=True)


def _reconstruct(
    summary: Mapping[str, Any], folder: Path, files: RunFiles, until_s: float, *, errors: bool
) -> RecordedRun:
    """errors: with the files of sizes and errors."""
    roots = scenario_roots(folder)
    try:
        provenance = summary["provenance"]
        recorded = provenance["catalogue"]
        scenario = _scenario(provenance["scenario"], folder, roots)
        sources = [(str(source["label"]), str(source["sha256"])) for source in recorded["sources"]]
        listed = provenance.get("satcat")
        satcat = None if listed is None else (str(listed["label"]), str(listed["sha256"]))
        flown = [
            (str(own["file"]), str(own["sha256"]), str(own.get("path", "")))
            for own in provenance.get("ephemerides", [])
        ]
        orientation = provenance.get("earth_orientation")
        digest = None if orientation is None else str(orientation["sha256"])
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder}: summary.json lacks an entry that a run records ({error})") from error
    sizes = scenario.catalog.sizes
    scenario, replaced = _with_catalogs(scenario, sources, satcat, list(files.catalogs), roots, folder)
    scenario = _with_ephemerides(scenario, flown, list(files.ephemerides), roots, folder)
    scenario = _with_earth_orientation(scenario, digest, files.earth_orientation, roots, folder)
    if errors:
        scenario = _with_sizes_and_errors(scenario, sizes, roots, folder)
    inputs = load_inputs(_until(scenario, until_s), replaced)
    kinds = summarize_catalog(inputs.catalog)
    start = inputs.start_jd, inputs.start_fraction
    for quantity, again, before in (
        ("objects", len(inputs.catalog), recorded["objects"]),
        ("first epoch", utc_text(*kinds.first_epoch), recorded["first_epoch_utc"]),
        ("last epoch", utc_text(*kinds.last_epoch), recorded["last_epoch_utc"]),
        ("start of the span", utc_text(*start), provenance["span"]["start_utc"]),
    ):
        if again != before:
            raise InputError(
                f"{folder}: the catalogue of this run cannot be reconstructed: {quantity} {again}, but it was {before}"
            )
    return RecordedRun(scenario, inputs)


def _until(scenario: Scenario, until_s: float) -> Scenario:
    """The scenario with a span that extends at least to a run time."""
    days = max(scenario.span.duration_days, until_s / SECONDS_PER_DAY)
    return scenario.model_copy(update={"span": scenario.span.model_copy(update={"duration_days": days})})


def _with_sizes_and_errors(
    scenario: Scenario, sizes: Path | None, roots: Sequence[Path], folder: Path
) -> Scenario:
    """The scenario with its files of sizes and errors in their places. Raises InputError if one is missing."""

    def found(path: Path, content: str) -> Path:
        place = next((place for place in possible_places(path, roots) if place.exists()), None)
        if place is None:
            raise InputError(
                f"{folder}: needs its file of {content}, {path}, which is not where its scenario has it"
            )
        return place.absolute()

    table, own = scenario.covariance.table, scenario.covariance.histories
    errors = scenario.covariance.model_copy(
        update={
            "table": None if table is None else found(table, "covariances"),
            "histories": tuple(found(path, "past element sets") for path in own),
        }
    )
    catalog = scenario.catalog.model_copy(
        update={"sizes": None if sizes is None else found(Path(sizes), "sizes")}
    )
    return scenario.model_copy(update={"covariance": errors, "catalog": catalog})


def _scenario(content: dict[str, Any], folder: Path, roots: Sequence[Path]) -> Scenario:
    """The scenario of a run, with relative paths that start where most of the files are whose hash is not recorded.

    These are populations and results of earlier runs.
    """
    source = str(folder / "summary.json")
    scenario = parse_scenario(content, source=source, folder=Path(), recorded=True)
    names = [Path(own.population) for own in scenario.catalog.sources if own.population is not None]
    names += [event.results for event in scenario.breakups if event.results is not None]
    best = max(roots, key=lambda root: sum((root / name).exists() for name in names))
    return parse_scenario(content, source=source, folder=best, recorded=True)


def _with_catalogs(
    scenario: Scenario,
    sources: list[tuple[str, str]],
    satcat: tuple[str, str] | None,
    files: list[Path],
    roots: Sequence[Path],
    folder: Path,
) -> tuple[Scenario, tuple[Path, ...]]:
    """The scenario with the run's files in their places, or the files that replaced its sources."""
    recorded = [(label, digest) for label, digest in sources if digest]
    table = scenario.catalog
    own = [source for source in table.sources if source.file is not None or source.source is not None]
    sampled = [source for source in table.sources if source.population is not None]
    names = [source.source if source.file is None else str(source.file) for source in own]
    listed = [place for name in [*names, table.satcat] if name for place in copies(name, roots)]
    listed += [place for name in replacing_catalogs(folder) for place in copies(name, [folder])]
    # Among equal files, the one that the caller names, otherwise the first.
    given_digests = {path: digest_of(path) for path in files}
    given = {digest: path for path, digest in given_digests.items()}
    by_digest = {digest_of(path): path for path in reversed(listed) if path.is_file()} | given
    known = {*(digest for _, digest in recorded), *(() if satcat is None else satcat[1:])}
    none_fits = bool(files) and not known & set(given)

    def found(label: str, digest: str) -> Path:
        if none_fits or digest not in by_digest:
            names = ", ".join(str(path) for path in files)
            reason = f"{names}: not the catalogue of this run" if files else f"{folder}: needs its catalogue"
            raise InputError(f"{reason}; give with --catalog the file {label} with SHA-256 {digest}")
        return by_digest[digest].absolute()

    matching = [found(label, digest) for label, digest in recorded]
    of_satcat = None if satcat is None else found(*satcat)
    unused = [path for path in files if given_digests[path] not in known]
    if unused:
        read = ", ".join(label for label, _ in recorded) or "no file"
        raise InputError(f"{unused[0]}: not a catalogue of this run, which read {read}")
    # Sizes affect probabilities, not encounters: a file that is not needed is not required.
    table = table.model_copy(update={"sizes": None, "satcat": None if of_satcat is None else str(of_satcat)})
    labels = [source.source if source.file is None else source.file.name for source in own]
    if labels == [label for label, _ in recorded] and len(sources) == len(own) + len(sampled):
        placed = iter(matching)
        again = tuple(
            CatalogSource.model_validate({"file": next(placed)}) if source in own else source
            for source in table.sources
        )
        table, matching = table.model_copy(update={"sources": again}), []
    return scenario.model_copy(update={"catalog": table}), tuple(matching)


def _with_ephemerides(
    scenario: Scenario,
    recorded: list[tuple[str, str, str]],
    files: list[Path],
    roots: Sequence[Path],
    folder: Path,
) -> Scenario:
    """The scenario with the run's ephemerides in their places: names, hashes and paths as recorded, in its order.

    Raises InputError if one is missing, differs, or is not of this run.
    """
    listed = [place for _, _, path in recorded if path for place in possible_places(Path(path), roots)]
    if not all(path for _, _, path in recorded):
        listed += _named_in(scenario, roots)
    given = {path: digest_of(path) for path in files}
    by_digest = {digest_of(path): path for path in reversed(listed) if path.is_file()}
    by_digest |= {digest: path for path, digest in given.items()}
    for label, digest, _ in recorded:
        if digest not in by_digest:
            changed = [path for path in [*files, *listed] if path.name == label and path.is_file()]
            reason = (
                f"{changed[0]}: not the ephemeris of this run"
                if changed
                else f"{folder}: needs its ephemeris"
            )
            raise InputError(f"{reason}; give with --ephemeris the file {label} with SHA-256 {digest}")
    digests = {digest for _, digest, _ in recorded}
    unused = [path for path, digest in given.items() if digest not in digests]
    if unused:
        raise InputError(f"{unused[0]}: not an ephemeris of this run")
    found = [by_digest[digest].absolute() for _, digest, _ in recorded]
    own = iter(found)
    primaries = tuple(
        primary if primary.ephemeris is None else primary.model_copy(update={"ephemeris": next(own)})
        for primary in scenario.primaries
    )
    # A file may hold several objects. It makes no difference which source it belongs to.
    rest = tuple(dict.fromkeys(str(path.parent / escape(path.name)) for path in own))
    sources = tuple(source for source in scenario.catalog.sources if source.ephemerides is None)
    if rest:
        sources = (*sources, CatalogSource.model_validate({"ephemerides": rest}))
    table = scenario.catalog.model_copy(update={"sources": sources})
    return scenario.model_copy(update={"catalog": table, "primaries": primaries})


def _named_in(scenario: Scenario, roots: Sequence[Path]) -> list[Path]:
    """The files that the scenario names, for results of versions that do not record the path of each."""
    paths = [
        place
        for primary in scenario.primaries
        if primary.ephemeris is not None
        for place in possible_places(primary.ephemeris, roots)
    ]
    for source in scenario.catalog.sources:
        for pattern in source.ephemerides or ():
            for place in possible_places(Path(pattern), roots):
                paths += sorted(place.parent.glob(place.name))
    return paths


def _with_earth_orientation(
    scenario: Scenario, digest: str | None, file: Path | None, roots: Sequence[Path], folder: Path
) -> Scenario:
    """The scenario with the run's file of Earth orientation in its place; digest: as recorded, if it is.

    Raises InputError if it is missing, differs, or is not of this run.
    """
    named = scenario.ephemerides.earth_orientation
    flown = [own.ephemeris for own in scenario.primaries if own.ephemeris is not None]
    if named is None or not (flown or any(source.ephemerides for source in scenario.catalog.sources)):
        if file is not None:
            raise InputError(f"{file}: this run read no file of Earth orientation")
        return scenario
    places = (
        [file] if file is not None else [place for place in possible_places(named, roots) if place.is_file()]
    )
    found = next((place for place in places if digest is None or digest_of(place) == digest), None)
    if found is None:
        reason = (
            f"{places[0]}: not the file of Earth orientation of this run"
            if places
            else f"{folder}: needs its file of Earth orientation"
        )
        wanted = f" with SHA-256 {digest}" if digest is not None else ""
        raise InputError(f"{reason}; give with --earth-orientation the file {named.name}{wanted}")
    table = scenario.ephemerides.model_copy(update={"earth_orientation": found.absolute()})
    return scenario.model_copy(update={"ephemerides": table})
