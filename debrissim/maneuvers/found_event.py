"""An encounter to be avoided, together with everything against which the trajectories after burns are screened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.catalog import Catalog
from debrissim.core.arrays import Index
from debrissim.ephemerides.flights import Flights
from debrissim.maneuvers.encounter_probability import Errors
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.surroundings import Surroundings

DEFAULT_HORIZON_DAYS = 3.0


@dataclass(frozen=True, eq=False)
class Around:
    """The objects around the spacecraft of an event.

    surroundings: everything that the spacecraft may meet; errors: the errors of all objects; event_row: the secondary's
    row of the catalogue, None if the catalogue does not contain it; label: origin of the objects in words;
    left_out_count: the number of sampled objects, which do not exist and are excluded.
    """

    surroundings: Surroundings
    errors: Errors
    event_row: int | None
    label: str
    left_out_count: int = 0


@dataclass(frozen=True, eq=False)
class FoundEvent:
    """The encounter to be avoided, and the known facts around it.

    event: the encounter; around: the objects to screen against, None if there are no objects; mass_kg: mass of the
    spacecraft, None if unknown; designator: international designator of the spacecraft, "" if unknown; label:
    description of the event, for people; notes: assumptions and oddities, one sentence each.
    """

    event: AvoidableEvent
    around: Around | None
    label: str
    mass_kg: float | None = None
    designator: str = ""
    notes: tuple[str, ...] = ()


def some_objects(catalog: Catalog, flights: Flights | None, rows: Index) -> tuple[Catalog, Flights | None]:
    """Some objects (k,) of a catalogue, ascending rows, with their trajectories."""
    if flights is not None and rows.size < len(catalog):
        own = flights[np.flatnonzero(np.isin(flights.row, rows))]
        flights = replace(own, row=np.searchsorted(rows, own.row), described=flights.described[rows])
    return catalog[rows], flights
