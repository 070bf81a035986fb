"""Patera's contour integral: the area integral turned into one about the hard body's rim.

Source: Patera (2005), "Calculating Collision Probability for Arbitrary Space Vehicle Shapes via Numerical
Quadrature", J. Guid. Control Dyn. 28(6), 1326-1328, equations 9 and 11: with the plane stretched to a round
covariance, Pc = (1 / 2 pi) times the integral of (1 - exp(-rho^2 / 2)) d(angle) about the rim, where rho and the angle
are measured from the centre of the density; if it lies outside the rim, the 1 drops out.

Assumptions
- The assumptions of the encounter plane and of a circular hard body (the method works for any shape; here the rim is
  that of the disc, which becomes an ellipse when the plane is stretched).
- The trapezoid rule, doubled until two sums agree to 1e-11 or `max_nodes` nodes are reached, has converged: on a closed
  smooth rim it converges geometrically, but the number of nodes grows with radius / sigma_minor.

Two reformulations, which leave the value unchanged, preserve digits that the printed equations lose: outside the rim
the density at the disc's centre is subtracted (it integrates to zero), and at and inside the rim d(angle) is written
with (1 - exp(-rho^2 / 2)) / rho^2, which is regular there. The separate case in the paper of a miss equal to the radius
is therefore not needed.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.probability import kernels
from debrissim.probability.batch import apply_rows
from debrissim.probability.encounter_plane import EncounterPlane
from debrissim.probability.method import PlaneMethod

MAX_NODES = 16384
_TOLERANCE = 1e-11


def patera(plane: EncounterPlane, hard_body_radius_km: Array, *, max_nodes: int = MAX_NODES) -> Array:
    """(m,) collision probabilities; hard_body_radius_km (m,) km, >= 0; max_nodes: limit on nodes about the rim.

    Raises InputError for `max_nodes` below 128.
    """
    if max_nodes < 128:
        raise InputError(f"max_nodes: expected at least 128 nodes, got {max_nodes}")
    out = np.empty(len(plane))
    apply_rows(kernels.quadrature.patera, plane, hard_body_radius_km, out, parameters=(max_nodes, _TOLERANCE))
    return out


METHOD = PlaneMethod(
    name="patera-2005",
    function=patera,
    summary="contour integral about the rim (Patera 2005)",
    source=(
        "Patera (2005), Calculating Collision Probability for Arbitrary Space Vehicle Shapes via Numerical "
        "Quadrature, J. Guid. Control Dyn. 28(6), 1326-1328"
    ),
    is_exact=True,
    sana_name="PATERA-2005",
)
