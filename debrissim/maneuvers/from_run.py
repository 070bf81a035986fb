"""The encounter to be avoided, from a run of conjunctions: either finished, in its results folder, or run for this
purpose.

An event is a row of conjunctions.csv, counted from 0, as in report.html and in the scenarios of breakups.

Assumptions
- Covariances are those with which the run assessed the encounter; velocity errors come from the covariance table or the
  ephemeris if available, and are otherwise derived from the position errors (`uncertainty.rotation`).
- A spacecraft that changes from one element set to another within the span flies the set used at the closest approach
  throughout: a burn changes a single trajectory of a single theory.
- Objects that are sampled from statistics do not exist, and nothing is screened against them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from debrissim.catalog import Catalog, ObjectKind, object_label
from debrissim.conjunctions import settings
from debrissim.conjunctions.inputs import RunInputs, load_inputs
from debrissim.conjunctions.recorded_inputs import RecordedRun, RunFiles, reconstruct_run
from debrissim.core.arrays import Index
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.numbers import count
from debrissim.core.progress import Progress, no_progress
from debrissim.ephemerides.flights import ORBIT_COLUMNS
from debrissim.maneuvers.arc_motion import arcs_in_time
from debrissim.maneuvers.element_sets import ElementSetMotion
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.flown import flown_motion, own_arcs
from debrissim.maneuvers.found_event import DEFAULT_HORIZON_DAYS, Around, FoundEvent, some_objects
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.motion import ManeuverableMotion, Motion
from debrissim.maneuvers.surroundings import Surroundings, flying_with
from debrissim.results.folder import read_summary
from debrissim.results.reader import rank_events, reading, require_conjunctions
from debrissim.results.schema.conjunctions import CONJUNCTIONS
from debrissim.results.schema.left_out import CO_LOCATED
from debrissim.results.table import Table, read_table
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.volumes import Membership, ScreeningVolume
from debrissim.uncertainty.object_covariances import ObjectCovariances


def event_from_run(
    folder: Path | str,
    number: int | None = None,
    *,
    object_number: int = 1,
    files: RunFiles | None = None,
    horizon_days: float = DEFAULT_HORIZON_DAYS,
) -> FoundEvent:
    """Find an event of a finished run, with its inputs loaded again.

    Parameters
    ----------
    folder : Path or str
        Results folder of a run of conjunctions.
    number : int, optional
        Row of its conjunctions.csv, from 0; by default the most probable event with a real object.
    object_number : 1 or 2
        The object that burns: the primary of the row, or its secondary.
    files : RunFiles, optional
        Files of the run that are not where its scenario says.
    horizon_days : float
        Days after the closest approach for which the other objects need trajectories.

    Raises
    ------
    InputError
        If there is no such event, one of its objects does not exist or cannot burn, or the inputs cannot be
        reconstructed.
    """
    folder = Path(folder)
    with reading(folder):
        require_conjunctions(folder)
        summary = read_summary(folder)
        table = read_table(folder / CONJUNCTIONS.file, CONJUNCTIONS)
        row = chosen_row(table, number, str(folder))
        until_s = float(table.tca_s[row]) + horizon_days * SECONDS_PER_DAY
        run = reconstruct_run(summary, folder, files, until_s=until_s)
        co_located = read_table(folder / CO_LOCATED.file, CO_LOCATED)
        return _found(table, row, run, co_located, object_number, str(folder))


def event_from_scenario(
    scenario: Scenario,
    number: int | None = None,
    *,
    object_number: int = 1,
    horizon_days: float = DEFAULT_HORIZON_DAYS,
    offline: bool = False,
    progress: Progress = no_progress,
) -> FoundEvent:
    """Run a scenario of conjunctions, and find one of its events; as `event_from_run`."""
    from debrissim.conjunctions.run import run

    result = run(scenario, progress=progress, offline=offline)
    table = result.tables["conjunctions"]
    source = scenario.title
    row = chosen_row(table, number, source)
    until = scenario.span.duration_days * SECONDS_PER_DAY
    until = max(until, float(table.tca_s[row]) + horizon_days * SECONDS_PER_DAY)
    span = scenario.span.model_copy(update={"duration_days": until / SECONDS_PER_DAY})
    again = scenario.model_copy(update={"span": span})
    inputs = load_inputs(again, offline=offline)
    return _found(
        table, row, RecordedRun(scenario, inputs), result.tables["co_located"], object_number, source
    )


def chosen_row(conjunctions: Table, number: int | None, source: str) -> int:
    """The row of an event. Raises InputError if there is no such event, or one of its objects does not exist."""
    if len(conjunctions) == 0:
        raise InputError(f"{source}: has no conjunctions, so there is nothing to avoid")
    if number is None:
        ranked = rank_events(conjunctions)
        real = ranked[~conjunctions.synthetic[ranked]]
        if real.size == 0:
            raise InputError(f"{source}: all its conjunctions are with sampled objects, which do not exist")
        return int(real[0])
    if not 0 <= number < len(conjunctions):
        raise InputError(
            f"{source}: expected an event of its {count(len(conjunctions), 'conjunction')}, a row of "
            f"{CONJUNCTIONS.file} counted from 0, got {number}"
        )
    if conjunctions.synthetic[number]:
        raise InputError(
            f"{source}: event {number} is with an object that is sampled from statistics; one that does not exist "
            "cannot be avoided"
        )
    if conjunctions.status[number] in (EncounterStatus.SPAN_START.label, EncounterStatus.SPAN_END.label):
        raise InputError(
            f"{source}: the closest approach of event {number} is outside the time for which both objects are known"
        )
    return number


def _found(
    table: Table, row: int, run: RecordedRun, co_located: Table, object_number: int, source: str
) -> FoundEvent:
    inputs, scenario = run.inputs, run.scenario
    first_is_own = object_number == 1
    roles = ("primary", "secondary") if first_is_own else ("secondary", "primary")
    own, other = (_row_of(inputs, int(table[f"{role}_norad_id"][row]), source) for role in roles)
    _require_spacecraft(inputs, own, row, source, object_number)
    tca_s = float(table.tca_s[row])
    spacecraft, secondary = _spacecraft_motion(inputs, own, tca_s), flown_motion(inputs, other)
    errors = _errors(scenario, inputs)
    covariances = []
    motions: tuple[Motion, Motion] = (spacecraft, secondary)
    for motion, place, role in zip(motions, (own, other), roles, strict=True):
        state = motion.states(np.array([tca_s]))
        if not np.isfinite(state).all():
            raise InputError(
                f"{source}: {_label(inputs, place)} has no trajectory at the closest approach of event {row}"
            )
        age = np.array([float(table[f"{role}_age_days"][row])])
        of_role = errors.spacecraft if role == "primary" else errors.objects
        covariances.append(of_role(inputs.catalog[[place]], state, age, np.array([tca_s]))[0])
    stated = [
        str(table[f"{role}_covariance_source"][row]) if f"{role}_covariance_source" in table else "modelled"
        for role in roles
    ]
    event = AvoidableEvent(
        start=(inputs.start_jd, inputs.start_fraction),
        tca_s=tca_s,
        primary=spacecraft,
        secondary=secondary,
        primary_covariance=covariances[0],
        secondary_covariance=covariances[1],
        hard_body_radius_m=float(table.hard_body_radius_m[row]),
        covariance_label=str(table.covariance_model[row]),
        modelled="modelled" in stated,
        primary_name=str(inputs.catalog.name[own]),
        secondary_name=str(inputs.catalog.name[other]),
        primary_number=int(inputs.catalog.norad_id[own]),
        secondary_number=int(inputs.catalog.norad_id[other]),
        source=source,
    )
    # Among the others, the spacecraft also has the errors of its role in the run.
    role_errors = errors if first_is_own else _swapped(errors)
    default_radius = table.hard_body_radius_is_default if first_is_own else table.primary_radius_is_default
    return FoundEvent(
        event,
        _around(run, (own, other), spacecraft, co_located, role_errors),
        f"event {row} of {source}",
        None if inputs.mass_is_default[own] else float(inputs.catalog.mass_kg[own]),
        str(inputs.catalog.international_designator[own]),
        tuple(_notes(inputs, own, default_radius=bool(default_radius[row]))),
    )


def _errors(scenario: Scenario, inputs: RunInputs) -> ModelledErrors:
    own = settings.load_object_covariances(scenario, inputs) or ObjectCovariances()
    keys = scenario.covariance
    return ModelledErrors(
        settings.covariance_model(scenario), own, keys.primary_factor, keys.secondary_factor
    )


def _swapped(errors: ModelledErrors) -> ModelledErrors:
    return replace(errors, primary_factor=errors.secondary_factor, secondary_factor=errors.primary_factor)


def _notes(inputs: RunInputs, own: int, *, default_radius: bool) -> list[str]:
    notes = []
    if default_radius:
        notes.append("the hard-body radius of the other object is the default of its class")
    arcs = own_arcs(inputs, own)
    if arcs is not None and len(arcs) > 1 and (arcs.arc < 0).all():
        notes.append(
            f"{_label(inputs, own)} flies several element sets in the span; the one of the closest approach is used "
            "throughout"
        )
    return notes


def _around(
    run: RecordedRun,
    rows: tuple[int, int],
    spacecraft: ManeuverableMotion,
    co_located: Table,
    errors: ModelledErrors,
) -> Around:
    """rows: the rows of the spacecraft and of the other object in the catalogue of the run."""
    inputs, scenario = run.inputs, run.scenario
    real = np.flatnonzero(~inputs.catalog.synthetic)
    catalog, flights = some_objects(inputs.catalog, inputs.flights, real)
    own, other = (int(np.searchsorted(real, row)) for row in rows)
    described = catalog[[own]]
    if isinstance(spacecraft, ElementSetMotion):
        described = _with_orbit(described, spacecraft.elements)
    surroundings = Surroundings(
        catalog=catalog,
        start=(inputs.start_jd, inputs.start_fraction),
        spacecraft=described,
        together=np.union1d(
            _together(catalog, own, co_located),
            flying_with(
                catalog,
                own,
                (inputs.start_jd, inputs.start_fraction),
                scenario.span.duration_days * SECONDS_PER_DAY,
                settings.colocation_rule(scenario),
                flights,
            ),
        ),
        volumes=_volumes(inputs, rows[0]),
        membership=Membership.of(scenario.screening.inside),
        flights=flights,
        settings=settings.screening_settings(scenario),
    )
    labels = [source.label for source in inputs.sources] or ["the scenario's own element sets"]
    return Around(surroundings, errors, other, " + ".join(labels), len(inputs.catalog) - real.size)


def _volumes(inputs: RunInputs, row: int) -> tuple[ScreeningVolume, ...]:
    """The volumes that apply to an object: those of its orbit if it is a primary, otherwise all."""
    if inputs.volumes_of is None or inputs.primaries is None:
        return inputs.volumes
    place = np.flatnonzero(inputs.primaries == row)
    if not place.size:
        return inputs.volumes
    counts = inputs.volumes_of[place[0]].tolist()
    return tuple(volume for volume, own in zip(inputs.volumes, counts, strict=True) if own)


def _with_orbit(described: Catalog, elements: Catalog) -> Catalog:
    """The row of the spacecraft, with the orbit of an element set."""
    return described.with_columns(**{name: getattr(elements, name) for name in ORBIT_COLUMNS})


def _together(catalog: Catalog, own: int, co_located: Table) -> Index:
    """The rows of the objects that the run found to fly with the spacecraft, and the spacecraft's own row."""
    number = int(catalog.norad_id[own])
    pairs = np.stack([co_located.first_norad_id, co_located.second_norad_id], axis=1).astype(np.int64)
    with_it = pairs[(pairs == number).any(axis=1)].ravel()
    return np.union1d([own], np.flatnonzero(np.isin(catalog.norad_id, with_it)))


def _row_of(inputs: RunInputs, number: int, source: str) -> int:
    rows = np.flatnonzero(inputs.catalog.norad_id == number)
    if not rows.size:
        raise InputError(f"{source}: object {number} is not in the catalogue of this run")
    return int(rows[0])


def _label(inputs: RunInputs, row: int) -> str:
    return object_label(int(inputs.catalog.norad_id[row]), str(inputs.catalog.name[row]))


def _require_spacecraft(inputs: RunInputs, row: int, number: int, source: str, object_number: int) -> None:
    kind = ObjectKind(int(inputs.catalog.object_kind[row]))
    if kind in (ObjectKind.DEBRIS, ObjectKind.ROCKET_BODY):
        raise InputError(
            f"{source}: object {object_number} of event {number}, {_label(inputs, row)}, is of kind {kind.label} and "
            f"cannot burn; --object {3 - object_number} chooses the other"
        )


def _spacecraft_motion(inputs: RunInputs, row: int, tca_s: float) -> ManeuverableMotion:
    """The motion of the spacecraft by the element set or the ephemeris that it flies at the closest approach."""
    start = inputs.start_jd, inputs.start_fraction
    arcs = own_arcs(inputs, row)
    if arcs is None:
        return ElementSetMotion(inputs.catalog[[row]], start)
    (arc,) = arcs_in_time(arcs.begin_s, arcs.end_s, np.array([tca_s])).tolist()
    if arcs.arc[arc] < 0:
        return ElementSetMotion(arcs.sets[[arc]], start)
    trajectory = next(own for own in inputs.trajectories if own.number == inputs.catalog.norad_id[row])
    return IntegratedMotion(trajectory.arcs, start, described=inputs.catalog[[row]])
