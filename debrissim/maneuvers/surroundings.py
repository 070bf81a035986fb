"""Everything against which the trajectories of one spacecraft are screened, and the objects that fly with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Index
from debrissim.core.errors import InputError
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import no_arcs
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.arcs import arcs_of
from debrissim.screening.colocation import CoLocationRule, find_co_located
from debrissim.screening.docked import docked_complexes
from debrissim.screening.screen import ScreeningSettings
from debrissim.screening.volumes import Membership, ScreeningVolume


@dataclass(frozen=True, eq=False)
class Surroundings:
    """A catalogue around one spacecraft.

    | field      | meaning                                                                                       |
    |------------|-----------------------------------------------------------------------------------------------|
    | catalog    | n objects, sizes filled in                                                                    |
    | start      | UTC of run time zero, split Julian date                                                       |
    | spacecraft | one row: its name, number, size and mass; the element set only describes it                   |
    | together   | (q,) rows of the catalogue that are never paired with the spacecraft: its own row, and the    |
    |            | objects that fly with it                                                                      |
    | volumes    | screening volumes of the spacecraft                                                           |
    | membership | when an object must be inside                                                                 |
    | flights    | the arcs of the catalogue's objects; None: each flies its element set                         |
    | settings   | speed of the screening and age limit of element sets                                          |

    Raises InputError if spacecraft is not one row, together does not contain rows of the catalogue, or volumes is
    empty.
    """

    catalog: Catalog
    start: tuple[float, float]
    spacecraft: Catalog
    together: Index
    volumes: Sequence[ScreeningVolume]
    membership: Membership = Membership.ANY_MOMENT
    flights: Flights | None = None
    settings: ScreeningSettings = field(default_factory=ScreeningSettings)

    def __post_init__(self) -> None:
        if len(self.spacecraft) != 1:
            raise InputError(f"spacecraft: expected one row, got {len(self.spacecraft)}")
        rows = np.unique(np.asarray(self.together, dtype=np.int64))
        if rows.size and (rows[0] < 0 or rows[-1] >= len(self.catalog)):
            raise InputError(
                f"together: expected rows of a catalogue of {len(self.catalog)} objects, got {rows[[0, -1]]}"
            )
        if not self.volumes:
            raise InputError("volumes: expected at least one screening volume, got none")
        object.__setattr__(self, "together", rows)

    @property
    def excluded(self) -> Index:
        """The rows that are never paired with the spacecraft, excluding its own, by number."""
        own = self.catalog.norad_id[self.together] == self.spacecraft.norad_id[0]
        return np.asarray(self.together[~own])

    @property
    def flown(self) -> Flights:
        """The arcs of the catalogue's objects."""
        return flights_of_sets(self.catalog) if self.flights is None else self.flights


def flights_of_sets(catalog: Catalog) -> Flights:
    """Every object on its element set at all times."""
    n = len(catalog)
    return Flights(
        sets=catalog,
        row=np.arange(n),
        begin_s=np.full(n, -np.inf),
        end_s=np.full(n, np.inf),
        arc=np.full(n, -1),
        table=no_arcs(),
        described=catalog,
    )


def flying_with(
    catalog: Catalog,
    row: int,
    start: tuple[float, float],
    duration_s: float,
    rule: CoLocationRule | None = None,
    flights: Flights | None = None,
) -> Index:
    """Find the objects that fly with a spacecraft, which either move with it in a burn or keep their distance
    themselves.

    These are the vehicles and modules of its docked complex, and its co-located partners in the span, as a run excludes
    them.

    Parameters
    ----------
    catalog : Catalog
        n objects.
    row : int
        The spacecraft.
    start, duration_s :
        The span of the run: UTC, split Julian date; s. The span must not be much shorter: a slow encounter that lasts
        longer than the span is not a formation.
    rule : CoLocationRule, optional
        By default `CoLocationRule()`.
    flights : Flights, optional
        The arcs of the objects; by default their element sets.

    Returns
    -------
    (q,) rows, ascending, including the spacecraft's own row.
    """
    rule = rule or CoLocationRule()
    complexes = docked_complexes(catalog if flights is None else flights.described)
    docked = complexes[row] > 0
    members = np.flatnonzero(complexes == complexes[row]) if docked and rule.enabled else np.array([row])
    if flights is None:
        propagator = make_propagator(catalog, *start)
        own, of_row = np.array([row]), np.arange(len(catalog))
        existence = None
    else:
        propagator = flights.propagator(*start)
        own, of_row = arcs_of(flights, np.array([row])), flights.row
        existence = (
            np.clip(flights.begin_s, 0.0, duration_s),
            np.clip(flights.end_s, 0.0, duration_s),
        )
    pairs = find_co_located(
        propagator, np.arange(of_row.size), own, duration_s, rule, complexes[of_row], existence
    )
    return np.union1d(members, np.union1d(of_row[pairs.first], of_row[pairs.second]))
