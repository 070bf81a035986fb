"""The memory of a run, estimated before its screening: objects, and encounters by the sizes of its volumes.

Assumptions
- Measured: 100,000 synthetic objects of a run take 430 MB; an encounter with its probabilities some 800 bytes.
- Encounters are those of two orbits of one belt of low orbits: at each of some 30 crossings of the two planes per day,
  their phases are within d with a probability of d / 20,000 km, and their altitudes with d / 500 km. All objects of the
  catalogue against each other in 5 km: 27,000 a day.
"""

from __future__ import annotations

from debrissim.conjunctions.inputs import RunInputs
from debrissim.core.constants import SECONDS_PER_DAY
from debrissim.core.memory import require_memory

ENCOUNTER_BYTES = 800
_CROSSINGS_PER_DAY, _ALONG_KM, _ACROSS_KM = 30.0, 20_000.0, 500.0


def require_room_for_encounters(inputs: RunInputs) -> None:
    """Refuse volumes and spans that would give more encounters than fit into memory.

    Raises ScenarioError, naming the keys.
    """
    n = len(inputs.catalog)
    p = n if inputs.primaries is None else len(inputs.primaries)
    pairs = p * (n - p) + 0.5 * p * (p - 1.0)
    days = inputs.duration_s / SECONDS_PER_DAY
    require_memory(
        "screening.volumes, span.duration_days",
        pairs * days * encounters_per_pair_day(max(v.enclosing_radius_km for v in inputs.volumes)),
        ENCOUNTER_BYTES,
        "encounters (an estimate)",
    )


def encounters_per_pair_day(radius_km: float) -> float:
    """Encounters within radius_km, km, of a pair of low orbits in a day."""
    return _CROSSINGS_PER_DAY * min(1.0, radius_km / _ALONG_KM) * min(1.0, radius_km / _ACROSS_KM)
