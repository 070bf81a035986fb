"""The probabilities of a burn for other errors: the range from half to twice every standard deviation.

The errors of both objects are scaled together; the execution error of the burn is not. As a function of the factor, a
probability rises to its maximum and then falls, so the smallest value of the scan is the minimum over the range; the
maximum lies between two factors of the scan, whose ratio is 1.19.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.event import AvoidableEvent
from debrissim.maneuvers.execution_error import ExecutionError
from debrissim.maneuvers.reference import WithoutBurn
from debrissim.maneuvers.trade_space import effects_in_parts
from debrissim.probability.dilution import SIGMA_RANGE

_FACTORS = np.geomspace(*SIGMA_RANGE, 9)


@dataclass(frozen=True)
class ErrorRange:
    """Smallest and largest probability."""

    low: float
    high: float


def error_range(
    event: AvoidableEvent, burns: Burns, error: ExecutionError, reference: WithoutBurn
) -> tuple[ErrorRange, ...]:
    """The range of the probabilities of k burns, with their execution errors."""
    values = []
    for factor in _FACTORS.tolist():
        scaled = replace(
            event,
            primary_covariance=factor**2 * event.primary_covariance,
            secondary_covariance=factor**2 * event.secondary_covariance,
        )
        values.append(effects_in_parts(scaled, burns, error, None, reference).probability)
    table = np.array(values)
    return tuple(
        ErrorRange(float(low), float(high))
        for low, high in zip(table.min(axis=0), table.max(axis=0), strict=True)
    )
