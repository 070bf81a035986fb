"""The compiled functions that a run calls, in the order in which it calls them.

For `core.compile_ahead`. One that is missing here is compiled when it is called; tests compare the list with runs.
"""

from __future__ import annotations

from typing import Any

from debrissim.probability.kernels.disc import disc_probability
from debrissim.probability.kernels.maximum import maximum_over_scale
from debrissim.probability.registry import AUTO, DEFAULT_METHOD
from debrissim.propagation.kernels.deep_space import deep_space_constants
from debrissim.propagation.kernels.near_earth import near_earth_constants
from debrissim.propagation.kernels.sgp4 import deep_space_positions, near_earth_positions
from debrissim.scenario.conjunctions import Scenario
from debrissim.screening.grid import FEW_PRIMARIES
from debrissim.screening.kernels.cells import pairs_within
from debrissim.screening.kernels.pair_test import closest_points, lasting_minima, pairs_with_primaries
from debrissim.screening.kernels.stays import inside_intervals
from debrissim.screening.volumes import Membership

SGP4 = (near_earth_constants, deep_space_constants, near_earth_positions, deep_space_positions)
REFINEMENT = (lasting_minima, closest_points)
PLANE_PROBABILITY = (disc_probability, maximum_over_scale)


def kernels_of(scenario: Scenario) -> tuple[Any, ...]:
    """The compiled functions that the run of a scenario calls in any case, if it finds an approach."""
    assessment = (
        PLANE_PROBABILITY if scenario.probability.method in (AUTO, DEFAULT_METHOD) else (maximum_over_scale,)
    )
    if scenario.only_events:
        return assessment
    few = scenario.screening.mode == "one-vs-all" and len(scenario.primaries) <= FEW_PRIMARIES
    stays = (inside_intervals,) if Membership.of(scenario.screening.inside) is Membership.ANY_MOMENT else ()
    return (*SGP4, pairs_with_primaries if few else pairs_within, *REFINEMENT, *stays, *assessment)
