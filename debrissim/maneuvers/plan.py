"""The burns to try, their goal, and how far their trajectories are screened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.found_event import DEFAULT_HORIZON_DAYS
from debrissim.maneuvers.goals import Goals
from debrissim.maneuvers.thrust import Thruster
from debrissim.maneuvers.trade_space import ALL_AXES, FREE, AllowedDirection, burn_times

DEFAULT_EARLIEST_HOURS = 48.0
DEFAULT_SIZES_M_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
DEFAULT_CANDIDATES = 300
FINE_REVOLUTIONS = 3.0
"""Up to this many revolutions before the closest approach, burns are tried in fine steps."""


@dataclass(frozen=True)
class Plan:
    """The burns to try, and their goals.

    | field                | meaning                                                                              |
    |----------------------|--------------------------------------------------------------------------------------|
    | earliest_hours       | earliest burn, in hours before the closest approach, but not before run time zero    |
    | latest_hours         | latest burn, in hours before the closest approach                                    |
    | fine_steps           | burns per revolution in the last `FINE_REVOLUTIONS` before the closest approach      |
    | coarse_steps         | burns per revolution before that                                                     |
    | sizes_m_s            | sizes of the burns of the trade space, m/s                                           |
    | largest_m_s          | largest size that is tried for the smallest burn that meets the goals, m/s           |
    | directions           | directions that the spacecraft may fly                                               |
    | thruster             | propulsion of finite burns; None: impulses                                           |
    | error                | errors of the execution of burns                                                     |
    | goals                | goals of the encounter                                                               |
    | candidates           | maximum number of burns screened again in all rounds together                        |
    | horizon_days         | days after the closest approach up to which they are screened                        |
    | with_return          | whether the return burn to the old orbit is computed for certified burns             |
    """

    earliest_hours: float = DEFAULT_EARLIEST_HOURS
    latest_hours: float = 0.0
    fine_steps: int = 12
    coarse_steps: int = 4
    sizes_m_s: tuple[float, ...] = DEFAULT_SIZES_M_S
    largest_m_s: float = 10.0
    directions: Sequence[AllowedDirection] = (*ALL_AXES, FREE)
    thruster: Thruster | None = None
    error: ExecutionError = field(default_factory=ExecutionError)
    goals: Goals = field(default_factory=Goals)
    candidates: int = DEFAULT_CANDIDATES
    horizon_days: float = DEFAULT_HORIZON_DAYS
    with_return: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.latest_hours < self.earliest_hours:
            raise InputError(
                f"latest_hours: expected 0 or more and below earliest_hours, {self.earliest_hours:g}, "
                f"got {self.latest_hours:g}"
            )
        for name in ("candidates", "fine_steps", "coarse_steps"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}: expected 1 or more, got {getattr(self, name)}")
        if not (np.isfinite(self.horizon_days) and self.horizon_days > 0.0):
            raise InputError(f"horizon_days: expected a number above 0, got {self.horizon_days!r}")

    def times_s(self, tca_s: float, period_s: float, first_s: float = 0.0) -> Array:
        """(t,) s of run time, ascending: the starts of the burns.

        Parameters
        ----------
        tca_s, period_s : float
            Closest approach, s of run time; period of the spacecraft, s.
        first_s : float
            Run time before which the spacecraft's trajectory is unknown, s.

        Raises
        ------
        InputError
            If the closest approach minus latest_hours is before first_s.
        """
        earliest = max(tca_s - 3600.0 * self.earliest_hours, first_s)
        latest = tca_s - 3600.0 * self.latest_hours
        if latest < earliest:
            raise InputError(
                f"the latest burn would be {(earliest - latest) / 3600.0:.2g} h before the spacecraft's trajectory "
                "begins; expected a closest approach after the burns"
            )
        fine = max(tca_s - FINE_REVOLUTIONS * period_s, earliest)
        times = np.concatenate(
            [
                burn_times(earliest, fine, period_s, self.coarse_steps),
                burn_times(fine, tca_s, period_s, self.fine_steps),
            ]
        )
        times = np.unique(times)
        return times[times <= latest]
