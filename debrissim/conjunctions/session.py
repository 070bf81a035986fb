"""Screening and assessment step by step: `catalog.screen(...)`, then `.assess(...)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from debrissim.catalog import (
    Catalog,
    mass_is_default,
    names_or_identifiers,
    size_is_default,
    with_default_sizes,
)
from debrissim.conjunctions import tables
from debrissim.conjunctions.assessment import assess_encounters
from debrissim.conjunctions.encounter_table import Curves, EncounterTable
from debrissim.conjunctions.inputs import RunInputs, flights_of
from debrissim.conjunctions.trajectories import given_trajectories, with_objects
from debrissim.conjunctions.volumes import volumes_of_primaries
from debrissim.core.arrays import Array, Index, Mask
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.errors import InputError
from debrissim.core.rows import Rows
from debrissim.core.time import Time
from debrissim.ephemerides.ephemeris import Ephemeris
from debrissim.probability.collision import CollisionProbability, cumulative_probability
from debrissim.results.table import Table
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import Encounters
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import AUTO, Membership, ScreeningVolume
from debrissim.uncertainty.element_set_error import DEFAULT_MODEL, get_covariance_model

DEFAULT_VOLUME = "socrates-5km"


@dataclass(frozen=True, eq=False, repr=False)
class Screening:
    """The close approaches of a catalogue in a span, and the objects and pairs that were left out.

    inputs: the screened catalogue with sizes, the span, the volumes; result: encounters and the status of every object.
    """

    inputs: RunInputs
    result: ScreeningResult

    @property
    def encounters(self) -> Encounters:
        """One row per close approach, in the order of TCA."""
        return self.result.encounters

    @property
    def excluded(self) -> Table:
        """The objects that did not take part, or only up to a moment, with the reason."""
        return tables.excluded(self.result, self.inputs)

    @property
    def gaps(self) -> Table:
        """The parts of the span that no ephemeris of an object covers."""
        return tables.gaps(self.result, self.inputs)

    @property
    def co_located(self) -> Table:
        """The pairs that fly together and were left out."""
        return tables.co_located(self.result, self.inputs)

    def assess(
        self,
        *,
        covariance: str = DEFAULT_MODEL,
        method: str = "auto",
        hard_body_radius_m: Mapping[str | int, float] | None = None,
    ) -> Risk:
        """Compute the collision probability, impact and direction of every encounter.

        Parameters
        ----------
        covariance : name of a model of element-set errors
        method : name of a method of collision probability, or "auto"
        hard_body_radius_m : radii (m) by catalogue number, or of all objects in a role: "primary", "secondary"

        Raises
        ------
        InputError
            for an unknown name or a radius that is not positive.
        """
        inputs = replace(self.inputs, catalog=_with_radii(self.inputs, hard_body_radius_m or {}))
        assessment = assess_encounters(
            self.encounters,
            inputs.catalog,
            get_covariance_model(covariance),
            method=method,
        )
        table = tables.conjunctions(self.encounters, assessment, inputs)
        return Risk(EncounterTable(table.schema, table.columns()), assessment.probability)

    def __len__(self) -> int:
        return len(self.encounters)

    def __repr__(self) -> str:
        counts = (len(self.encounters), len(self.inputs.catalog), len(self.excluded))
        return "<Screening: {:,} encounters; {:,} objects, {:,} excluded>".format(*counts)


@dataclass(frozen=True, eq=False)
class Risk(Rows):
    """Encounters with their collision probabilities: the columns of conjunctions.csv.

    encounters: the table; probability: the same rows as `CollisionProbability`.
    """

    _shown = EncounterTable._shown

    encounters: EncounterTable
    probability: CollisionProbability

    def columns(self) -> dict[str, Any]:
        return self.encounters.columns()

    def cumulative_probability(self) -> float:
        """The probability of at least one collision, the encounters taken as independent."""
        return cumulative_probability(self.probability.value)

    def plot(self, ax: Any = None) -> Any:
        """Plot the encounter plane of one encounter into `ax` and return it; without one, return a new Figure.

        Raises InputError for more or fewer than one row.
        """
        return self.encounters.plot(ax)

    @property
    def curves(self) -> Curves:
        """The curves of one encounter. Raises InputError for more or fewer than one row."""
        return self.encounters.curves


def screen_catalog(
    catalog: Catalog,
    primary: int | str | Sequence[int | str] = "all",
    *,
    start: Any,
    days: float = 7.0,
    volume: str | ScreeningVolume | Sequence[str | ScreeningVolume] = DEFAULT_VOLUME,
    inside: str = Membership.ANY_MOMENT.value,
    ephemerides: str | Path | Ephemeris | Sequence[str | Path | Ephemeris] = (),
    earth_orientation: str | Path | None = None,
    max_error_km: float = 1.0,
    workers: int = 2,
    colocation: CoLocationRule | None = None,
    settings: ScreeningSettings | None = None,
) -> Screening:
    """Find every close approach of primaries to the other objects of a catalogue.

    Parameters
    ----------
    catalog : element sets, one per object; missing sizes are filled in by class
    primary : catalogue number or name, or several, or "all" for every object with every other
    start : start of the span: ISO text, datetime, `Time` or astropy time (UTC)
    days : length of the span
    volume : screening volume or the name of a preset, or several; "auto" takes the preset of each primary's orbit
    inside : "any moment" of an approach or "tca", when the other object must be inside the volume
    ephemerides : file of ephemerides or an `Ephemeris`, or several; their objects fly these instead of an element set,
        which the catalogue need not have. Where they do not cover the span, `Screening.gaps` lists it
    earth_orientation : file of Earth orientation parameters for Earth-fixed states in files of ephemerides; without it
        they are taken as zero, and the error of that counts as error of the trajectory
    max_error_km : ephemerides whose interpolation cannot be bounded by this are refused, km
    workers : threads, which also read files of ephemerides side by side
    colocation : the rule by which docked and formation-flying pairs are left out
    settings : step, window and tolerance of the search; they do not change its result

    Raises
    ------
    InputError
        for a primary that is not in the catalogue, an unknown volume, "auto" without primaries or for an orbit without
        a published volume, a span that is not positive, or an ephemeris that cannot be read, cannot be interpolated
        within max_error_km, or is the second of its object.
    RunError
        if a primary cannot be propagated.
    """
    moment = Time.of(start)
    volumes = [volume] if isinstance(volume, str | ScreeningVolume) else list(volume)
    start_at, duration_s = (moment.jd, moment.fraction), days * SECONDS_PER_DAY
    given = [ephemerides] if isinstance(ephemerides, str | Path | Ephemeris) else list(ephemerides)
    if not (np.isfinite(max_error_km) and max_error_km > 0.0):
        raise InputError(f"max_error_km: expected a number above 0, got {max_error_km!r}")
    flown = given_trajectories(given, start_at, duration_s, max_error_km, earth_orientation, workers)
    catalog, trajectories = with_objects(catalog, flown, *start_at)
    named = catalog.with_columns(name=names_or_identifiers(catalog.norad_id.tolist(), catalog.name.tolist()))
    sized = with_default_sizes(named)
    primaries = _primary_rows(catalog, primary)
    chosen, volumes_of = _volumes(volumes, sized, primaries)
    inputs = RunInputs(
        catalog=sized,
        size_is_default=size_is_default(catalog),
        mass_is_default=mass_is_default(catalog),
        primaries=primaries,
        primary_origin=(),
        start_jd=moment.jd,
        start_fraction=moment.fraction,
        duration_s=duration_s,
        volumes=chosen,
        volumes_of=volumes_of,
        trajectories=trajectories,
        flights=flights_of(sized, trajectories, None, *start_at, duration_s),
    )
    result = screen(
        sized,
        inputs.primaries,
        inputs.start_jd,
        inputs.start_fraction,
        inputs.duration_s,
        inputs.volumes,
        membership=Membership.of(inside),
        flights=inputs.flights,
        volumes_of=inputs.volumes_of,
        colocation=colocation,
        settings=settings or ScreeningSettings(workers=workers),
    )
    return Screening(inputs, result)


def _volumes(
    given: Sequence[str | ScreeningVolume], catalog: Catalog, primaries: Index | None
) -> tuple[tuple[ScreeningVolume, ...], Mask | None]:
    """The volumes, and a mask (p, v) of those that count for each primary, None if all do."""
    if AUTO in given and primaries is None:
        raise InputError(f'volume: "{AUTO}" needs primaries; expected other volumes with primary "all"')
    found = [AUTO if volume == AUTO else ScreeningVolume.of(volume) for volume in given]
    try:
        return volumes_of_primaries(found, catalog, np.empty(0, np.int64) if primaries is None else primaries)
    except InputError as error:
        raise InputError(f"volume: {error}") from error


def _primary_rows(catalog: Catalog, primary: int | str | Sequence[int | str]) -> Index | None:
    if isinstance(primary, str) and primary == "all":
        return None
    keys = [primary] if isinstance(primary, int | str | np.integer) else list(primary)
    if not keys:
        raise InputError('primary: expected a catalogue number, a name or "all", got an empty list')
    return np.concatenate([catalog.loc.rows(key) for key in keys]).astype(np.int64)


def _with_radii(inputs: RunInputs, radii_m: Mapping[str | int, float]) -> Catalog:
    catalog = inputs.catalog
    radius: Array = catalog.hard_body_radius_m.copy()
    is_primary = np.zeros(len(catalog), dtype=np.bool_)
    if inputs.primaries is not None:
        is_primary[inputs.primaries] = True
    # Roles first, so that a number overrides its role.
    for key, value in sorted(radii_m.items(), key=lambda item: not isinstance(item[0], str)):
        if not value > 0.0:
            raise InputError(f"hard_body_radius_m: expected more than 0 m for {key!r}, got {value}")
        if isinstance(key, str) and key not in ("primary", "secondary"):
            raise InputError(
                f'hard_body_radius_m: expected "primary", "secondary" or a catalogue number, got {key!r}'
            )
        if isinstance(key, str):
            rows = is_primary if key == "primary" else ~is_primary
        else:
            rows = catalog.norad_id == key
            if not rows.any():
                raise InputError(f"hard_body_radius_m: {key} is not in the catalogue")
        radius[rows] = value
    return catalog.with_columns(hard_body_radius_m=radius)
