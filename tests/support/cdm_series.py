"""Series of messages about one close approach with known truth, as an optimal filter would issue them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from debrissim.cdm import CdmObject, Conjunction
from debrissim.core.time import split_julian_date
from debrissim.propagation.conics import state_transition
from debrissim.propagation.frames import rtn_basis
from debrissim.uncertainty.rotation import state_inertial_to_rtn

TCA = datetime(2024, 11, 2, 3, 4, 5)
TRUTH = np.array(
    [[7000.0, 10.0, 20.0, 0.01, 7.2, 2.1], [7000.12, 10.2, 19.85, -0.02, 0.9, 7.45]],
)
"""Two objects at right angles, 0.28 km apart at TCA."""
SIGMAS = np.array([[0.04, 0.5, 0.03, 5e-4, 4e-5, 3e-5], [0.08, 1.2, 0.06, 1.3e-3, 8e-5, 6e-5]])
"""Standard deviations of the first solution of each object along RTN, km and km/s."""
ISSUES_H = (72.0, 48.0, 30.0, 20.0)
"""Hours before TCA at which messages are made."""
GROWTH = 1.6
"""New observations divide the variance by this, from one message to the next: the shift has 0.375 of the older one."""


def conjunction(
    states: np.ndarray,
    covariances: np.ndarray,
    hours: float,
    *,
    designators: Sequence[str] = ("25544", "48274"),
    swapped: bool = False,
    originator: str = "TESTER",
    message_id: str = "",
    **changes: object,
) -> Conjunction:
    """A message at the closest approach of two states (2, 6) that hold at TCA, with covariances (2, 6, 6) inertial."""
    offset = 0.0
    moved, transition = state_transition(states, 0.0, gravity="j2")
    for _ in range(4):
        relative = moved[1] - moved[0]
        offset -= float(relative[:3] @ relative[3:] / (relative[3:] @ relative[3:]))
        moved, transition = state_transition(states, offset, gravity="j2")
    spread = transition @ covariances @ np.swapaxes(transition, -1, -2)
    rtn = state_inertial_to_rtn(0.5 * (spread + np.swapaxes(spread, -1, -2)), moved)
    items = [
        CdmObject(
            designator=designators[k],
            catalog_name="SATCAT",
            name=f"OBJECT {designators[k]}",
            international_designator="UNKNOWN",
            reference_frame="EME2000",
            state=moved[k],
            covariance_rtn=rtn[k],
        )
        for k in (0, 1)
    ]
    if swapped:
        items.reverse()
    jd, fraction = split_julian_date(TCA + timedelta(seconds=offset))
    created = (TCA - timedelta(hours=hours)).isoformat()
    return Conjunction(
        **(
            {
                "tca_jd": jd,
                "tca_fraction": fraction,
                "primary": items[0],
                "secondary": items[1],
                "originator": originator,
                "message_id": message_id
                or f"{originator}-{created}-{designators[0]}-{designators[1]}-{swapped}",
                "creation_date": created,
                "hard_body_radius_m": 20.0,
                "hard_body_radius_origin": "stated in the message",
            }
            | changes
        )
    )


def series(
    rng: np.random.Generator,
    *,
    hours: Sequence[float] = ISSUES_H,
    growth: float = GROWTH,
    jump_km: float = 0.0,
    jump_at: int = 1,
    truth: np.ndarray = TRUTH,
    **changes: object,
) -> list[Conjunction]:
    """The messages of an event: each uses the observations of the one before and new ones.

    jump_km: the second object is moved along its track by that from message `jump_at` on, as by a manoeuvre that the
    orbit determination takes for an error.
    """
    axes = np.stack([np.kron(np.eye(2), rtn_basis(s[None, :3], s[None, 3:])[0].T) for s in truth])
    covariance = np.stack([a @ np.diag(s**2) @ a.T for a, s in zip(axes, SIGMAS, strict=True)])
    estimate = np.stack(
        [
            t + rng.multivariate_normal(np.zeros(6), c, method="cholesky")
            for t, c in zip(truth, covariance, strict=True)
        ]
    )
    found = []
    for number, hour in enumerate(hours):
        if number:
            # Fresh observations: their weight is growth - 1 of that of all before.
            fresh = covariance / (growth - 1.0)
            seen = np.stack(
                [
                    t + rng.multivariate_normal(np.zeros(6), c, method="cholesky")
                    for t, c in zip(truth, fresh, strict=True)
                ]
            )
            estimate = (estimate + (growth - 1.0) * seen) / growth
            covariance = covariance / growth
        states = estimate.copy()
        if jump_km and number >= jump_at:
            states[1, :3] += jump_km * states[1, 3:] / np.linalg.norm(states[1, 3:])
        found.append(conjunction(states, covariance, hour, **changes))
    return found
